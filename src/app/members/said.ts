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
import type { DeviceId, OperationId, PersonId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { decodeBundle } from '../../protocol/people/bundle.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { whyNot } from '../../protocol/rooms/counting.ts';
import { headsOf, isKnown, nodeOf, operationsOf } from '../../protocol/rooms/graph.ts';
import type { Graph } from '../../protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../protocol/rooms/head-entry.ts';
import { headsOfAll, takeHeads, takeRow } from '../../protocol/rooms/room-acts.ts';
import { emptyRoom, receive, sendingEpoch, takeSeed, takeSigned } from '../../protocol/rooms/room.ts';
import { decodeSeedRow } from '../../protocol/rooms/seed-row.ts';
import { decodeHeads } from '../../protocol/rooms/heads.ts';
import { envelopeIdOf } from '../../protocol/wire/envelope-id.ts';
import { operationsFor, wantOperations } from '../../protocol/sync/operations.ts';
import type { OperationShelf } from '../../protocol/sync/operations.ts';
import { decodePart } from '../../protocol/sync/parts.ts';
import type { Summary as SessionSummary } from '../../protocol/sync/parts.ts';
import type { Summary } from '../../protocol/content.ts';
import type { Arrived } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import { writeSigned, messageOf } from '../rooms/kept.ts';
import { withUpTo, writeHead } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Said, Told } from './receive.ts';
import type { Turn } from './vault.ts';

export interface SaidHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  /** They have all of mine up to there. */
  onClock(room: Room, device: DeviceId, upTo: number): void;
  onReceipt(room: Room, device: DeviceId, messages: readonly ReturnType<typeof shortOf>[]): void;
  /** The secret of an invite that another member made. */
  onInvite(turn: Turn, room: Room, bytes: Uint8Array): void;
  /** An entry of the device's own, in the conversation of its person and mine. */
  onDirect(turn: Turn, device: DeviceId, content: Uint8Array): Promise<Arrived | null>;
}

export interface SaidIn {
  inRoom(turn: Turn, room: Room, said: Said): Promise<Arrived | null>;
  toMe(turn: Turn, told: Told, arrived: (kept: Arrived) => void): Promise<void>;
}

