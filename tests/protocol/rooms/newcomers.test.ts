/** What somebody who comes later is given of the keys: enough to read on, and nothing that leads back. */
import { describe, expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../../src/protocol/rooms/head-entry.ts';
import { decodeHeads, encodeHeads } from '../../../src/protocol/rooms/heads.ts';
import { decodeKeyring, encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { headsFor } from '../../../src/protocol/rooms/learn.ts';
import { addDevice, admit, headsOfAll, rekey, rekeyDue, takeHeads, takeRow } from '../../../src/protocol/rooms/room-acts.ts';
import type { Done } from '../../../src/protocol/rooms/room-acts.ts';
import { acceptanceOf } from '../../../src/protocol/rooms/act.ts';
import { act, emptyRoom, seal, takeSeed, takeSigned } from '../../../src/protocol/rooms/room.ts';
import type { Change, Room, Said } from '../../../src/protocol/rooms/room.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { runModel } from './room-model.ts';
import { expectGood } from './model-runs.ts';
import { actorOf, good } from './stage.ts';
import type { Actor } from './stage.ts';
import { ann, ben, cat, find, foundRoom, handsOf, hear, read, requestOf, text, threeOf } from './three.ts';

const dan = actorOf(suite, 'dan');
const kindsOf = (done: Done): string[] => done.operations.map((one) => one.act.kind);
/** As whoever was let in has the room. */
function cameIn(done: Done, actor: Actor): Room {
  let room = hear(emptyRoom(done.room.id), actor, { operations: operationsOf(done.room.graph) });
  for (const { device, body } of done.heads) if (device === actor.device.id) room = good(takeHeads(room, handsOf(actor), body));
  for (const { devices, body } of done.rows)
    if (devices.includes(actor.device.id)) room = good(takeRow(room, handsOf(actor), body));
  return room;
}
const opened = (room: Room, actor: Actor, body: Uint8Array): Room => {
  const { operation, seed } = good(decodeHeadEntry(body));
  return good(takeSeed(room, handsOf(actor), operation, seed));
};

const benAdmin = (room: Room): Change => good(act(room, handsOf(ann), { kind: 'role', person: ben.person.id, role: 'admin' }));
function threeAdmins(): ReturnType<typeof threeOf> {
  const { a, b, c } = threeOf();
  const done = benAdmin(a);
  return { a: done.room, b: hear(b, ben, done), c: hear(c, cat, done) };
}

/** Ann let Ben in, then Cat; Ben knows of Cat, and has not opened the head entry. Cat is as she was before she said it. */
function unheard(): { b: Room; c: Room; headEntry: Uint8Array; said: Said } {
  const first = good(admit(foundRoom().room, handsOf(ann), requestOf(foundRoom().room, ben), null));
  const b = opened(cameIn(first, ben), ben, first.headEntries[0]!);
  const admins = benAdmin(first.room);
  const second = good(admit(admins.room, handsOf(ann), requestOf(first.room, cat), null));
  const [headEntry] = second.headEntries as [Uint8Array];
  const c = opened(cameIn(second, cat), cat, headEntry);
  const said = good(seal(c, handsOf(cat), text(c, 1, 'before Dan')));
  return { b: hear(b, ben, { operations: operationsOf(second.room.graph) }), c, headEntry, said };
}

describe('[K2] whoever lets somebody in', () => {
  test('and has not opened the head entry of another newcomer rekeys, and gives the new epoch alone', () => {
    const { b, said } = unheard();
    const done = good(admit(b, handsOf(ben), requestOf(b, dan), null));
    expect([kindsOf(done), done.heads, done.headEntries]).toEqual([['add', 'rekey'], [], []]);
    expect(done.rows[0]!.devices.toSorted()).toEqual([ann, cat, dan].map((who) => who.device.id).toSorted());
    const d = cameIn(done, dan);
    expect(d.keyring.epochs.map((one) => one.id)).toEqual([done.operations[1]!.id]);
    expect(find(d, said.envelope)).toBeNull();
    const more = good(seal(done.room, handsOf(ben), text(b, 1, 'since')));
    expect(good(read(d, more.envelope)).signed).toEqual(more.signed);
    // And may not be given it later.
    const later = headsOfAll(done.room, ben.device.id, dan.device.id, suite).map((body) => good(decodeHeads(body)));
    expect(later.filter((one) => one.rows.length > 0 && one.epoch === b.keyring.epochs[0]!.id)).toEqual([]);
    // The next one costs nothing again.
    expect(kindsOf(good(admit(done.room, handsOf(ben), requestOf(b, actorOf(suite, 'eve')), null)))).toEqual(['add']);
  });

  test('though the other newcomer gave them its heads, and they read it', () => {
    const { b, c, said } = unheard();
    const heads = headsFor(c.keyring, c.id, c.keyring.epochs[0]!.id, cat.device.id)!;
    const told = good(takeHeads(b, handsOf(ben), encodeHeads(heads)));
    const heard = good(read(told, said.envelope)).room;
    expect(kindsOf(good(admit(heard, handsOf(ben), requestOf(b, dan), null)))).toEqual(['add', 'rekey']);
  });

  test('and has opened it gives heads, from which nothing leads back', () => {
    const { b, headEntry, said } = unheard();
    const heard = good(read(opened(b, ben, headEntry), said.envelope)).room;
    const done = good(admit(heard, handsOf(ben), requestOf(b, dan), null));
    expect(kindsOf(done)).toEqual(['add']);
    expect(find(cameIn(done, dan), said.envelope)).toBeNull();
  });

  test('gives heads from behind what sync alone brought, also before its chain was here', () => {
    const { a, b } = threeAdmins();
    let from = a;
    const said = [1, 2, 3].map((seq) => {
      const one = good(seal(from, handsOf(ann), text(a, seq, 'away')));
      from = one.room;
      return one;
    });
    const synced = said.reduce((room, one) => good(takeSigned(room, suite, one.signed)).room, b);
    for (const operation of ['add', 'device'] as const) {
      const other = operation === 'add' ? dan : actorOf(suite, 'ben too', ben.person);
      const acceptance = suite.sign(other.device.signSecret, acceptanceOf(b.id, other.certificate));
      const done =
        operation === 'add'
          ? good(admit(synced, handsOf(ben), requestOf(b, other), null))
          : good(addDevice(synced, handsOf(ben), other.certificate, acceptance));
      expect(kindsOf(done)).toEqual([operation]);
      const room = cameIn(done, other);
      for (const one of said) expect(find(room, one.envelope)).toBeNull();
      const next = good(seal(from, handsOf(ann), text(a, 4, 'now')));
      expect(good(read(room, next.envelope)).signed).toEqual(next.signed);
      // Without a suite nothing is moved, and nothing is given.
      const epoch = b.keyring.epochs[0]!.id;
      const without = headsOfAll(done.room, ben.device.id, other.device.id).map((body) => good(decodeHeads(body)));
      expect(without.filter((one) => one.epoch === epoch && one.rows.length > 0)).toEqual([]);
    }
    // A row that is late: sync was faster.
    const renewed = good(rekey(a, handsOf(ann)));
    const early = good(seal(renewed.room, handsOf(ann), text(a, 5, 'under the new one')));
    const before = good(takeSigned(hear(b, ben, renewed), suite, early.signed)).room;
    const after = good(takeRow(before, handsOf(ben), renewed.rows[0]!.body));
    const done = good(admit(after, handsOf(ben), requestOf(b, dan), null));
    expect(kindsOf(done)).toEqual(['add']);
    expect(find(cameIn(done, dan), early.envelope)).toBeNull();
    expect(find(after, early.envelope)).not.toBeNull();
  });

  test('and came after another newcomer gives heads without having opened its entry: theirs stood behind it', () => {
    const { c } = unheard();
    const other = actorOf(suite, 'cat too', cat.person);
    const acceptance = suite.sign(other.device.signSecret, acceptanceOf(c.id, other.certificate));
    const done = good(addDevice(c, handsOf(cat), other.certificate, acceptance));
    expect([kindsOf(done), done.heads.some(({ body }) => good(decodeHeads(body)).rows.length === 4)]).toEqual([['device'], true]);
  });

  test('and lacks the keys that the room sends under rekeys', () => {
    const { a, b } = threeAdmins();
    const renewed = good(rekey(a, handsOf(ann)));
    expect(kindsOf(good(admit(hear(b, ben, renewed), handsOf(ben), requestOf(b, dan), null)))).toEqual(['add', 'rekey']);
  });
});

test('[K2] [K8] nobody else gives a newcomer heads; who lost them asks, then rekeys after everybody’s turn', () => {
  const { a, b, c } = threeOf();
  const done = good(admit(a, handsOf(ann), requestOf(a, dan), null));
  const epoch = a.keyring.epochs[0]!.id;
  const givenBy = (room: Room, actor: Actor): boolean =>
    headsOfAll(room, actor.device.id, dan.device.id, suite).some((body) => {
      const heads = good(decodeHeads(body));
      return heads.epoch === epoch && heads.rows.length > 0;
    });
  expect(givenBy(done.room, ann)).toBe(true);
  expect(givenBy(hear(b, ben, done), ben)).toBe(false);
  const d = hear(emptyRoom(a.id), dan, { operations: operationsOf(done.room.graph) });
  expect(rekeyDue(d, handsOf(dan))!.turn).toBeGreaterThanOrEqual(4);
  // With the keys of an older epoch alone, Dan reads nothing of what the others say now.
  const renewed = good(rekey(a, handsOf(ann)));
  const newer = good(admit(renewed.room, handsOf(ann), requestOf(a, dan), null));
  const isOld = ({ body }: { readonly body: Uint8Array }): boolean => good(decodeHeads(body)).epoch === epoch;
  const dueOf = (room: Room): unknown => rekeyDue(opened(room, dan, newer.headEntries[0]!), handsOf(dan))?.why;
  expect(dueOf(cameIn(newer, dan))).toBeUndefined();
  expect(dueOf(cameIn({ ...newer, heads: newer.heads.filter(isOld) }, dan))).toBe('no-epoch');
  // An epoch that began elsewhere meanwhile has nothing from before: anybody gives it.
  const elsewhere = good(rekey(c, handsOf(cat)));
  const both = hear(good(takeRow(hear(b, ben, elsewhere), handsOf(ben), elsewhere.rows[0]!.body)), ben, done);
  const heads = headsOfAll(both, ben.device.id, dan.device.id, suite).map((body) => good(decodeHeads(body)));
  expect(heads.map((one) => one.epoch)).toContain(elsewhere.operations[0]!.id);
});

test('[K7] a member’s word about how far a device is does not hide what the device itself signed', () => {
  const { a, b } = threeOf();
  let from = a;
  for (let n = 0; n < 40; n += 1) from = good(seal(from, handsOf(ann), text(a, n + 1, 'away'))).room;
  const last = good(seal(from, handsOf(ann), text(a, 41, 'last')));
  const synced = good(takeSigned(b, suite, last.signed)).room;
  const epoch = b.keyring.epochs[0]!;
  const rows = [{ device: shortOf(ann.device.id), chain: new Uint8Array(32), n: 20 }];
  const lie = encodeHeads({ room: b.id, epoch: epoch.id, tags: epoch.tags, cast: new Uint8Array(32), rows });
  const next = good(seal(last.room, handsOf(ann), text(a, 42, 'next')));
  expect(good(read(good(takeHeads(synced, handsOf(ben), lie)), next.envelope)).signed).toEqual(next.signed);
});

test('a keyring of another version is refused by name', () => {
  const bytes = encodeKeyring(threeOf().b.keyring);
  for (const version of [0, 1, 3, 255]) {
    expect(decodeKeyring(Uint8Array.of(version, ...bytes.subarray(1)))).toEqual({ refused: 'unknown-version' });
  }
});

test('[K2] a history that once looked wrong: who was in the room before may read all of a newcomer', () => {
  const seed = '1795171452598 7';
  expectGood(runModel(createUnsafeCountedSuite(), { seed, members: 2, steps: 80 }), seed);
});
