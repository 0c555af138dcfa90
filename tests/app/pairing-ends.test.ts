/** A pairing ends at any step: cancelled, crashed, or its tab gone. It says so, leaves nothing, and the next one works. */
import { expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { appOf } from './village.ts';
import { openTab } from './tab.ts';
import { createBeside, isLinked, pairingOf, stageOf } from './pairing-people.ts';
import type { Beside } from './pairing-people.ts';

/** Everything a pairing goes through; at each step either of the two may be the one it ends for. */
const steps: readonly ((beside: Beside, asha: Page, baraka: Page) => Promise<void>)[] = [
  async (_beside, asha) => void appOf(asha).beginPairing(),
  async ({ code }, asha) => void (await code(asha, 'offering')),
  async ({ code }, asha, baraka) => void appOf(baraka).takePairing(await code(asha, 'offering')),
  async ({ code }, _asha, baraka) => void (await code(baraka, 'answering')),
  async ({ code }, asha, baraka) => void appOf(asha).takePairing(await code(baraka, 'answering')),
  async ({ until }, asha) => until('connecting', () => stageOf(asha) === 'connecting' || stageOf(asha) === 'connected'),
  async ({ until }, asha) => until('connected', () => stageOf(asha) === 'connected'),
];

async function goTo(step: number, beside: Beside, asha: Page, baraka: Page): Promise<void> {
  for (const each of steps.slice(0, step + 1)) await each(beside, asha, baraka);
}

test('cancelled at any step by either: it is over there, and the next one works', async () => {
  for (let step = 0; step < steps.length; step += 1) {
    for (const which of [0, 1]) {
      const beside = createBeside(`cancel ${step} ${which}`);
      const people = [await beside.person('Asha'), await beside.person('Baraka')] as const;
      await goTo(step, beside, ...people);
      const one = people[which] ?? people[0];
      await beside.world.finish(appOf(one).cancelPairing());
      expect([step, which, stageOf(one)]).toEqual([step, which, null]);
      await beside.world.runFor(16_000);
      // An answer that is not taken waits; whoever took one is told.
      expect(stageOf(one)).toBeNull();
      expect(['offering', 'answering', 'connected', 'failed', null]).toContain(stageOf(people[1 - which] ?? one));
      await beside.pair(...people);
      await beside.world.runFor(5_000);
      expect(people.every(isLinked)).toBe(true);
    }
  }
});

test('a crash at any step: the next start says that it was interrupted, once, and the next one works', async () => {
  for (let step = 0; step < steps.length; step += 1) {
    const beside = createBeside(`crash ${step}`);
    const people = [await beside.person('Asha'), await beside.person('Baraka')] as const;
    await goTo(step, beside, ...people);
    const wasOver = stageOf(people[0]) === 'connected';
    // The note lies on the disk by then, or is gone from it.
    await beside.world.runFor(step < 4 || wasOver ? 300 : 0);
    people[0].crash('killed');
    await beside.world.finish(people[0].start([]));
    await beside.world.runFor(500);
    expect([step, pairingOf(appOf(people[0]))]).toEqual([step, wasOver ? null : { stage: 'failed', why: 'interrupted' }]);
    people[0].crash('killed');
    await beside.world.finish(people[0].start([]));
    await beside.world.runFor(500);
    expect(stageOf(people[0])).toBeNull();
    await beside.pair(...people);
  }
});

test('what ended long ago is not told', async () => {
  const { world, person, code } = createBeside('long ago');
  const asha = await person('Asha');
  await world.finish(appOf(asha).beginPairing());
  await code(asha, 'offering');
  await world.runFor(1_000);
  asha.crash('killed');
  await world.runFor(3_600_000);
  await world.finish(asha.start([]));
  await world.runFor(1_000);
  expect(stageOf(asha)).toBeNull();
});

test('two tabs: any begins, takes and cancels, both show the same, and the one that leads does it', async () => {
  const beside = createBeside('tabs');
  const { world, person, until, code } = beside;
  const asha = await person('Asha');
  const tabs = [openTab(world, 'Baraka', '/memory/nobody'), openTab(world, 'Baraka', '/memory/nobody')] as const;
  await until('up', () => tabs.every(({ app }) => app.view().stage === 'unnamed'));
  await world.finish(tabs[1].app.nameMe('Baraka'));
  const both = (stage: string | null): Promise<void> =>
    until(`both ${stage}`, () => tabs.every(({ app }) => (pairingOf(app)?.stage ?? null) === stage));
  await world.finish(tabs[1].app.beginPairing());
  await both('offering');
  await world.finish(tabs[0].app.cancelPairing());
  await both(null);
  await world.finish(appOf(asha).beginPairing());
  expect(await world.finish(tabs[1].app.takePairing('nothing'))).toBe('unreadable');
  await world.finish(tabs[1].app.takePairing(await code(asha, 'offering')));
  await both('answering');
  expect(pairingOf(tabs[0].app)).toEqual(pairingOf(tabs[1].app));
  const pairing = pairingOf(tabs[0].app);
  await world.finish(appOf(asha).takePairing(pairing !== null && 'code' in pairing ? pairing.code : ''));
  await both('connected');
  expect(tabs.map(({ life }) => life.network().links().length)).toEqual([1, 0]);
});

test('the tab that leads goes in the midst of it: the other says that it was interrupted', async () => {
  const beside = createBeside('leader gone');
  const { world, until } = beside;
  const leader = openTab(world, 'Baraka', '/memory/nobody');
  await until('up', () => leader.app.view().stage === 'unnamed');
  await world.finish(leader.app.nameMe('Baraka'));
  const follower = openTab(world, 'Baraka', '/memory/nobody');
  await until('follows', () => follower.app.view().stage === 'ready');
  await world.finish(follower.app.beginPairing());
  await until('shown', () => pairingOf(follower.app)?.stage === 'offering');
  await world.runFor(500);
  leader.life.kill();
  await until('told', () => pairingOf(follower.app)?.stage === 'failed');
  expect(pairingOf(follower.app)).toEqual({ stage: 'failed', why: 'interrupted' });
});
