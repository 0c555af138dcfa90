/** What members say in a room, and devices to each other: taken into the turn, kept, answered. */
import type { Core } from '../core.ts';
import { classOf, decodeBetween } from '../../protocol/entries/between.ts';
import { decodeEntry, messageIdOf } from '../../protocol/entries/entry.ts';
import { decodePassing } from '../../protocol/entries/passing.ts';
import { decodeRoomOperations, roomOperationsKind } from '../../protocol/entries/room-operations.ts';
import { decodeRoomWord, roomWordKind } from '../../protocol/entries/room-word.ts';
import type { RoomWord } from '../../protocol/entries/room-word.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, OperationId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { whyNot } from '../../protocol/rooms/counting.ts';
import { headsOf, isKnown, nodeOf, operationsOf } from '../../protocol/rooms/graph.ts';
import type { Graph } from '../../protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../protocol/rooms/head-entry.ts';
import { headsOfAll, takeHeads, takeRow } from '../../protocol/rooms/room-acts.ts';
import { emptyRoom, receive, sendingEpoch, takeSeed } from '../../protocol/rooms/room.ts';
import { checkSigned } from '../../protocol/rooms/signed.ts';
import { decodeSeedRow } from '../../protocol/rooms/seed-row.ts';
import { decodeHeads } from '../../protocol/rooms/heads.ts';
import { envelopeIdOf } from '../../protocol/wire/envelope-id.ts';
import { operationsFor, wantOperations } from '../../protocol/sync/operations.ts';
import type { OperationShelf } from '../../protocol/sync/operations.ts';
import { decodePart } from '../../protocol/sync/parts.ts';
import type { Summary } from '../../protocol/content.ts';
import type { Arrived } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import { writeSigned, messageOf } from '../rooms/kept.ts';
import { withUpTo, writeHead } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Said } from './receive.ts';
import type { Turn } from './vault.ts';

export interface SaidHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  onReceipt(room: Room, device: DeviceId, messages: readonly ReturnType<typeof shortOf>[]): void;
  /** The secret of an invite that another member made. */
  onInvite(turn: Turn, room: Room, bytes: Uint8Array): void;
}

export interface SaidIn {
  inRoom(turn: Turn, room: Room, said: Said): Promise<Arrived | null>;
  toMe(turn: Turn, device: DeviceId, content: Uint8Array, arrived: (kept: Arrived) => void): Promise<void>;
}

