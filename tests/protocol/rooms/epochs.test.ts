/** Epochs of a room: who gets which keys, under which one sends, when they are erased. */
import { describe, expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import { shortOf } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { castId } from '../../../src/protocol/contact/address.ts';
import { addedHeadOf, commitmentOf, headOf } from '../../../src/protocol/rooms/epoch.ts';
import { castEpochOf } from '../../../src/protocol/rooms/epochs.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeHeads, encodeHeads } from '../../../src/protocol/rooms/heads.ts';
import { decodeKeyring, encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import {
  admit,
  headsOfAll,
  rekey,
  rekeyDue,
  remove,
  servedCasts,
  takeHeads,
  takeRow,
} from '../../../src/protocol/rooms/room-acts.ts';
import { act, emptyRoom, seal, takeSeed, tend } from '../../../src/protocol/rooms/room.ts';
import { decodeSeedRow, encodeSeedRow } from '../../../src/protocol/rooms/seed-row.ts';
import { actorOf, good, startMs } from './stage.ts';

import { ann, ben, cat, dayMs, find, foundRoom, handsOf, hear, read, requestOf, text, threeOf } from './three.ts';
describe('epochs', () => {
  test('[K1] a row with another seed, of another room, for somebody else or twice is refused', () => {
    const { a, b } = threeOf();
    const done = good(rekey(a, handsOf(ann)));
    const heard = hear(b, ben, done);
    const { body, devices } = done.rows[0]!;
    expect(devices.toSorted()).toEqual([ben.device.id, cat.device.id].toSorted());
    const row = good(decodeSeedRow(body));
    expect(takeRow(heard, handsOf(ben), encodeSeedRow({ ...row, seed: new Uint8Array(32) }))).toEqual({
      refused: 'bad-commitment',
    });
    expect(takeRow(heard, handsOf(ben), encodeSeedRow({ ...row, room: '00'.repeat(16) as never }))).toEqual({
      refused: 'other-room',
    });
    expect(takeRow(heard, handsOf(actorOf(suite, 'stranger')), body)).toEqual({ refused: 'not-here' });
    const taken = good(takeRow(heard, handsOf(ben), body));
    expect(takeRow(taken, handsOf(ben), body)).toEqual({ refused: 'repeated' });
    // A row that came before its operation waits for it.
    const early = good(takeRow(b, handsOf(ben), body));
    expect(early.keyring.epochs).toHaveLength(1);
    expect(hear(early, ben, done).keyring.epochs).toHaveLength(2);
  });

  test('[K4] [K8] after a removal nobody sends before the rekey, and the remover stands nearest', () => {
    const { a, b } = threeOf();
    const alone = good(act(a, handsOf(ann), { kind: 'remove', person: cat.person.id, lasts: [] }));
    expect(seal(alone.room, handsOf(ann), text(a, 1, 'no'))).toEqual({ refused: 'no-epoch' });
    expect(rekeyDue(alone.room, handsOf(ann))).toEqual({ why: 'no-epoch', turn: 0 });
    const other = hear(b, ben, alone);
    expect(seal(other, handsOf(ben), text(a, 1, 'no'))).toEqual({ refused: 'no-epoch' });
    expect(rekeyDue(other, handsOf(ben))!.turn).toBeGreaterThan(0);
    expect(rekeyDue(a, handsOf(ann))).toBeNull();
  });

  test('[K4] a removed member keeps everything, hears everything, and reads nothing', () => {
    const { a, b, c } = threeOf();
    const done = good(remove(a, handsOf(ann), cat.person.id, []));
    expect(done.operations.map((one) => one.act.kind)).toEqual(['remove', 'rekey']);
    expect(done.rows[0]!.devices).toEqual([ben.device.id]);
    const removed = hear(c, cat, done);
    const within = good(takeRow(hear(b, ben, done), handsOf(ben), done.rows[0]!.body));
    const said = good(seal(done.room, handsOf(ann), text(a, 1, 'without Cat')));
    expect(good(read(within, said.envelope)).signed).toEqual(said.signed);
    expect(find(removed, said.envelope)).toBeNull();
    expect(takeRow(removed, handsOf(cat), done.rows[0]!.body)).toEqual({ refused: 'not-here' });
    expect(headsOfAll(done.room, ann.device.id, cat.device.id)).toEqual([]);
  });

  test('[K2] a newcomer reads nothing that whoever let it in had read', () => {
    const first = foundRoom();
    const early = good(seal(first.room, handsOf(ann), text(first.room, 1, 'before Ben')));
    const done = good(admit(early.room, handsOf(ann), requestOf(first.room, ben), null));
    let room = hear(emptyRoom(first.room.id), ben, { operations: operationsOf(done.room.graph) });
    for (const { body } of done.heads) room = good(takeHeads(room, handsOf(ben), body));
    expect(find(room, early.envelope)).toBeNull();
    const later = good(seal(done.room, handsOf(ann), text(first.room, 2, 'after')));
    expect(good(read(room, later.envelope)).signed).toEqual(later.signed);
  });

  test('[K2] another member’s word moves no chain, drops nothing, and gives no chain to send by', () => {
    const { a, b, c } = threeOf();
    const epoch = a.keyring.epochs[0]!;
    const rows = [ann, ben, cat].map((who) => ({ device: shortOf(who.device.id), chain: new Uint8Array(32).fill(9), n: 900 }));
    const lie = encodeHeads({ room: a.id, epoch: epoch.id, tags: epoch.tags, cast: new Uint8Array(32).fill(1), rows });
    const told = good(takeHeads(b, handsOf(ben), lie));
    expect(told.keyring.epochs[0]!.own).toEqual(b.keyring.epochs[0]!.own);
    for (const [from, actor] of [
      [a, ann],
      [c, cat],
    ] as const) {
      const said = good(seal(from, handsOf(actor), text(from, 1, 'true')));
      expect(good(read(told, said.envelope)).signed).toEqual(said.signed);
    }
    expect(servedCasts(told)).toEqual(servedCasts(b));
    const otherTags = encodeHeads({ room: a.id, epoch: epoch.id, tags: new Uint8Array(32), cast: new Uint8Array(32), rows });
    const used = good(read(b, good(seal(a, handsOf(ann), text(a, 1, 'x'))).envelope)).room;
    expect(takeHeads(used, handsOf(ben), otherTags)).toEqual({ refused: 'equivocation' });
    expect(takeHeads(b, handsOf(ben), encodeHeads({ ...good(decodeHeads(lie)), epoch: 'ee'.repeat(32) as never }))).toEqual({
      refused: 'bad-epoch',
    });
  });

  test('[K2] a head seed that is not the one committed to is refused', () => {
    const { b } = threeOf();
    const added = operationsOf(b.graph).find((one) => one.act.kind === 'add')!;
    expect(takeSeed({ ...b, keyring: { ...b.keyring, headSeeds: [] } }, handsOf(ben), added.id, new Uint8Array(32))).toEqual({
      refused: 'bad-commitment',
    });
  });

  test('[K5] [K9] an old epoch is erased after seven days and never taken again; its cast secret is served for one', () => {
    const { a, b } = threeOf();
    const [before] = servedCasts(b);
    const done = good(remove(a, handsOf(ann), cat.person.id, []));
    let room = good(takeRow(hear(b, ben, done), handsOf(ben), done.rows[0]!.body));
    expect(castEpochOf(room.graph)).toBe(done.operations[1]!.id);
    expect(servedCasts(room)).toHaveLength(2);
    expect(servedCasts(room)[1]).toEqual(before);
    expect(castId(suite, servedCasts(room)[0]!, 20_000)).not.toEqual(castId(suite, before!, 20_000));
    room = tend(room, ben.device.id, startMs + dayMs + 1);
    expect(servedCasts(room)).toHaveLength(1);
    room = tend(room, ben.device.id, startMs + 7 * dayMs - 1);
    expect(room.keyring.epochs).toHaveLength(2);
    room = tend(room, ben.device.id, startMs + 7 * dayMs);
    expect(room.keyring.epochs.map((one) => one.id)).toEqual([done.operations[1]!.id]);
    const [old] = headsOfAll(a, ann.device.id, ben.device.id);
    expect(takeHeads(room, handsOf(ben, startMs + 8 * dayMs), old!)).toEqual({ refused: 'too-old' });
    // An update alone changes no cast secret.
    const update = good(rekey(done.room, handsOf(ann, startMs + 1)));
    expect(castEpochOf(update.room.graph)).toBe(done.operations[1]!.id);
  });

  test('[K8] renewed after seven days with traffic, or a thousand entries', () => {
    const { a } = threeOf();
    expect(rekeyDue(a, handsOf(ann, startMs + 30 * dayMs))).toBeNull();
    const said = good(seal(a, handsOf(ann), text(a, 1, 'traffic'))).room;
    expect(rekeyDue(said, handsOf(ann, startMs + 7 * dayMs + 1))?.why).toBe('old');
    const [epoch] = said.keyring.epochs;
    expect(rekeyDue({ ...said, keyring: { ...said.keyring, epochs: [{ ...epoch!, used: 1_000 }] } }, handsOf(ann))?.why).toBe(
      'worn',
    );
  });

  test('a keyring is stored and read back, field by field', () => {
    const { a, b } = threeOf();
    const done = good(remove(a, handsOf(ann), cat.person.id, []));
    for (const { keyring } of [a, b, done.room, good(takeRow(b, handsOf(ben), done.rows[0]!.body))]) {
      const bytes = encodeKeyring(keyring);
      expect(decodeKeyring(bytes)).toEqual(keyring);
      for (let length = 0; length < bytes.length; length += 7)
        expect(isRefusal(decodeKeyring(bytes.subarray(0, length)))).toBe(true);
    }
  });

  test('heads of a device differ by epoch, device and way it came', () => {
    const [seed, ids] = [new Uint8Array(32).fill(3), ['aa'.repeat(32), 'bb'.repeat(32)]] as const;
    const all = ids.flatMap((epoch) =>
      ids.flatMap((device) => [
        headOf(suite, epoch as never, seed, device as never),
        addedHeadOf(suite, epoch as never, seed, device as never),
      ]),
    );
    expect(new Set([...all, commitmentOf(suite, seed), seed].map(bytesToHex)).size).toBe(10);
  });
});
