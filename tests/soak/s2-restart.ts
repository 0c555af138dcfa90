/** S2: a relay that is killed and started again: when are 500 devices back, and how loudly do they come. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startRelay } from '../browser/relay-process.ts';
import { pause } from '../bench/contender.ts';
import { row } from '../bench/rows.ts';
import type { Row } from '../bench/rows.ts';
import type { Bench } from '../bench/world.ts';

const count = 500;
const steadyMs = 60_000;
const returnMs = 30_000;
const arriveMs = 600_000;
const answerMs = 60_000;

export const restart: Bench = {
  ids: ['S2a', 'S2b', 'S2c'],
  async *run({ askedReps, say }): AsyncGenerator<Row> {
    const clients = askedReps ?? count;
    const relay = await startRelay({ square: 'off' });
    const crowd = openCrowd(relay.url, clients);
    try {
      await crowd.until('all to be in', arriveMs, (told) => told.in === clients);
      say(`${clients} devices are in and talk`);
      const [startBytes, startMs] = [passedBytes(relay.pid()), performance.now()];
      await pause(steadyMs);
      const steady = (passedBytes(relay.pid()) - startBytes) / ((performance.now() - startMs) / 1_000);

      await relay.kill('SIGKILL');
      await crowd.until('all to have noticed', answerMs, (told) => told.in === 0);
      await relay.restart();
      const [backBytes, backMs] = [passedBytes(relay.pid()), performance.now()];
      let backAfterMs: number | null = null;
      const back = crowd
        .until('all to be back', answerMs, (told) => told.in === clients)
        .then(() => (backAfterMs = performance.now() - backMs));
      back.catch(() => undefined);
      await pause(returnMs);
      const returning = (passedBytes(relay.pid()) - backBytes) / ((performance.now() - backMs) / 1_000);
      await back;
      say(`steady ${Math.round(steady)} B/s, returning ${Math.round(returning)} B/s`);
      await pause(returnMs);
      const { waiting } = await crowd.count();

      yield row({
        name: `S2a ${clients} devices back at a restarted relay`,
        value: backAfterMs,
        unit: 'ms',
        baseline: null,
        limit: { of: 'value', atMost: 30_000 },
        counted:
          'from the line that says it listens until the last device has its link again; killed by SIGKILL, same port and data; whole apps in one process of Node beside the relay, talking on, one message a minute each in rooms of 8, no WebRTC so that all of it goes by the relay',
        samples: clients,
      });
      yield row({
        name: 'S2b traffic of the return vs steady',
        value: returning,
        unit: 'B/s',
        baseline: steady,
        limit: { of: 'ratio', atMost: 3 },
        counted: `bytes the relay read and wrote (the kernel's count of its process), mean over the ${returnMs / 1_000} s from its start, vs over ${steadyMs / 1_000} s before its end`,
        samples: 1,
      });
      yield row({
        name: 'S2c messages still waiting',
        value: waiting ?? null,
        unit: 'messages',
        baseline: null,
        limit: { of: 'value', atMost: 0 },
        counted: `own messages older than 10 s that nobody has, ${(2 * returnMs) / 1_000} s after the relay is back`,
        samples: clients,
      });
    } finally {
      await crowd.close();
      await relay.close();
    }
  },
};

interface Told {
  readonly in?: number;
  readonly said?: number;
  readonly waiting?: number;
}

function openCrowd(url: string, clients: number) {
  const program = fileURLToPath(new URL('crowd.ts', import.meta.url));
  const child = spawn(process.execPath, [program, url, String(clients)], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const until = (what: string, withinMs: number, isSo: (told: Told) => boolean): Promise<Told> =>
    new Promise((resolve, reject) => {
      const look = (line: string): void => {
        const told = JSON.parse(line) as Told;
        if (isSo(told)) stop(() => resolve(told));
      };
      const fail = (): void => stop(() => reject(new Error(`waited in vain for ${what}`)));
      const timer = setTimeout(fail, withinMs);
      const stop = (settle: () => void): void => {
        clearTimeout(timer);
        lines.off('line', look);
        child.off('exit', fail);
        settle();
      };
      lines.on('line', look);
      child.once('exit', fail);
    });
  return {
    until,
    count: () => {
      child.stdin.write('count\n');
      return until('its count', answerMs, ({ waiting }) => waiting !== undefined);
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** All that a process read and wrote, sockets among it; Linux alone tells. */
function passedBytes(pid: number): number {
  const told = readFileSync(`/proc/${pid}/io`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(told)?.[1]);
  return of('rchar') + of('wchar');
}
