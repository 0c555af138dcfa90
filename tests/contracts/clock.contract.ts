/** What every clock must do. */
import type { Clock } from '../../src/ports/clock.ts';
import { assert, assertSame, casesOf } from './contract.ts';
import type { Case } from './contract.ts';

export const clockContract = (name: string, make: () => Promise<Clock>): readonly Case[] =>
  casesOf<Clock>(name, make, async () => {}, cases);

const wait = (clock: Clock, ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));

const cases: Readonly<Record<string, (clock: Clock) => Promise<void>>> = {
  'tells whole milliseconds since 1970': async (clock) => {
    const nowMs = clock.nowMs();
    assert(Number.isInteger(nowMs), 'they are whole');
    assert(nowMs > 1_700_000_000_000, 'they count from 1970');
  },

  'never goes back in ticks': async (clock) => {
    let lastMs = clock.ticksMs();
    for (let time = 0; time < 50; time += 1) {
      if (time % 10 === 0) await wait(clock, 1);
      const nowMs = clock.ticksMs();
      assert(nowMs >= lastMs, 'ticks go on');
      lastMs = nowMs;
    }
  },

  'runs after the delay, once, and not from inside the call': async (clock) => {
    const beganMs = clock.ticksMs();
    let runs = 0;
    await new Promise<void>((done) => {
      clock.after(20, () => {
        runs += 1;
        done();
      });
      assertSame(runs, 0, 'runs at once');
    });
    // Timers of browsers may be early by the coarseness of their clock.
    assert(clock.ticksMs() - beganMs >= 18, 'the delay has passed');
    await wait(clock, 40);
    assertSame(runs, 1, 'runs');
  },

  'runs even without delay, but later': async (clock) => {
    let isLater = false;
    const ran = new Promise<boolean>((done) => void clock.after(0, () => done(isLater)));
    isLater = true;
    assertSame(await ran, true, 'later');
  },

  'runs shorter delays first': async (clock) => {
    const order: number[] = [];
    const runs = [60, 5, 30].map(
      (ms) =>
        new Promise<void>((done) => {
          clock.after(ms, () => {
            order.push(ms);
            done();
          });
        }),
    );
    await Promise.all(runs);
    assertSame(order, [5, 30, 60], 'order');
  },

  'does not run what was stopped, and stopping twice is stopping once': async (clock) => {
    let runs = 0;
    const stop = clock.after(5, () => (runs += 1));
    stop();
    stop();
    await wait(clock, 30);
    assertSame(runs, 0, 'runs');
    const late = clock.after(1, () => (runs += 1));
    await wait(clock, 20);
    late();
    assertSame(runs, 1, 'runs of one stopped too late');
  },
};
