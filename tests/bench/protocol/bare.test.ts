/** Holds the baselines written by hand to the protocol: a baseline that calls more than it needs would flatter us. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { createJobs, messagesAtOnce } from './jobs.ts';
import { hundredBytes, talkBytes } from './talk-bytes.ts';

const calls = new Map<string, number>();
const bytes = new Map<string, number>();
const counting = Object.fromEntries(
  Object.entries(nodeCryptoSuite).map(([name, member]: [string, unknown]) => [
    name,
    typeof member !== 'function'
      ? member
      : (...given: unknown[]): unknown => {
          const length = given.reduce<number>((sum, each) => sum + (each instanceof Uint8Array ? each.length : 0), 0);
          calls.set(name, (calls.get(name) ?? 0) + 1);
          bytes.set(name, (bytes.get(name) ?? 0) + length);
          return (member as (...given: unknown[]) => unknown)(...given);
        },
  ]),
) as unknown as Suite;
const jobs = createJobs(counting, null);

function made(job: string): { readonly calls: Record<string, number>; readonly bytes: Record<string, number> } {
  jobs[job]!();
  calls.clear();
  bytes.clear();
  jobs[job]!();
  return { calls: Object.fromEntries(calls), bytes: Object.fromEntries(bytes) };
}

test('[B11a] the bare handshake makes each call that the handshake makes, and no other', () => {
  const [ours, bare] = [made('handshake'), made('handshake bare')];
  expect(bare.calls).toEqual(ours.calls);
  for (const [name, length] of Object.entries(ours.bytes)) expect(Math.abs(bare.bytes[name]! / length - 1)).toBeLessThan(0.03);
});

test('[B11b] bare messages make no call that messages do not make, and on no more bytes', () => {
  const [ours, bare] = [made('message'), made('message bare, padded')];
  // Besides, once in 64 messages, the keys of the next blocks.
  expect(ours.calls).toEqual({ ...bare.calls, mac: bare.calls['mac']! + ours.calls['mac']! - 6 * messagesAtOnce });
  expect(ours.calls['mac']! - 6 * messagesAtOnce).toBeLessThanOrEqual(5);
  for (const [name, length] of Object.entries(bare.bytes)) expect(length).toBeLessThanOrEqual(ours.bytes[name]!);
});

test('[B16] the hundred bytes are a hundred, and two who write at once name one parent more', () => {
  expect(new TextEncoder().encode(hundredBytes)).toHaveLength(100);
  const [turn, once] = [talkBytes(nodeCryptoSuite, 'in turn', 12), talkBytes(nodeCryptoSuite, 'at once', 12)];
  expect([Math.max(...turn.direct), turn.room.at(-1)]).toEqual([200, 222]);
  expect([once.direct.at(-1), once.room.at(-1)]).toEqual([222, 233]);
});
