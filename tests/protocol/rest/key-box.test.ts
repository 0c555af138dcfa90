/** The data key in its box: who opens it, and what a box may ask for. */
import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeKeyBox, openKeyBox, sealKeyBox, usualCost } from '../../../src/protocol/rest/key-box.ts';
import type { KeyBox, Opener } from '../../../src/protocol/rest/key-box.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { luckOf, suite } from '../people/persons.ts';
import { dataKey } from './decoders.ts';

const salt = luckOf('salt')(16);
const cheap = { memoryKib: 64, passes: 1 };
const words = (passphrase: string): Opener => ({ way: 'passphrase', passphrase });
const secret = (way: 'passkey' | 'device-key', name = 'prf'): Opener => ({ way, secret: luckOf(name)(32) });
const sealed = (opener: Opener): Uint8Array => sealKeyBox(suite, dataKey, opener, salt, luckOf('box'), cheap);
const boxOf = (bytes: Uint8Array): KeyBox => {
  const box = decodeKeyBox(bytes);
  if (isRefusal(box)) throw new Error(box.refused);
  return box;
};
const tried = (bytes: Uint8Array, opener: Opener): Uint8Array | Refusal => openKeyBox(suite, boxOf(bytes), opener);

test('each way opens its box, and says what to ask for', () => {
  for (const opener of [words('haraka haraka'), secret('passkey'), secret('device-key')]) {
    const box = sealed(opener);
    expect(box.length).toBe(83);
    expect(boxOf(box)).toMatchObject({ way: opener.way, salt });
    expect(tried(box, opener)).toEqual(dataKey);
  }
});

test('a wrong passphrase or another key opens nothing, and neither does the key of another way', () => {
  const box = sealed(words('haraka haraka'));
  for (const wrong of ['haraka  haraka', 'Haraka haraka', '']) expect(tried(box, words(wrong))).toEqual(refuse('bad-seal'));
  expect(tried(sealed(secret('passkey')), secret('passkey', 'other'))).toEqual(refuse('bad-seal'));
  // The same 32 bytes, but the box was relabelled.
  const relabelled = sealed(secret('passkey')).fill(3, 1, 2);
  expect(tried(relabelled, secret('device-key'))).toEqual(refuse('bad-seal'));
  expect(() => tried(box, secret('passkey'))).toThrow();
});

test('a passphrase may be spelt as any keyboard spells it', () => {
  const box = sealed(words('caf\u00e9 ﬁ'));
  expect(tried(box, words('cafe\u0301 fi'))).toEqual(dataKey);
});

test('a box changed anywhere opens no more', () => {
  const box = sealed(words('pole'));
  for (let at = 2; at < box.length; at += 1) {
    const changed = box.slice();
    changed[at]! ^= 1;
    const read = decodeKeyBox(changed);
    expect(isRefusal(read) ? read : openKeyBox(suite, read, words('pole'))).toHaveProperty('refused');
  }
});

test('[E1] a box may not ask for more than this device should give', () => {
  const asking = (memoryKib: number, passes: number): unknown => {
    const box = sealed(words('pole'));
    new DataView(box.buffer).setUint32(18, memoryKib);
    box[22] = passes;
    return decodeKeyBox(box);
  };
  for (const [memoryKib, passes] of [
    [65_537, 1],
    [0xffffffff, 1],
    [64, 9],
    [64, 255],
  ] as const)
    expect(asking(memoryKib, passes)).toEqual(refuse('too-big'));
  for (const [memoryKib, passes] of [
    [7, 1],
    [0, 0],
    [64, 0],
  ] as const)
    expect(asking(memoryKib, passes)).toEqual(refuse('unknown-kind'));
  expect(asking(65_536, 8)).not.toHaveProperty('refused');
  // A passkey's box has nothing to ask.
  const box = sealed(secret('passkey'));
  box[22] = 1;
  expect(decodeKeyBox(box)).toEqual(refuse('unknown-kind'));
});

test('[E1] [E2] a box cut short, lengthened, of another version or way is refused', () => {
  const box = sealed(secret('passkey'));
  for (let end = 0; end < box.length; end += 1) expect(decodeKeyBox(box.slice(0, end))).toEqual(refuse('truncated'));
  expect(decodeKeyBox(Uint8Array.of(...box, 0))).toEqual(refuse('truncated'));
  expect(decodeKeyBox(box.slice().fill(3, 0, 1))).toEqual(refuse('unknown-version'));
  for (const way of [0, 4]) expect(decodeKeyBox(box.slice().fill(way, 1, 2))).toEqual(refuse('unknown-kind'));
});

test('the usual cost is what OWASP asks at least, and the stretching is Argon2id as others know it', () => {
  expect(usualCost).toEqual({ memoryKib: 19_456, passes: 2 });
  const bytes = sealKeyBox(suite, dataKey, words('pole pole'), salt, luckOf('box'));
  expect(tried(bytes, words('pole pole'))).toEqual(dataKey);
  const message = Buffer.from('pole pole');
  const key = argon2Sync('argon2id', { message, nonce: salt, parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 });
  expect(suite.open(new Uint8Array(key), bytes.slice(23, 35), bytes.slice(35), bytes.slice(0, 35))).toEqual(dataKey);
});
