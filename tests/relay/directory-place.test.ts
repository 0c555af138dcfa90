/** A relay's place in the directory: sought while all else goes on, kept, and sought again where what was kept is spoiled. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { seekPlace } from '../../relay/directory-place.ts';
import { openDataFolder } from '../../relay/data-folder.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { isCostly, placeOf } from '../../src/protocol/directory/contact.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { systemClock } from '../adapters/relay-house.ts';
import { createHandClock } from './hand-clock.ts';
import { freePort } from './free-port.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { runRelay } from './relay-process.ts';

const self = parsePeerId('serverAA')!;
const entropy = { bytes: (length: number) => new Uint8Array(length).fill(7) };
const bits = 12;

function seek(kept: Uint8Array | null): { effort(): Uint8Array | null; turns: number } {
  const { clock, turn } = createHandClock();
  let found: Uint8Array | null = null;
  let turns = 0;
  const shelf = { kept, keep: () => null };
  seekPlace({ clock, entropy, log: () => {}, suite, self, bits, shelf }, (effort) => (found = effort));
  while (found === null && turns < 100) {
    turn(15);
    turns += 1;
  }
  return { effort: () => found, turns };
}

test('it is sought in slices, a turn of the clock each, and is the same at the next start', () => {
  const first = seek(null);
  expect(first.turns).toBeGreaterThan(1);
  const effort = first.effort()!;
  expect(isCostly(suite, placeOf(suite, { peer: self, effort }), bits)).toBe(true);
  const again = seek(effort);
  expect([again.effort(), again.turns]).toEqual([effort, 0]);
});

test.each([
  ['cheap', new Uint8Array(8)],
  ['too short', new Uint8Array(3)],
  ['too long', new Uint8Array(9)],
])('one that is %s is sought anew', (_what, kept) => {
  expect(seek(kept).turns).toBeGreaterThan(1);
});

test('no slice is more than two thousand hashes: some milliseconds', () => {
  const { clock, turn } = createHandClock();
  let hashes = 0;
  let isFound = false;
  const hash = (bytes: Uint8Array): Uint8Array => ((hashes += 1), suite.hash(bytes));
  const shelf = { kept: null, keep: () => null };
  seekPlace({ clock, entropy, log: () => {}, suite: { hash }, self, bits: 14, shelf }, () => (isFound = true));
  for (let at = 0; at < 1_000 && !isFound; at += 1) {
    hashes = 0;
    turn(15);
    expect(hashes).toBeLessThanOrEqual(2_000);
  }
  expect(isFound).toBe(true);
});

test('the data folder keeps it, and one that is spoiled keeps no relay from starting', () => {
  const folder = freshFolder();
  const world = { clock: systemClock, entropy, localName: null };
  const open = () => {
    const opened = openDataFolder(folder, world, () => {});
    if (opened.state !== 'open') throw new Error(opened.why);
    return opened.folder;
  };
  const first = open();
  expect([first.effort.kept, first.effort.keep(new Uint8Array(8).fill(3))]).toEqual([null, null]);
  first.close();
  const second = open();
  expect(second.effort.kept).toEqual(new Uint8Array(8).fill(3));
  second.close();
  writeFileSync(path.join(folder, 'directory'), 'spoiled');
  const third = open();
  expect(third.effort.kept).toBeNull();
  third.close();
});

test('a relay started with --public says in its numbers that the directory sleeps', async () => {
  const port = await freePort();
  const relay = runRelay([
    ...['--host', '127.0.0.1', '--port', `${port}`, '--webrtc-direct-port', 'off', '--json'],
    ...['--app', writeApp(freshFolder()), '--data', freshFolder()],
    ...['--sisters', 'https://west.example', '--public', 'https://east.example'],
  ]);
  await relay.line;
  const { text } = await ask({ port, path: '/metrics' });
  expect(text).toMatch(/^wavu_relay_directory_awake 0$/m);
});
