/** Names that change with the day, and meet across clocks. */
import { expect, test } from 'vitest';
import { toBase64url } from '../../../src/protocol/bytes.ts';
import { boxOn, boxSecretsWith, castId, daysToHear, deviceAddress } from '../../../src/protocol/contact/address.ts';
import type { BoxSecrets } from '../../../src/protocol/contact/address.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import { dayOf } from '../../../src/protocol/room-keys.ts';
import { asha, bo, dayMs, hourMs, luckOf, nowMs, somebody, suite } from '../people/persons.ts';

const secret = luckOf('secret')(32);
const today = dayOf(nowMs);

test('names are short, of one day, one secret and one use', () => {
  const names = [today, today + 1].flatMap((day) =>
    [secret, luckOf('other')(32)].flatMap((of) => [deviceAddress(suite, of, day), castId(suite, of, day), boxOn(suite, of, day)]),
  );
  expect(new Set(names.map((name) => toBase64url(name.slice(0, 8)))).size).toBe(12);
  expect(names.slice(0, 3).map((name) => name.length)).toEqual([8, 8, 16]);
  expect(deviceAddress(suite, secret, today)).toEqual(deviceAddress(suite, secret, today));
});

test('whoever’s clock is a day off either way is still heard', () => {
  const heard = daysToHear(nowMs);
  for (const skew of [-dayMs, -hourMs, 0, hourMs, dayMs]) expect(heard).toContain(dayOf(nowMs + skew));
  expect(heard).toEqual([today - 1, today, today + 1]);
  expect(daysToHear(nowMs, 7)).toEqual([-7, -6, -5, -4, -3, -2, -1, 0, 1].map((by) => today + by));
  expect(daysToHear(5)).toEqual([0, 1]);
});

test('two persons find the same two boxes, and no third finds either', () => {
  const hers = boxSecretsWith(suite, asha.person, bo.certificate) as BoxSecrets;
  const his = boxSecretsWith(suite, bo.person, asha.certificate) as BoxSecrets;
  expect(hers.mine).toEqual(his.theirs);
  expect(hers.theirs).toEqual(his.mine);
  expect(hers.mine).not.toEqual(hers.theirs);
  const third = boxSecretsWith(suite, somebody('Mallory').person, bo.certificate) as BoxSecrets;
  for (const one of [third.mine, third.theirs]) for (const two of [hers.mine, hers.theirs]) expect(one).not.toEqual(two);
});

test('[S1] a key of small order has no box', () => {
  const hostile = { personId: bo.person.id, personDhKey: new Uint8Array(32) };
  const answer: BoxSecrets | Refusal = boxSecretsWith(suite, asha.person, hostile);
  expect(answer).toEqual(refuse('bad-key'));
});
