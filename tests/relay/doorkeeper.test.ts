/** Who stands at the door: a crowd that shakes no hands keeps nobody else outside. */
import { describe, expect, test } from 'vitest';
import { createDoorkeeper, doorLimits } from '../../relay/doorkeeper.ts';
import type { Doorkeeper } from '../../relay/doorkeeper.ts';
import type { Clock } from '../../src/ports/clock.ts';

const handshakeMs = 5_000;

function openDoor(): { readonly door: Doorkeeper; atMs: number } {
  const house = { atMs: 0 };
  const clock: Clock = { nowMs: () => house.atMs, ticksMs: () => house.atMs, after: () => () => undefined };
  return Object.assign(house, { door: createDoorkeeper(clock) });
}

/** What it was told, and when it was made to go. */
function knock(
  { door }: ReturnType<typeof openDoor>,
  address: string,
): { readonly why: string; isDropped(): boolean; end(): void } {
  let isDropped = false;
  const admission = door.admit(address, () => (isDropped = true));
  if (admission.state === 'refused') return { why: admission.why, isDropped: () => false, end: () => undefined };
  return { why: 'admitted', isDropped: () => isDropped, end: admission.visit.gone };
}

describe('sockets without a handshake', () => {
  // Each as fast as it may, and as long as it may.
  test.each([1, 4, 5, 16])('from %i addresses at once shut nobody else out', (addresses) => {
    const house = openDoor();
    const held: { readonly sinceMs: number; readonly end: () => void }[] = [];
    const told = new Map<string, number>();
    for (; house.atMs < 60_000; house.atMs += 50) {
      for (const one of held.splice(0)) {
        if (house.atMs - one.sinceMs < handshakeMs) held.push(one);
        else one.end();
      }
      for (let each = 0; each < addresses * 4; each += 1) {
        const one = knock(house, `10.0.0.${each % addresses}`);
        if (one.why === 'admitted') held.push({ sinceMs: house.atMs, end: one.end });
      }
      const { why, end } = knock(house, `192.0.2.${(house.atMs / 50) % 250}`);
      told.set(why, (told.get(why) ?? 0) + 1);
      end();
      expect(house.door.counts()['half_open']).toBeLessThanOrEqual(doorLimits.halfOpen);
    }
    expect([...told]).toEqual([['admitted', 1_200]]);
  });

  test('give way where they are most, the oldest first; others stay, and who is of such a crowd comes in for nobody', () => {
    const house = openDoor();
    const few = Array.from({ length: 8 }, (_, at) => knock(house, `192.0.2.${at}`));
    const crowds = Array.from({ length: doorLimits.halfOpen - few.length }, (_, at) => knock(house, `10.0.0.${at % 4}`));
    expect([...few, ...crowds].every(({ why }) => why === 'admitted')).toBe(true);
    const late = Array.from({ length: 4 }, (_, at) => knock(house, `198.51.100.${at}`));
    expect(late.map(({ why }) => why)).toEqual(Array(4).fill('admitted'));
    expect(crowds.flatMap((one, at) => (one.isDropped() ? [at] : []))).toEqual([0, 1, 2, 3]);
    expect(few.some((one) => one.isDropped())).toBe(false);
    expect(knock(house, '10.0.0.0').why).toBe('half-open');
    // Their end is heard later, and counts once.
    for (const one of crowds) one.end();
    expect(house.door.counts()).toMatchObject({ half_open: 12, sockets: 12, 'dropped_half-open': 4, 'refused_half-open': 1 });
  });

  test('who has shaken hands is never made to go, nor who cannot be', () => {
    const house = openDoor();
    const shaken = Array.from({ length: 60 }, () => house.door.admit('10.0.0.1', () => expect.fail('it was in')));
    for (const one of shaken) if (one.state === 'admitted') one.visit.shaken();
    for (let at = 0; at < doorLimits.halfOpen; at += 1) expect(house.door.admit(`10.0.1.${at % 4}`).state).toBe('admitted');
    expect(knock(house, '192.0.2.1').why).toBe('half-open');
  });
});

test('one street of many addresses takes a quarter of the door, others come in, and places are free again', () => {
  const house = openDoor();
  const street = (at: number): string => `203.0.113.${at % 250}`;
  const held = Array.from({ length: doorLimits.socketsPerStreet + 50 }, (_, at) => {
    house.atMs += 1_000;
    const admission = house.door.admit(street(at));
    if (admission.state === 'admitted') admission.visit.shaken();
    return admission;
  });
  expect(held.filter(({ state }) => state === 'admitted')).toHaveLength(doorLimits.socketsPerStreet);
  expect(held.at(-1)).toEqual({ state: 'refused', why: 'street-full' });
  expect(knock(house, '198.51.100.7').why).toBe('admitted');
  const [first] = held;
  if (first?.state === 'admitted') first.visit.gone();
  expect(knock(house, street(7)).why).toBe('admitted');
});
