/** What reaches a device of `room-model.ts`, and what two of them tell each other when they meet. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { decodeEntry } from '../../../src/protocol/entries/entry.ts';
import type { DeviceId } from '../../../src/protocol/ids.ts';
import { mayHaveHead } from '../../../src/protocol/rooms/epochs.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../../src/protocol/rooms/head-entry.ts';
import { decodeHeads } from '../../../src/protocol/rooms/heads.ts';
import { headsOfAll, takeHeads, takeRow } from '../../../src/protocol/rooms/room-acts.ts';
import { decodeSeedRow } from '../../../src/protocol/rooms/seed-row.ts';
import { open, receive, takeSeed, takeSigned } from '../../../src/protocol/rooms/room.ts';
import type { Hands, Room } from '../../../src/protocol/rooms/room.ts';
import type { Signed } from '../../../src/protocol/rooms/signed.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { good } from './stage.ts';

import { slotName } from './stage.ts';
import { keepHeads } from './model-loot.ts';
import type { Mail, Node, Said } from './model-world.ts';

export interface Hearing {
  readonly openEnvelope: (node: Node, bytes: Uint8Array, id: string) => boolean;
  readonly deliver: (node: Node, one: Mail) => void;
  readonly sync: (one: Node, other: Node) => void;
}

export interface Ears {
  readonly suite: Suite;
  readonly trace: string[];
  readonly count: { opened: number; readByOutsiders: number; readFromBefore: number };
  readonly said: ReadonlyMap<string, Said>;
  readonly hands: (node: Node) => Hands;
  readonly set: (node: Node, room: Room, isStored?: boolean) => void;
  readonly hereIn: (room: Room) => ReadonlySet<DeviceId>;
  readonly byDevice: (device: DeviceId) => Node | undefined;
  readonly dice: (below: number) => number;
}

export function createHearing({ suite, trace, count, said, hands, set, hereIn, byDevice, dice }: Ears): Hearing {
  const takeHeadEntry = (node: Node, signed: Signed): void => {
    const entry = decodeEntry(signed.entry);
    node.entries.set(slotName(signed), signed);
    if (isRefusal(entry) || entry.body.kind !== 'head') return;
    const head = good(decodeHeadEntry(entry.body.bytes));
    node.loot.headSeeds.set(head.operation, head.seed);
    const room = takeSeed(node.room!, hands(node), head.operation, head.seed);
    if (!isRefusal(room)) set(node, room);
  };

  const openEnvelope = (node: Node, bytes: Uint8Array, id: string): boolean => {
    const place = node.table.find(bytes);
    if (place === null) return false;
    const opened = open(node.room!, hands(node), place, bytes);
    if (isRefusal(opened)) return false;
    const what = said.get(id)!;
    if (what.barred.has(node.actor.device.id)) {
      count.readByOutsiders += 1;
      trace.push(`OUTSIDER ${node.name} reads ${what.by}`);
    }
    if (node.before?.has(slotName(opened.signed)) === true) {
      count.readFromBefore += 1;
      trace.push(`BEFORE ${node.name} reads ${opened.signed.n} of ${what.by}`);
    }
    if (!node.opened.has(id)) count.opened += 1;
    node.opened.add(id);
    node.entries.set(slotName(opened.signed), opened.signed);
    set(node, opened.room, dice(2) === 0);
    trace.push(`${node.name} reads ${opened.signed.n} of ${byDevice(opened.signed.device)?.name}`);
    takeHeadEntry(node, opened.signed);
    return true;
  };

  const takeHeadsOf = (node: Node, body: Uint8Array): void => {
    const room = takeHeads(node.room!, hands(node), body);
    keepHeads(node.loot, good(decodeHeads(body)));
    if (isRefusal(room)) trace.push(`${node.name} refuses heads ${room.refused}`);
    else set(node, room);
  };

  const deliver = (node: Node, one: Mail): void => {
    if (node.room === null) return;
    switch (one.kind) {
      case 'operation': {
        const change = receive(node.room, hands(node), one.bytes);
        if (isRefusal(change)) {
          trace.push(`${node.name} refuses ${change.refused}`);
          return;
        }
        set(node, change.room);
        return;
      }
      case 'envelope':
        openEnvelope(node, one.bytes, one.id);
        return;
      case 'row': {
        node.loot.rows.set(bytesToHex(one.body), good(decodeSeedRow(one.body)));
        const room = takeRow(node.room, hands(node), one.body);
        if (!isRefusal(room)) set(node, room);
        return;
      }
      case 'heads':
        takeHeadsOf(node, one.body);
    }
  };

  /** Both ways: operations, entries that told of heads, and the heads the other may have. */
  const sync = (one: Node, other: Node): void => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (from.room === null || to.room === null) continue;
      trace.push(`${from.name} syncs ${to.name}`);
      for (const operation of operationsOf(from.room.graph)) {
        const change = receive(to.room, hands(to), operation.bytes);
        if (!isRefusal(change)) to.room = change.room;
      }
      set(to, to.room);
    }
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (from.room === null || to.room === null || !hereIn(from.room).has(to.actor.device.id)) continue;
      for (const signed of from.entries.values()) {
        const entry = good(decodeEntry(signed.entry));
        const head = entry.body.kind === 'head' ? good(decodeHeadEntry(entry.body.bytes)) : null;
        if (head !== null && !mayHaveHead(from.room.graph, head.operation, to.actor.device.id)) continue;
        const taken = takeSigned(to.room, suite, signed);
        if (isRefusal(taken)) continue;
        to.room = taken.room;
        takeHeadEntry(to, signed);
      }
      for (const body of headsOfAll(from.room, from.actor.device.id, to.actor.device.id, trace.length % 4 > 0 ? suite : null))
        takeHeadsOf(to, body);
    }
  };

  return { openEnvelope, deliver, sync };
}
