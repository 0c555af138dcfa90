/** Ann, Ben and Cat in a room of theirs. */
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { encodeEntry } from '../../../src/protocol/entries/entry.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { headsOf, operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../../src/protocol/rooms/head-entry.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { admit, found, takeHeads } from '../../../src/protocol/rooms/room-acts.ts';
import type { Done } from '../../../src/protocol/rooms/room-acts.ts';
import { emptyRoom, open, receive, takeSeed } from '../../../src/protocol/rooms/room.ts';
import type { Hands, Room } from '../../../src/protocol/rooms/room.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import { actorOf, adminPolicy, good, luckOf, startMs } from './stage.ts';
import type { Actor } from './stage.ts';

export const ann: Actor = actorOf(suite, 'ann');
export const ben: Actor = actorOf(suite, 'ben');
export const cat: Actor = actorOf(suite, 'cat');
export const dayMs = 86_400_000;
export const text = (room: Room, seq: number, words: string): Uint8Array =>
  encodeEntry({
    sentAtMs: startMs,
    seq,
    parents: headsOf(room.graph).slice(0, 1).map(shortOf),
    body: { kind: 'text', text: words },
  });

export const handsOf = (actor: Actor, nowMs = startMs): Hands => ({
  suite,
  me: actor.device,
  luck: luckOf(`hands ${actor.name} ${nowMs}`),
  nowMs,
});

export const foundRoom = (): Done =>
  found(handsOf(ann), { certificate: ann.certificate, called: 'ann', name: 'Well', policy: adminPolicy });
export const requestOf = (room: Room, actor: Actor): Uint8Array =>
  makeRequest(suite, { room: room.id, invite: null }, actor.device, actor.certificate, actor.name, null).bytes;
export const hear = (room: Room, actor: Actor, done: { operations: readonly { bytes: Uint8Array }[] }, nowMs = startMs): Room =>
  done.operations.reduce((now, one) => good(receive(now, handsOf(actor, nowMs), one.bytes)).room, room);

/** Ann founded and let Ben and Cat in, and all know all. */
export function threeOf(): { a: Room; b: Room; c: Room } {
  let a = foundRoom().room;
  const rooms: Room[] = [];
  const entries: Uint8Array[] = [];
  for (const [number, actor] of [ben, cat].entries()) {
    const done = good(admit(a, handsOf(ann, startMs + number), requestOf(a, actor), null));
    a = done.room;
    const all = operationsOf(a.graph);
    let room = hear(emptyRoom(a.id), actor, { operations: all });
    for (const { body } of done.heads) room = good(takeHeads(room, handsOf(actor), body));
    entries.push(...done.headEntries);
    rooms.push(room);
  }
  rooms[0] = hear(rooms[0]!, ben, { operations: operationsOf(a.graph) });
  const tell = (room: Room, actor: Actor): Room =>
    entries.reduce((now, body) => {
      const { operation, seed } = good(decodeHeadEntry(body));
      const next = takeSeed(now, handsOf(actor), operation, seed);
      return isRefusal(next) ? now : next;
    }, room);
  return { a, b: tell(rooms[0], ben), c: tell(rooms[1]!, cat) };
}

export const find = (room: Room, envelope: Uint8Array): ReturnType<ReturnType<typeof createTagTable>['find']> => {
  const table = createTagTable(suite);
  table.put(room.id, room.keyring);
  return table.find(envelope);
};
export const read = (room: Room, envelope: Uint8Array, nowMs = startMs): ReturnType<typeof open> => {
  const place = find(room, envelope);
  return place === null ? { refused: 'unknown-tag' } : open(room, { suite, nowMs }, place, envelope);
};
