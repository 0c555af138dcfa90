/** What everything about rooms of members shares: the vault, the post, and how a word is sealed, kept and cast within a turn. */
import { hexToBytes } from '../../protocol/bytes.ts';
import type { Core } from '../core.ts';
import { castId } from '../../protocol/contact/address.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { encodeEntry, messageIdOf } from '../../protocol/entries/entry.ts';
import type { Body } from '../../protocol/entries/entry.ts';
import { encodeRoomOperations } from '../../protocol/entries/room-operations.ts';
import { outlineOf } from '../../protocol/entries/outline.ts';
import type { Outline } from '../../protocol/entries/outline.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, OperationId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { dayOf } from '../../protocol/room-keys.ts';
import { headsOf, viewNow } from '../../protocol/rooms/graph.ts';
import type { Operation } from '../../protocol/rooms/operation.ts';
import { sealIn } from '../../protocol/rooms/room-envelope.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { encodePart } from '../../protocol/sync/parts.ts';
import type { Part } from '../../protocol/sync/parts.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import type { Desk } from '../delivery/desk.ts';
import { frameOf } from '../delivery/say.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { messageOf, writeSigned } from '../rooms/kept.ts';
import type { Newest } from '../rooms/newest.ts';
import { lastSaid } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import { packed } from './packed.ts';
import { toLinkEnd } from './letters.ts';
import type { Post } from './post.ts';
import type { Turn, Vault } from './vault.ts';

export interface MembersDesk {
  readonly core: Core;
  readonly vault: Vault;
  readonly post: Post;
  readonly peers: Peers;
  readonly newest: Newest;
  /** Seals under the epoch given, or the best; null where this device has none. */
  seal(
    turn: Turn,
    room: RoomId,
    content: Uint8Array,
    epoch?: OperationId,
  ): { readonly hop: Uint8Array; readonly signed: Signed } | null;
  /** To those at the ends of these paths, or to everybody here, once the turn is on the disk. Nothing where no key is. */
  cast(turn: Turn, room: Room, content: Uint8Array, to: readonly Peer[] | 'all', epoch?: OperationId): boolean;
  castOperations(turn: Turn, room: Room, operations: readonly Operation[], epoch?: OperationId, to?: readonly Peer[]): void;
  /** An entry of mine: kept, shown, and handed out until somebody has it. Null: no key. */
  keepEntry(turn: Turn, room: Room, body: Body): Signed | null;
  /** Says a part to a device of the room alone. */
  tell(turn: Turn, room: RoomId, device: DeviceId, part: Part): Promise<boolean>;
  /** Operations for a device of the room alone, parents first. */
  tellOperations(turn: Turn, room: RoomId, device: DeviceId, operations: readonly Operation[]): Promise<void>;
}

export function createMembersDesk(
  core: Core,
  vault: Vault,
  post: Post,
  peers: Peers,
  newest: Newest,
  { timelines, outbox, receipts }: Desk,
): MembersDesk {
  /** What a turn that is not on the disk yet said last. */
  const saidInTurn = new WeakMap<Turn, Map<RoomId, Outline>>();

  const desk: MembersDesk = {
    core,
    vault,
    post,
    peers,
    newest,
    seal: (turn, id, content, epoch) => {
      const room = turn.room(id);
      const under = room && (epoch ?? sendingEpoch(room));
      if (room === null || under === null) return null;
      const sealed = sealIn(vault.suite, room.keyring, id, under, vault.keys.us.device, content);
      if (isRefusal(sealed)) {
        core.log('not-sealed', { why: sealed.refused, room: id });
        return null;
      }
      turn.setRoom({ ...room, keyring: sealed.keyring });
      const [secret] = servedCasts(room);
      const to = secret === undefined ? toLinkEnd : castId(vault.suite, secret, dayOf(core.clock.nowMs()));
      return { hop: encodeHop({ kind: 'envelope', ttl: mostHops, copies: 1, to }, sealed.envelope), signed: sealed.signed };
    },
    cast: (turn, room, content, to, epoch) => {
      const said = desk.seal(turn, room.id, content, epoch);
      if (said === null) return false;
      turn.after(() => {
        for (const peer of to === 'all' ? peers.inRoom(room.id) : to) sendTo(peer, frameOf(said.hop));
      });
      return true;
    },
    castOperations: (turn, room, operations, epoch, to) => {
      for (const part of packed(operations, mostAtOnce, ({ bytes }) => bytes.length)) {
        desk.cast(turn, room, encodeRoomOperations(part.map(({ bytes }) => bytes)), to ?? 'all', epoch);
      }
    },
    keepEntry: (turn, room, body) => {
      const me = vault.keys.us.device.id;
      const graph = turn.room(room.id)?.graph;
      if (graph === undefined) return null;
      const before = saidInTurn.get(turn) ?? new Map<RoomId, Outline>();
      saidInTurn.set(turn, before);
      const last = before.get(room.id);
      const seq = (last?.seq ?? lastSaid(room, me)) + 1;
      const parents = last === undefined ? newest.parentsIn(room, headsOf(graph)) : [shortOf(last.id)];
      const written = { sentAtMs: core.clock.nowMs(), seq, parents, body };
      const entry = encodeEntry(written);
      const said = desk.seal(turn, room.id, entry);
      if (said === null) return null;
      const id = messageIdOf(vault.suite, room.id, me, entry);
      const outline = outlineOf(id, me, written);
      before.set(room.id, outline);
      const message = messageOf(said.signed, id);
      if (message === null) throw new Error('an entry of our own is not one');
      const keeping = keepMessages(room, [{ message, bytes: writeSigned(said.signed) }], me);
      const { deviceCount, policy } = viewNow(graph);
      // Whoever comes later is given by sync what is theirs.
      const hop = deviceCount === 1 && policy.historyDays === 0 ? null : said.hop;
      turn.write(...keeping.writes, outbox.write(room.id, seq, hop));
      turn.after(() => {
        newest.saw(room, outline);
        keeping.apply();
        receipts.sent(room, id, seq);
        outbox.add(room.id, seq, hop);
        timelines.add(room, [message]);
        core.showRooms();
        outbox.flush(room.id);
      });
      return said.signed;
    },
    tell: (turn, room, device, part) => post.send(turn, device, encodeBetween({ kind: 'sync', room, part: encodePart(part) })),
    tellOperations: async (turn, room, device, operations) => {
      for (const part of packed(operations, mostAtOnce, ({ bytes }) => bytes.length)) {
        const isTold = await desk.tell(turn, room, device, { kind: 'operations', operations: part.map(({ bytes }) => bytes) });
        if (!isTold) return;
      }
    },
  };
  return desk;
}

export const inviteIdOf = (invite: OperationId): Uint8Array => hexToBytes(invite).slice(0, 16);

const mostAtOnce = 16;
/** A room is passed on by its members, along the tree of a cast. */
const mostHops = 8;