export function createSaidIn(core: Core, desk: MembersDesk, hands: SaidHands): SaidIn {
  const { vault, post } = desk;
  const { suite } = vault;
  /** Whom we gave keys of which epoch, in which era of their path: not again at each word. */
  const given = new WeakMap<Peer, string>();

  const refused = (why: RefusalReason, room: RoomId): null => {
    core.log('message-refused', { why, room });
    return null;
  };

  const takeEntry = (turn: Turn, room: Room, { signed, peer, id, sealed }: Said): Arrived | null => {
    const entry = decodeEntry(signed.entry);
    if (isRefusal(entry)) return refused(entry.refused, room.id);
    const graph = turn.room(room.id)!.graph;
    const { device, epochId } = signed;
    const why = whyNot(graph, { device, epochId, seq: entry.seq, parents: entry.parents });
    if (why !== null) return refused(why.refused, room.id);
    // M4.
    if (entry.sentAtMs > core.clock.nowMs() + limits.aheadMs) return refused('too-far-ahead', room.id);
    const messageId = messageIdOf(suite, room.id, device, signed.entry);
    const message = messageOf(signed, messageId);
    if (message === null) return null;
    if (entry.body.kind === 'head') takeHeadEntry(turn, room, entry.body.bytes);
    if (entry.body.kind === 'invite') hands.onInvite(turn, room, entry.body.bytes);
    turn.after(() => desk.saw(room, shortOf(messageId), entry.parents));
    return { id, room, author: device, n: entry.seq, messageId, peer, body: { message, bytes: writeSigned(signed), sealed } };
  };

  const takeHeadEntry = (turn: Turn, room: Room, bytes: Uint8Array): void => {
    const head = decodeHeadEntry(bytes);
    if (isRefusal(head)) return void refused(head.refused, room.id);
    const next = takeSeed(turn.room(room.id)!, vault.hands(), head.operation, head.seed);
    if (isRefusal(next)) refused(next.refused, room.id);
    else turn.setRoom(next);
  };

  const takeOperations = (turn: Turn, room: Room, operations: readonly Uint8Array[]): void => {
    for (const bytes of operations) {
      const change = receive(turn.room(room.id) ?? emptyRoom(room.id), vault.hands(), bytes);
      if (isRefusal(change)) refused(change.refused, room.id);
      else turn.setRoom(change.room);
    }
  };

  /** Each brings the other up: operations first, then the keys, then (by the summary) what was said. */
  const takeWord = async (turn: Turn, room: Room, word: RoomWord, { signed, peer }: Said): Promise<void> => {
    const { device, epochId } = signed;
    // Bound to the path it came by: a recorded one, said again elsewhere, makes nobody present.
    if (peer === null || word.peer !== peer.id) return void refused('not-here', room.id);
    if (word.bundle !== null) {
      const bundle = decodeBundle(suite, word.bundle, core.clock.nowMs());
      if (isRefusal(bundle)) refused(bundle.refused, room.id);
      else if (bundle.certificate.deviceId === device) turn.write({ op: 'put', key: keyOf.bundle(device), value: bundle.bytes });
    }
    const heads = word.clocks.map(({ device: short, seq }) => ({ device: short, upTo: seq }));
    const name = room.names.get(device) ?? '';
    const summary: Summary = { kind: 'summary', author: device, peer: word.peer, name, about: word.about, heads };
    turn.after(() => {
      hands.onSummary(peer, room, summary);
      post.flush(peer);
    });
    if (word.about === 'leaves') return;
    const now = turn.room(room.id)!;
    const shelf = shelfOf(now.graph);
    const want = wantOperations(shelf, word.heads);
    // The bundle must be on the disk before a session begins with it.
    if (want !== null) turn.after(() => later(room, (next) => desk.tell(next, room.id, device, want)));
    const mine = headsOf(now.graph);
    const isBehind = mine.some((head) => !word.heads.includes(head));
    if (isBehind) {
      const lacks = {
        kind: 'want-operations',
        wanted: mine,
        known: word.heads.filter((head) => isKnown(now.graph, head)),
      } as const;
      turn.after(() => later(room, (next) => tellOperations(next, room, device, operationsFor(shelf, lacks))));
    }
    const best = sendingEpoch(now);
    const mark = `${room.id}/${best ?? ''}/${peer.era}`;
    if (best === null || best === epochId || given.get(peer) === mark) return;
    given.set(peer, mark);
    turn.after(() => later(room, (next) => tellKeys(next, room, device)));
  };

  /** A turn of its own, for what needs what this one brings to the disk. */
  const later = (room: Room, run: (turn: Turn) => Promise<unknown>): void => {
    void core.lane.run(async () => {
      if (core.rooms.get(room.id) === room) await vault.turn(async (turn) => void (await run(turn)));
    });
  };

  const tellOperations = async (turn: Turn, room: Room, device: DeviceId, ids: readonly OperationId[]): Promise<void> => {
    const { graph } = turn.room(room.id)!;
    const bytes = ids.flatMap((id) => nodeOf(graph, id)?.operation.bytes ?? []);
    for (let at = 0; at < bytes.length; at += mostOperations) {
      await desk.tell(turn, room.id, device, { kind: 'operations', operations: bytes.slice(at, at + mostOperations) });
    }
  };

  const tellKeys = async (turn: Turn, room: Room, device: DeviceId): Promise<void> => {
    for (const body of headsOfAll(turn.room(room.id)!, vault.keys.us.device.id, device)) {
      await post.send(turn, device, encodeBetween({ kind: 'heads', body }));
    }
  };

  /** Only a device of a member is heard, or of whoever lets us in. */
  const isHeard = (turn: Turn, room: Room, device: DeviceId): boolean => {
    if (room.stage === 'knocking') return true;
    return room.members.has(device) || turn.room(room.id) === null;
  };

  const takeKeys = (turn: Turn, device: DeviceId, kind: 'seed-row' | 'heads', body: Uint8Array): void => {
    const read = kind === 'heads' ? decodeHeads(body) : decodeSeedRow(body);
    if (isRefusal(read)) return core.log('message-refused', { why: read.refused });
    const room = core.rooms.get(read.room);
    if (room === undefined || !isHeard(turn, room, device)) return core.log('message-refused', { why: 'unknown-device' });
    const now = turn.room(room.id) ?? emptyRoom(room.id);
    const next = kind === 'heads' ? takeHeads(now, vault.hands(), body) : takeRow(now, vault.hands(), body);
    if (isRefusal(next)) refused(next.refused, room.id);
    else turn.setRoom(next);
  };

  /** A newcomer begins where the room is: what was said before is not for them, and not missed. */
  const takeBaseline = (turn: Turn, room: Room, clocks: readonly { readonly device: string; readonly seq: number }[]): void => {
    if (room.stage !== 'knocking') return;
    const { devices } = turn.room(room.id)?.graph.known ?? { devices: { ids: [] } };
    for (const { device: short, seq } of clocks) {
      const device = devices.ids.find((each) => shortOf(each) === short);
      if (device === undefined || room.heads.has(device)) continue;
      const head = withUpTo(undefined, seq);
      turn.write(writeHead(keyOf.head(room.id, device), head, ''));
      // At once: what follows in this turn builds on it. Should the disk refuse, we still knock, and are told again.
      room.heads.set(device, head);
    }
  };

  const takeSync = async (
    turn: Turn,
    room: Room,
    device: DeviceId,
    bytes: Uint8Array,
    arrived: (kept: Arrived) => void,
  ): Promise<void> => {
    const part = decodePart(bytes);
    if (isRefusal(part)) return void refused(part.refused, room.id);
    switch (part.kind) {
      case 'operations':
        return takeOperations(turn, room, part.operations);
      case 'summary':
        return takeBaseline(turn, room, part.clocks);
      case 'want-operations': {
        const now = turn.room(room.id);
        if (now !== null && room.stage === 'in')
          await tellOperations(turn, room, device, operationsFor(shelfOf(now.graph), part));
        return;
      }
      case 'entries':
        for (const signed of part.entries) {
          const checked = checkSigned(suite, room.id, signed);
          if (isRefusal(checked)) refused(checked.refused, room.id);
          else if (turn.room(room.id) !== null) {
            const said = { signed, peer: null, id: envelopeIdOf(suite, signed.entry), sealed: null };
            const kept = takeEntry(turn, room, said);
            if (kept !== null) arrived(kept);
          }
        }
        return;
      default:
        return void refused('unknown-kind', room.id);
    }
  };

  return {
    inRoom: async (turn, room, said) => {
      const { entry: content, device } = said.signed;
      const what = classOf(content);
      if (typeof what !== 'string') return refused(what.refused, room.id);
      if (what === 'entry') return takeEntry(turn, room, said);
      // What two devices have to say is not for a room.
      if (what === 'between') return refused('unknown-kind', room.id);
      if (!room.members.has(device)) return refused('unknown-device', room.id);
      if (content[0] === roomWordKind) {
        const word = decodeRoomWord(content);
        if (isRefusal(word)) return refused(word.refused, room.id);
        await takeWord(turn, room, word, said);
        return null;
      }
      if (content[0] === roomOperationsKind) {
        const operations = decodeRoomOperations(content);
        if ('refused' in operations) return refused(operations.refused, room.id);
        takeOperations(turn, room, operations);
        return null;
      }
      const passing = decodePassing(content);
      if (isRefusal(passing)) return refused(passing.refused, room.id);
      if (passing.kind === 'receipt') turn.after(() => hands.onReceipt(room, device, passing.messages));
      return null;
    },
    toMe: async (turn, device, content, arrived) => {
      const between = decodeBetween(content);
      if (isRefusal(between)) return core.log('message-refused', { why: between.refused });
      switch (between.kind) {
        case 'seed-row':
        case 'heads':
          return takeKeys(turn, device, between.kind, between.body);
        case 'sync': {
          const room = core.rooms.get(between.room);
          if (room === undefined || room.kind !== 'members' || !isHeard(turn, room, device))
            return core.log('message-refused', { why: 'unknown-device' });
          return takeSync(turn, room, device, between.part, arrived);
        }
        default:
          return core.log('message-refused', { why: 'unknown-kind' });
      }
    },
  };
}

const shelfOf = (graph: Graph): OperationShelf => ({
  order: operationsOf(graph).map(({ id }) => id),
  heads: headsOf(graph),
  has: (id) => isKnown(graph, id),
  parentsOf: (id) => nodeOf(graph, id)?.operation.parents ?? [],
  bytesOf: (id) => nodeOf(graph, id)?.operation.bytes.length ?? 0,
});

const mostOperations = 8;
