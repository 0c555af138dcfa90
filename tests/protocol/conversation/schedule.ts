/** A schedule of what may befall two devices, played out; at its end the network turns good and everything must arrive. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { limits } from '../../../src/protocol/limits.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { schedules } from './events.ts';
import { Crash, deviceOf } from './world.ts';
import type { Device } from './world.ts';
import { hourMs, luckOf, personOf, startMs } from './two.ts';

/** One thing that happens. `pick` says to whom, and which. */
export interface Event {
  readonly what: What;
  readonly pick: number;
}

export type What = 'write' | 'burst' | 'pass' | 'deliver' | 'drop' | 'double' | 'tick' | 'back' | 'restart' | 'reset' | 'wait';

export interface Run {
  readonly written: number;
  /** Taken from more than one envelope: sealed again after a reset. */
  readonly again: number;
  readonly crashes: number;
  readonly sessions: number;
  readonly sealed: number;
  readonly epochs: number;
  readonly trace: readonly string[];
}

export interface Counts extends Omit<Run, 'trace'> {
  readonly runs: number;
}

/** As many schedules; fast-check says the seed and the path of one that fails. */
export function playMany(suiteOf: () => Suite, seed: number, runs: number): Counts {
  const counts = { written: 0, again: 0, crashes: 0, sessions: 0, sealed: 0, epochs: 0, runs: 0 };
  fc.assert(
    fc.property(schedules(200, 400), fc.nat(1e9), (events, luck) => {
      const run = play({ suite: suiteOf(), seed: `${luck}`, events, crashes: 0.02 });
      for (const name of ['written', 'again', 'crashes', 'sessions', 'sealed', 'epochs'] as const) counts[name] += run[name];
      counts.runs += 1;
    }),
    // Shrinking a schedule takes minutes: by hand, where one fails.
    { numRuns: runs, seed, endOnFailure: true },
  );
  return counts;
}

export interface Played {
  readonly suite: Suite;
  readonly seed: string;
  readonly events: readonly Event[];
  /** Chance of a crash at each commit, after so many events. */
  readonly crashes: number;
  readonly calmEvents?: number;
}

export function play({ suite, seed, events, crashes, calmEvents = 0 }: Played): Run {
  const keys = new Set<string>();
  const watched = watch(suite, keys);
  const luck = luckOf(`${seed} persons`);
  const persons = [personOf(watched, luck), personOf(watched, luck)] as const;
  const random = createRandom(`${seed} crashes`);
  const wire: { readonly to: number; readonly bytes: Uint8Array }[] = [];
  const trace: string[] = [];
  const written: string[][] = [[], []];
  const sessions = new Set<string>();
  let [nowMs, said, crashed, isCalm] = [startMs, 0, 0, calmEvents > 0];
  const devices = persons.map((us, at) =>
    deviceOf({
      ...{ suite: watched, us, them: persons[1 - at]!, luck: luckOf(`${seed} device ${at}`) },
      send: (bytes) => wire.push({ to: 1 - at, bytes }),
      atCommit: () => {
        if (!isCalm && random.chance(crashes)) throw new Crash();
      },
      trace: (line) => trace.push(`${at} ${line}`),
    }),
  );
  const act = (at: number, work: (device: Device) => void): void => {
    const device = devices[at]!;
    try {
      work(device);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashed += 1;
      trace.push(`${at} crash`);
      device.restart();
    }
    expect(device.memory.pair.sessions.length).toBeLessThanOrEqual(limits.sessionsPerPair);
    for (const { state } of device.memory.pair.sessions) {
      sessions.add(Buffer.from(state.id).toString('hex'));
      expect(state.receiving.skipped.length).toBeLessThanOrEqual(limits.skippedSeeds);
      expect(state.sending.outstanding.length).toBeLessThanOrEqual(limits.inFlight);
    }
  };
  /** Counts only what was kept: a crash before the first commit leaves nothing. */
  const say = (at: number, speak: (device: Device, message: string) => void): void => {
    said += 1;
    const message = `${at}-${said}`;
    act(at, (device) => speak(device, message));
    if (devices[at]!.memory.outbox.some((row) => row.message === message)) written[at]!.push(message);
  };
  const happen = ({ what, pick }: Event): void => {
    const at = pick % 2;
    const one = wire.length === 0 ? null : wire[(pick >> 1) % wire.length]!;
    nowMs += pick % 1_500;
    switch (what) {
      case 'write':
        return say(at, (device, message) => device.write(message, nowMs));
      case 'burst':
        for (let count = 20 + (pick % 60); count > 0; count -= 1) say(at, (device, message) => device.write(message, nowMs));
        return;
      case 'pass':
        return act(at, (device) => device.pass(nowMs));
      case 'deliver':
      case 'double':
        if (one === null) return;
        if (what === 'deliver') wire.splice(wire.indexOf(one), 1);
        return act(one.to, (device) => device.receive(one.bytes, nowMs));
      case 'drop':
        if (one !== null) wire.splice(wire.indexOf(one), 1 + (pick % 8));
        return;
      case 'tick':
        return act(at, (device) => device.tick(nowMs, false));
      case 'back':
        return act(at, (device) => device.tick(nowMs, true));
      case 'restart':
        return devices[at]!.restart();
      case 'reset':
        return say(at, (device, message) => device.reset(message, nowMs));
      case 'wait':
        nowMs += pick % (2 * hourMs);
    }
  };
  for (const [count, event] of events.entries()) {
    isCalm = count < calmEvents;
    happen(event);
    // Nobody keeps more than that under way, and a schedule should not drown in its own copies.
    if (wire.length > 400) wire.splice(0, wire.length - 400);
  }

  isCalm = true;
  // A session's own words may be left: the other side dropped a session that nobody speaks on.
  for (let round = 0; devices.some(({ memory }) => memory.outbox.some(({ message }) => message !== null)); round += 1) {
    if (round > 200) throw new Error(`does not come to rest: ${trace.slice(-20).join(', ')}`);
    // Resets are taken once an hour.
    nowMs += round % 10 === 9 ? hourMs : 2_000;
    for (const [at, device] of devices.entries()) act(at, () => device.tick(nowMs, false));
    while (wire.length > 0) {
      const { to, bytes } = wire.shift()!;
      act(to, (device) => device.receive(bytes, nowMs));
    }
  }
  let again = 0;
  for (const [at, messages] of written.entries()) {
    const { inbox } = devices[1 - at]!.memory;
    const missing = messages.filter((message) => !inbox.has(message));
    expect(missing).toEqual([]);
    again += [...inbox.values()].filter((count) => count > 1).length;
  }
  const states = devices.flatMap(({ memory }) => memory.pair.sessions.map(({ state }) => state));
  return {
    ...{ written: written[0]!.length + written[1]!.length, again, crashes: crashed, sessions: sessions.size },
    ...{ sealed: keys.size, epochs: Math.max(0, ...states.map(({ epochs }) => epochs.current)), trace },
  };
}

/** Throws where a key and a nonce seal a second time, in whatever branch of a crashed history. */
const watch = (suite: Suite, keys: Set<string>): Suite => ({
  ...suite,
  seal: (key, nonce, plain, bound) => {
    const both = Buffer.concat([key, nonce]).toString('base64');
    if (keys.has(both)) throw new Error('a key and nonce sealed twice');
    keys.add(both);
    return suite.seal(key, nonce, plain, bound);
  },
});
