/** A link that has ended: whoever has it can say so of one knock, and nobody else. */
import { expect, test } from 'vitest';
import { concat } from '../../../src/protocol/bytes.ts';
import { endedKeys, openEnded, sealEnded } from '../../../src/protocol/contact/ended.ts';
import { openKnock, sealKnock } from '../../../src/protocol/contact/knock.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { pad } from '../../../src/protocol/wire/bucket.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { bo, luckOf, nowMs, suite } from '../people/persons.ts';
import { ended, invite, knock, request } from './decoders.ts';

const { secret } = invite;
const ack = luckOf('knock')(16);

test('[F5] who could open the knock says it, and who knocked hears it', () => {
  const opened = openKnock(suite, secret, knock, nowMs);
  if (isRefusal(opened)) throw new Error(opened.refused);
  const said = sealEnded(nobleSuite, endedKeys(nobleSuite, secret, opened.ack));
  expect(openEnded(suite, endedKeys(suite, secret, ack), said)).toBe(null);
  // Two members say the same bytes, and they tell nothing but that.
  expect(said).toEqual(ended);
  expect(said.length).toBe(128);
});

test('[F5] it is of that one knock: under another link or of another knock it is refused', () => {
  const otherAck = luckOf('other knock')(16);
  const other = sealKnock(suite, secret, bo.bundle, request, luckOf('other knock'));
  expect(openKnock(suite, secret, other, nowMs)).toMatchObject({ ack: otherAck });
  expect(openEnded(suite, endedKeys(suite, secret, otherAck), ended)).toEqual(refuse('unknown-tag'));
  expect(openEnded(suite, endedKeys(suite, luckOf('another link')(32), ack), ended)).toEqual(refuse('unknown-tag'));
});

test('[F5] who knows the knock and not the link cannot say it', () => {
  const guess = endedKeys(suite, luckOf('guess')(32), ack);
  const { tag } = endedKeys(suite, secret, ack);
  expect(openEnded(suite, endedKeys(suite, secret, ack), sealEnded(suite, { ...guess, tag }))).toEqual(refuse('bad-seal'));
});

test('[E1] [E3] [E4] cut, lengthened, changed anywhere, or with anything inside: refused', () => {
  const keys = endedKeys(suite, secret, ack);
  for (const end of [0, 1, 17, 127]) expect(openEnded(suite, keys, ended.slice(0, end))).toHaveProperty('refused');
  expect(openEnded(suite, keys, concat([ended, Uint8Array.of(0)]))).toEqual(refuse('bad-bucket'));
  for (let at = 1; at < ended.length; at += 1) {
    const changed = ended.slice();
    changed[at]! ^= 1;
    expect(openEnded(suite, keys, changed)).toEqual(refuse(at < 17 ? 'unknown-tag' : 'bad-seal'));
  }
  expect(openEnded(suite, keys, ended.slice().fill(0x10, 0, 1))).toEqual(refuse('unknown-version'));
  expect(openEnded(suite, keys, knock)).toEqual(refuse('bad-bucket'));
  const bound = ended.slice(0, 17);
  const sealed = (padded: Uint8Array): Uint8Array => concat([bound, suite.seal(keys.key, keys.nonce, padded, bound)]);
  expect(openEnded(suite, keys, sealed(pad(Uint8Array.of(1), 95)))).toEqual(refuse('truncated'));
  expect(openEnded(suite, keys, sealed(new Uint8Array(95)))).toEqual(refuse('bad-padding'));
});

test('what a stranger sends instead costs no cryptography', () => {
  const counted = createUnsafeCountedSuite();
  const keys = endedKeys(counted, secret, ack);
  const before = { ...counted.counts };
  openEnded(counted, keys, ended.slice().fill(7, 1));
  expect(counted.counts).toEqual(before);
});
