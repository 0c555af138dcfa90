/** Who is in large rooms, beyond those to whom a path is known: loaded when the first such room is there. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import { encodeCast, roomMark } from '../../protocol/cast.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { hereNonceBytes, markOfHere, openHere, sealHere } from '../../protocol/here/sealed.ts';
import type { HereWord } from '../../protocol/here/word.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { LinkBook } from '../cast/links.ts';
import type { TakesOver } from '../delivery/acknowledge.ts';
import type { Receipts } from '../delivery/receipts.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import { createLarge } from './large.ts';
import type { Large } from './large.ts';
import { createLater } from './later.ts';

export interface Here {
  /** Null: taken. */
  take(bytes: Uint8Array, peer: Peer): RefusalReason | null;
  /** As its own word says, and those who would know; null: nothing is known that holds. */
  isHere(room: Room, device: DeviceId): boolean | null;
  /** Receipts for an author: true, where it will be said later. */
  readonly takesOver: TakesOver;
  leaving(room: Room): void;
  close(): void;
}

export interface HereDesk {
  readonly self: PeerId;
  readonly peers: Peers;
  readonly links: LinkBook;
  readonly receipts: Receipts;
}

export type OpenHere = (core: Core, desk: HereDesk) => Here;

export const createHere: OpenHere = (core, { self, peers, links, receipts }) => {
  const all = new Map<RoomId, Large>();
  const marks = new WeakMap<Peer, Map<RoomId, string>>();
  const later = createLater(core, peers, links);
  let showing: Stop | null = null;

  const show = (): void => {
    showing ??= core.clock.after(breathMs, () => {
      showing = null;
      core.showRooms();
    });
  };

  /** The newest first. */
  const secretsOf = (room: Room): readonly Uint8Array[] =>
    room.keys === null ? (core.voice()?.secretsOf(room) ?? []) : [room.keys.secret];

  const say = (room: Room, peer: Peer, word: HereWord): boolean => {
    const [secret] = secretsOf(room);
    if (secret === undefined) return false;
    const bytes = sealHere({ room: room.id, secret, from: self }, word, core.entropy.bytes(hereNonceBytes));
    return sendTo(peer, encodeFrame({ kind: 'cast', bytes: encodeCast({ kind: 'here', bytes }) })) === 'sent';
  };

  const markOf = (room: RoomId, peer: Peer): string => {
    const known = marks.get(peer) ?? new Map<RoomId, string>();
    marks.set(peer, known);
    const mark = known.get(room) ?? roomMark(room, peer.id);
    known.set(room, mark);
    return mark;
  };

  const grew = (room: Room): Large => {
    const known = all.get(room.id);
    if (known?.room === room) return known;
    known?.close();
    const large = createLarge(core, room, { peers, links, receipts, say: (peer, word) => say(room, peer, word), show });
    all.set(room.id, large);
    large.tick();
    return large;
  };

  const isFor = (room: Room): boolean => (room.kind === 'open' || room.kind === 'members') && room.stage === 'in';

  const tick = (): void => {
    for (const [id, large] of all) {
      if (core.rooms.get(id) === large.room && isFor(large.room)) large.tick();
      else {
        large.close();
        all.delete(id);
      }
    }
    // Not everybody there knows a path to everybody.
    for (const room of core.rooms.values()) if (isFor(room) && links.isLarge(room.id)) grew(room);
    stop = core.clock.after(tickMs, tick);
  };
  let stop = core.clock.after(0, tick);

  return {
    take: (bytes, peer) => {
      const mark = markOfHere(bytes);
      if (mark === null) return 'truncated';
      const id = [...peer.rooms].find((each) => markOf(each, peer) === mark);
      const room = id === undefined ? undefined : core.rooms.get(id);
      if (room === undefined || !isFor(room)) return 'no-such-room';
      // Who was put out has the secret of before for a while.
      if (room.keys === null && (peer.device === null || !room.members.has(peer.device))) return 'unknown-device';
      let why: RefusalReason = 'no-epoch';
      for (const secret of secretsOf(room)) {
        const word = openHere({ room: room.id, secret, from: peer.id }, bytes);
        if (!isRefusal(word)) {
          grew(room).take(word, peer);
          return null;
        }
        why = word.refused;
      }
      return why;
    },
    isHere: (room, device) => all.get(room.id)?.isHere(device) ?? null,
    takesOver: (room, acknowledged) => {
      const { author } = acknowledged;
      if (peers.inRoom(room.id).every(({ device }) => device !== author)) all.get(room.id)?.owe(author);
      return later(room, acknowledged);
    },
    leaving: (room) => all.get(room.id)?.leave(),
    close: () => {
      stop();
      showing?.();
      for (const large of all.values()) {
        large.leave();
        large.close();
      }
    },
  };
};

const tickMs = 5_000;
const breathMs = 250;
