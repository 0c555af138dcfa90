/** Who stays in the table, whatever comes; and what a server holds for others. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createShelf } from '../../src/dht/shelf.ts';
import { createTable, serverOf } from '../../src/dht/table.ts';
import type { Server } from '../../src/dht/table.ts';
import { keyOfWriter, signRecord } from '../../src/protocol/directory/record.ts';
import { findEffort } from '../../src/protocol/directory/contact.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { nowHour } from '../protocol/directory/decoders.ts';

const luck = createRandom('table');
const self = new Uint8Array(32);
const serverAt = (name: string, at: number, address = `/memory/${name}-${at}`): Server => ({
  peer: parsePeerId(`${name}${at.toString().padStart(5, '0')}`)!,
  address,
  effort: new Uint8Array(8),
  // All in the half that is farthest: one bucket.
  place: Uint8Array.from([0x80, ...luck.bytes(31)]),
});

test('a crowd of newcomers takes no place from anybody who answers, and takes that of the dead', () => {
  const table = createTable(self);
  const old = Array.from({ length: 64 }, (_, at) => serverAt('good', at));
  for (const server of old) table.answered(server);
  for (let at = 0; at < 1_000; at += 1) table.answered(serverAt('evil', at));
  expect(
    table
      .nearest(self, 99)
      .map(({ peer }) => peer)
      .toSorted(),
  ).toEqual(old.map(({ peer }) => peer).toSorted());
  table.failed(old[3]!);
  table.failed(old[3]!);
  expect(table.nearest(self, 99)).toHaveLength(63);
  table.answered(serverAt('new', 1));
  const names = table.nearest(self, 99).map(({ peer }) => peer);
  expect([names.length, names.includes(old[3]!.peer), names.includes(serverAt('new', 1).peer)]).toEqual([64, false, true]);
});

test('those who come by themselves have a quarter of the places, however many come first', () => {
  const table = createTable(self);
  for (let at = 0; at < 1_000; at += 1) table.answered(serverAt('evil', at), 'came');
  expect(table.size()).toBe(16);
  for (let at = 0; at < 48; at += 1) table.answered(serverAt('good', at));
  expect(table.size()).toBe(64);
});

test('one address is one server, a liar does not come back, and we are not our own neighbour', () => {
  const table = createTable(self);
  table.answered(serverAt('one', 1, '/memory/house'));
  table.answered(serverAt('one', 2, '/memory/house'));
  expect(table.size()).toBe(1);
  const liar = serverAt('liar', 1);
  table.answered(liar);
  table.lied(liar.peer);
  table.answered(liar);
  table.answered({ ...serverAt('self', 1), place: self });
  expect(table.size()).toBe(1);
});

test('a server whose place cost too little is none', () => {
  const peer = parsePeerId('serverAA')!;
  const contact = { peer, address: '/memory/x', effort: findEffort(suite, peer, 8, 0, 100_000)! };
  expect(serverOf(suite, contact, 8)).toMatchObject({ peer });
  expect(serverOf(suite, { ...contact, effort: new Uint8Array(8).fill(255) }, 8)).toBeNull();
});

test('[D3] a shelf keeps the newest of each writer until it expires, nothing forged, and what is nearest when there is too much', () => {
  let hour = nowHour;
  const shelf = createShelf(suite, self, { nowMs: () => hour * 3_600_000 }, 4);
  const recordOf = (writer: number, sequence: number, expiresHour = nowHour + 20) =>
    signRecord(suite, new Uint8Array(32).fill(writer), { sequence, expiresHour, value: Uint8Array.of(writer) });
  const keyOf = (writer: number): Uint8Array => keyOfWriter(suite, recordOf(writer, 1).writer);
  expect([shelf.put(recordOf(1, 5)), shelf.put(recordOf(1, 4)), shelf.put(recordOf(1, 5)), shelf.put(recordOf(1, 6))]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(shelf.put({ ...recordOf(1, 7), value: Uint8Array.of(9) })).toBe(false);
  expect(shelf.put(recordOf(2, 1, nowHour + 26))).toBe(false);
  expect(shelf.at(keyOf(1))?.sequence).toBe(6);
  // Of two of one second the first stays, and the other is not said to be kept.
  const same = signRecord(suite, new Uint8Array(32).fill(1), { sequence: 6, expiresHour: nowHour + 20, value: Uint8Array.of(8) });
  expect([shelf.put(same), shelf.at(keyOf(1))?.value]).toEqual([false, Uint8Array.of(1)]);
  const kept = Array.from({ length: 20 }, (_, at) => shelf.put(recordOf(at + 10, 1))).filter((isKept) => isKept).length;
  expect([shelf.size(), kept < 20]).toEqual([4, true]);
  hour = nowHour + 21;
  expect(shelf.at(keyOf(1))).toBeNull();
});

test('that somebody is, or is not, where another says it to be says nothing of where we know it', () => {
  const table = createTable(self);
  const server = serverAt('good', 1);
  table.answered(server);
  for (let at = 0; at < 9; at += 1) table.failed({ ...server, address: '/memory/elsewhere' });
  expect(table.nearest(self, 9)).toEqual([server]);
  // Nor for it: who moved and answers there is no more where it was.
  const moved = { ...server, address: '/memory/moved' };
  for (let at = 0; at < 2; at += 1) {
    table.failed(server);
    table.answered(moved);
  }
  expect(table.nearest(self, 9)).toEqual([moved]);
});

test('who answers no more is not counted, and comes back, at another address too', () => {
  const table = createTable(self);
  const [one, other] = [serverAt('good', 1), serverAt('good', 2)];
  for (const server of [one, other]) table.answered(server);
  for (let at = 0; at < 2; at += 1) for (const server of [one, other]) table.failed(server);
  expect([table.size(), table.nearest(self, 9)]).toEqual([0, []]);
  expect([table.hasPlaceFor(one), table.hasPlaceFor({ ...other, address: '/memory/moved' })]).toEqual([true, true]);
  table.answered(one);
  table.answered({ ...other, address: '/memory/moved' });
  expect(
    table
      .nearest(self, 9)
      .map(({ address }) => address)
      .toSorted(),
  ).toEqual([one.address, '/memory/moved'].toSorted());
  // While it answers nobody else's word moves it.
  table.answered({ ...other, address: '/memory/elsewhere' });
  expect(table.nearest(self, 9).some(({ address }) => address === '/memory/elsewhere')).toBe(false);
});