export function createSaidIn(core: Core, desk: MembersDesk, hands: SaidHands): SaidIn {
  const { vault, post } = desk;
  const { suite } = vault;
  /** Whom we gave keys of which epoch, in which era of their path: not again at each word. */
  const given = new WeakMap<Peer, { readonly mark: string; readonly atMs: number }>();

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
    hear(turn, room, { device, peer, about: word.about, clocks: word.clocks });
    if (word.about !== 'leaves') bringUp(turn, room, { device, peer, heads: word.heads, epochId });
  };

  /** Who is there, and how far they have everything. */
  const hear = (turn: Turn, room: Room, { device, peer, about, clocks }: Heard): void => {
    const heads = clocks.map(({ device: short, seq }) => ({ device: short, upTo: seq }));
    const name = room.names.get(device) ?? '';
    const summary: Summary = { kind: 'summary', author: device, peer: peer.id, name, about, heads };
    turn.after(() => {
      hands.onSummary(peer, room, summary);
      post.flush(peer);
    });
  };

  /** `epochId`: under which they speak; null where that is not said, and they ask for what they lack. */
  const bringUp = (turn: Turn, room: Room, { device, peer, heads, epochId }: Behind): void => {
    const now = turn.room(room.id)!;
    const shelf = shelfOf(now.graph);
    const want = wantOperations(shelf, heads);
    // The bundle must be on the disk before a session begins with it.
    if (want !== null) turn.after(() => later(room, (next) => desk.tell(next, room.id, device, want)));
    const mine = headsOf(now.graph);
    if (mine.some((head) => !heads.includes(head))) {
      const lacks = { kind: 'want-operations', wanted: mine, known: heads.filter((head) => isKnown(now.graph, head)) } as const;
      turn.after(() => later(room, (next) => tellOperations(next, room, device, operationsFor(shelf, lacks))));
    }
    const best = sendingEpoch(now);
    if (best === null || best === epochId) return;
    const mark = `${room.id}/${best}/${peer.era}`;
    const before = given.get(peer);
    const nowMs = core.clock.ticksMs();
    if (before?.mark === mark && nowMs - before.atMs < givenAgainMs) return;
    given.set(peer, { mark, atMs: nowMs });
    turn.after(() => later(room, (next) => tellKeys(next, room, device)));
  };

  /** The same over a session, from a device of the room. Without heads it is a receipt, and nothing more is meant by it. */
  const takeSummary = (turn: Turn, room: Room, device: DeviceId, peer: Peer | null, part: SessionSummary): void => {
    if (peer === null || room.stage !== 'in' || !room.members.has(device)) return;
    if (part.heads.length === 0) {
      const mine = part.clocks.find((clock) => clock.device === shortOf(vault.keys.us.device.id));
      if (mine !== undefined) turn.after(() => hands.onClock(room, device, mine.seq));
      return;
    }
    hear(turn, room, { device, peer, about: part.asks ? 'asks' : 'tells', clocks: part.clocks });
    bringUp(turn, room, { device, peer, heads: part.heads, epochId: part.asks ? null : sendingEpoch(turn.room(room.id)!) });
  };

  /** A turn of its own, for what needs what this one brings to the disk. */
  const later = (room: Room, run: (turn: Turn) => Promise<unknown>): void => {
    void core.lane.run(async () => {
      if (core.rooms.get(room.id) === room) await vault.turn(async (turn) => void (await run(turn)));
    });
  };

  const tellOperations = async (turn: Turn, room: Room, device: DeviceId, ids: readonly OperationId[]): Promise<void> => {
    // They have not taken what they were told.
    if (post.isBusyWith(device)) return void refused('too-many', room.id);
    const { graph } = turn.room(room.id)!;
    const operations = ids.flatMap((id) => nodeOf(graph, id)?.operation ?? []);
    await desk.tellOperations(turn, room.id, device, operations);
  };

  /** Who was away when they were put out believes to be in. They are told under the keys they have, and no more than led to it. */
  const tellRemoval = async (turn: Turn, room: Room, { device, peer, heads, epochId }: Behind): Promise<void> => {
    const graph = turn.room(room.id)?.graph;
    if (graph === undefined || room.stage !== 'in') return;
    const { gone, removals } = summaryOf(graph);
    const person = gone.find((each) => each.device === device)?.person;
    const theirs = removals.filter((id) => isRemovalOf(graph, id, device, person));
    const mark = `${room.id}/gone/${peer.era}`;
    if (theirs.length === 0 || given.get(peer)?.mark === mark) return;
    given.set(peer, { mark, atMs: core.clock.ticksMs() });
    const ids = operationsFor(shelfOf(graph), { kind: 'want-operations', wanted: theirs, known: heads });
    const operations = ids.flatMap((id) => nodeOf(graph, id)?.operation ?? []);
    if (epochId === null) await desk.tellOperations(turn, room.id, device, operations);
    else desk.castOperations(turn, room, operations, epochId, [peer]);
  };

  const tellKeys = async (turn: Turn, room: Room, device: DeviceId): Promise<void> => {
    if (post.isBusyWith(device)) return void refused('too-many', room.id);
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
    const { devices } = turn.room(room.id)?.graph.known ?? { devices: { ids: [] } };
    for (const { device: short, seq } of clocks) {
      const device = devices.ids.find((each) => shortOf(each) === short);
      // My own numbers I know myself; and nobody's go so far that they could not be counted on.
      if (device === undefined || device === vault.keys.us.device.id || seq > mostSaid) continue;
      const before = room.heads.get(device);
      if (before !== undefined && before.upTo >= seq) continue;
      const head = withUpTo(before, seq);
      turn.write(writeHead(keyOf.head(room.id, device), head, ''));
      // At once: what follows in this turn builds on it. Should the disk refuse, we still knock, and are told again.
      room.heads.set(device, head);
    }
  };

  const takeSync = async (
    turn: Turn,
    room: Room,
    { device, peer }: Told,
    bytes: Uint8Array,
    arrived: (kept: Arrived) => void,
  ): Promise<void> => {
    const part = decodePart(bytes);
    if (isRefusal(part)) return void refused(part.refused, room.id);
    switch (part.kind) {
      case 'operations':
        return takeOperations(turn, room, part.operations);
      case 'summary':
        if (room.stage === 'knocking') takeBaseline(turn, room, part.clocks);
        return takeSummary(turn, room, device, peer, part);
      case 'want-operations': {
        const now = turn.room(room.id);
        if (now !== null && room.stage === 'in')
          await tellOperations(turn, room, device, operationsFor(shelfOf(now.graph), part));
        return;
      }
      case 'entries':
        for (const signed of part.entries) {
          const now = turn.room(room.id);
          const taken = now && takeSigned(now, suite, signed);
          if (taken === null) continue;
          if (isRefusal(taken)) {
            refused(taken.refused, room.id);
            continue;
          }
          turn.setRoom(taken.room);
          const kept = takeEntry(turn, room, { signed, peer: null, id: envelopeIdOf(suite, signed.entry), sealed: null });
          if (kept !== null) arrived(kept);
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
      if (!room.members.has(device)) {
        const word = decodeRoomWord(content);
        const { peer, signed } = said;
        if (!isRefusal(word) && peer !== null) await tellRemoval(turn, room, { device, peer, heads: word.heads, epochId: signed.epochId });
        return refused('unknown-device', room.id);
      }
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
    toMe: async (turn, told, arrived) => {
      const { device, content } = told;
      if (classOf(content) === 'entry') {
        const kept = await hands.onDirect(turn, device, content);
        if (kept !== null) arrived(kept);
        return;
      }
      const between = decodeBetween(content);
      if (isRefusal(between)) return core.log('message-refused', { why: between.refused });
      switch (between.kind) {
        case 'seed-row':
        case 'heads':
          return takeKeys(turn, device, between.kind, between.body);
        case 'sync': {
          const room = core.rooms.get(between.room);
          if (room === undefined || room.kind !== 'members') return core.log('message-refused', { why: 'no-such-room' });
          if (!isHeard(turn, room, device)) {
            const part = decodePart(between.part);
            if ('kind' in part && part.kind === 'summary')
              await tellRemoval(turn, room, { device, peer: told.peer, heads: part.heads, epochId: null });
            return core.log('message-refused', { why: 'unknown-device' });
          }
          return takeSync(turn, room, told, between.part, arrived);
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

function isRemovalOf(graph: Graph, id: OperationId, device: DeviceId, person: PersonId | undefined): boolean {
  const what = nodeOf(graph, id)?.operation.act;
  return what?.kind === 'remove' ? what.person === person : what?.kind === 'revoke' && what.device === device;
}

interface Heard {
  readonly device: DeviceId;
  readonly peer: Peer;
  readonly about: Summary['about'];
  readonly clocks: SessionSummary['clocks'];
}

interface Behind {
  readonly device: DeviceId;
  readonly peer: Peer;
  readonly heads: readonly OperationId[];
  readonly epochId: OperationId | null;
}

const mostSaid = 2 ** 40;
const givenAgainMs = 60_000;
