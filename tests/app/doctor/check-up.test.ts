/** The doctor's findings are those of the real app, in a world where the relay stands, is gone, or lets nobody in. */
import { expect, test } from 'vitest';
import { noOwner } from '../../../relay/owner.ts';
import { createSurroundings, deviceRules } from '../../../src/adapters/memory/surroundings.ts';
import type { DeviceRules } from '../../../src/adapters/memory/surroundings.ts';
import { openDoctorWith } from '../../../src/app/doctor/doctor.ts';
import type { CheckUp, Doctor } from '../../../src/app/doctor/doctor.ts';
import { checks } from '../../../src/app/doctor/findings.ts';
import type { Check } from '../../../src/app/doctor/findings.ts';
import type { ReadCard } from '../../../src/ports/door.ts';
import type { Page } from '../../simulation/page.ts';
import { appOf, createVillage, roomOf } from '../village.ts';
import type { Village } from '../village.ts';

const doctorOf = (page: Page, rules: Partial<DeviceRules> = {}, readCard: ReadCard | null = null): Doctor => {
  const { app, life } = page.running()!;
  const surroundings = createSurroundings({ ...deviceRules, ...rules });
  return openDoctorWith({ clock: life.clock, readCard: readCard ?? life.readCard, surroundings })(app);
};

async function examine({ world }: Village, doctor: Doctor, told: Check[] = []): Promise<CheckUp> {
  const checkUp = await world.finish(
    doctor.examine((check) => told.push(check), new AbortController().signal),
    60_000,
  );
  if (checkUp === null) throw new Error('stopped');
  return checkUp;
}

/** Two who share a room, linked directly. */
async function twoOf(village: Village): Promise<readonly [Page, Page]> {
  const [asha, baraka] = [await village.person('Asha'), await village.person('Baraka')];
  const well = await village.room([asha, baraka]);
  await village.until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
  return [asha, baraka];
}

test('with relay and neighbour all is found, in its order', async () => {
  const village = createVillage('doctor, all there');
  const [asha] = await twoOf(village);
  const told: Check[] = [];
  const { found, judgement } = await examine(village, doctorOf(asha), told);
  expect(told).toEqual(checks);
  expect(found.relay).toMatchObject({ state: 'open', door: 'first', answers: true });
  expect(found.relay.state === 'open' && found.relay.rttMs).toBeGreaterThan(0);
  expect(found.people).toEqual({ direct: 1, relayed: 0, through: 0, rooms: 1, roomsOut: 0 });
  expect(judgement).toEqual({ verdict: 'joined', next: 'keep-storage' });
});

test('what the browser keeps once it was asked is found kept', async () => {
  const village = createVillage('doctor, kept');
  const [asha] = await twoOf(village);
  const doctor = doctorOf(asha);
  expect(await doctor.askToKeep()).toBe(true);
  const { judgement } = await examine(village, doctor);
  expect(judgement).toEqual({ verdict: 'joined', next: 'none' });
});

test('the relay is killed: the neighbour stands; the neighbour goes too: the step is to pair', async () => {
  const village = createVillage('doctor, relay killed');
  const [asha, baraka] = await twoOf(village);
  village.relay.crash('killed');
  const first = await examine(village, doctorOf(asha));
  expect(first.found.relay).toEqual({ state: 'silent' });
  expect(first.found.people).toMatchObject({ direct: 1, relayed: 0 });
  expect(first.judgement).toEqual({ verdict: 'without-relay', next: 'keep-open' });

  baraka.crash('killed');
  await village.until('gone', () => appOf(asha).view().mesh.neighbours.length === 0, 300_000);
  const second = await examine(village, doctorOf(asha));
  expect(second.found.people).toMatchObject({ direct: 0, rooms: 1, roomsOut: 1 });
  expect(second.judgement).toEqual({ verdict: 'cut-off', next: 'pair' });
});

test('the relay is looked for at once, and found', async () => {
  const village = createVillage('doctor, relay back');
  const asha = await village.person('Asha');
  await village.until('open', () => appOf(asha).view().mesh.relay?.state === 'open');
  village.relay.crash('killed');
  await village.until('lost', () => appOf(asha).view().mesh.relay?.state === 'lost', 300_000);
  await village.world.runFor(60_000);
  village.relay.start();
  const { found, judgement } = await examine(village, doctorOf(asha));
  expect(found.relay.state).toBe('open');
  expect(judgement).toEqual({ verdict: 'nobody-here', next: 'invite' });
});

test.each([
  ['opens', 'refuses'],
  ['shut', 'shut'],
  ['hangs', 'shut'],
] as const)('the address answers but no link comes, and a socket %s', async (socket, state) => {
  const village = createVillage('doctor, closed door', {
    page: () => ({
      network: (network) => ({ ...network, openRelay: async () => ({ state: 'refused', why: 'refused-there' }) }),
    }),
  });
  const asha = await village.person('Asha');
  const { found } = await examine(village, doctorOf(asha, { socket }));
  expect(found.relay).toEqual({ state });
});

test('a relay for members that does not let this page in', async () => {
  const shelf = { kept: noOwner, keep: () => undefined };
  const access = { kept: new Uint8Array(0), keep: () => undefined };
  const village = createVillage('doctor, for members', { square: { secret: new Uint8Array(32).fill(7), shelf }, access });
  const asha = await village.person('Asha');
  await village.until('outside', () => appOf(asha).view().mesh.relay?.state === 'not-let-in');
  const { found, judgement } = await examine(village, doctorOf(asha));
  expect(found.relay).toEqual({ state: 'not-let-in' });
  expect(judgement).toEqual({ verdict: 'not-let-in', next: 'ask-invite' });
});

test('an address that does not answer, with a link beside it that does', async () => {
  const village = createVillage('doctor, no card');
  const [asha] = await twoOf(village);
  const { found, judgement } = await examine(
    village,
    doctorOf(asha, {}, async () => null),
  );
  expect(found.relay).toMatchObject({ state: 'open', answers: false });
  expect(judgement.verdict).toBe('joined');
});

test('links that only seem to stand are given up before they are told of', async () => {
  const village = createVillage('doctor, cut off unnoticed');
  const [asha] = await twoOf(village);
  await village.world.runFor(20_000);
  village.world.paths.cut(['Asha'], ['relay', 'Baraka']);
  expect(appOf(asha).view().mesh).toMatchObject({ relay: { state: 'open' }, neighbours: [{ path: 'direct' }] });
  const { found, judgement } = await examine(village, doctorOf(asha));
  expect(found.relay).toEqual({ state: 'silent' });
  expect(found.people).toEqual({ direct: 0, relayed: 0, through: 0, rooms: 1, roomsOut: 1 });
  expect(judgement).toEqual({ verdict: 'cut-off', next: 'pair' });
});

test('stopped in the midst it says no more, and leaves no clock behind', async () => {
  const village = createVillage('doctor, stopped');
  const asha = await village.person('Asha');
  village.relay.crash('killed');
  const stopping = new AbortController();
  const told: Check[] = [];
  const visit = doctorOf(asha).examine((check) => {
    told.push(check);
    if (check === 'relay') stopping.abort();
  }, stopping.signal);
  expect(await village.world.finish(visit, 1_000)).toBeNull();
  expect(told).toEqual(['secure', 'online', 'relay']);
});
