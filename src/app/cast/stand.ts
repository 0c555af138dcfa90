/** How two neighbours in a room find out whether they have the same, in a few bytes: only where they do not is it said in full. */
import type { Core } from '../core.ts';
import { concat, createWriter, hexToBytes } from '../../protocol/bytes.ts';
import { encodeCast, roomMark, rootOf } from '../../protocol/cast.ts';
import type { CastWord } from '../../protocol/cast.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Share } from '../delivery/share.ts';
import { pathOf, sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import { lastOf } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';

export type StandWord = Extract<CastWord, { kind: 'stand' }>;

export interface Stand {
  /** `answers`: it is only shown. */
  say(peer: Peer, room: Room, about: StandWord['about']): void;
  take(word: StandWord, peer: Peer): void;
  /** As far as they said, and as of our last change. */
  isSame(peer: Peer, room: Room): boolean;
  close(): void;
}

export interface StandHands {
  /** They have something else than we, or want to hear it. */
  tellInFull(peer: Peer, room: Room): void;
  /** They count on us as on a neighbour. */
  chosenBy(peer: Peer, room: RoomId): void;
}

export function createStand(core: Core, share: Share, self: PeerId, hands: StandHands): Stand {
  const marks = new WeakMap<Peer, Map<string, RoomId>>();
  /** At which change of ours they had the same. */
  const same = new WeakMap<Peer, Map<RoomId, number>>();
  /** Said by them, and other than ours: compared again once it is calm. */
  const waiting = new Map<string, { root: string; readonly stop: Stop }>();
  const roots = new WeakMap<Room, { readonly changes: number; readonly root: string }>();

  const rootIn = (room: Room): string => {
    const known = roots.get(room);
    if (known?.changes === room.changes) return known.root;
    const root = rootOf(room.id, stateOf(core, room));
    roots.set(room, { changes: room.changes, root });
    return root;
  };

  const roomOf = (word: StandWord, peer: Peer): Room | null => {
    const known = marks.get(peer) ?? new Map<string, RoomId>();
    marks.set(peer, known);
    for (const id of peer.rooms) {
      if ([...known.values()].includes(id)) continue;
      known.set(roomMark(id, peer.id), id);
    }
    const id = known.get(word.room);
    return id === undefined || !peer.rooms.has(id) ? null : (core.rooms.get(id) ?? null);
  };

  const say = (peer: Peer, room: Room, about: StandWord['about']): void => {
    const bytes = encodeCast({ kind: 'stand', about, room: roomMark(room.id, self), root: rootIn(room) });
    sendTo(peer, encodeFrame({ kind: 'cast', bytes }));
  };

  const isEqual = (peer: Peer, room: Room, root: string): boolean => {
    if (root !== rootIn(room)) return false;
    same.set(peer, (same.get(peer) ?? new Map<RoomId, number>()).set(room.id, room.changes));
    return true;
  };

  /** What is on its way makes two differ for a moment. */
  const compareLater = (peer: Peer, room: Room, root: string): void => {
    const name = `${peer.id}/${room.id}`;
    const planned = waiting.get(name);
    if (planned !== undefined) return void (planned.root = root);
    const stop = core.clock.after(calmMs, () => {
      const newest = waiting.get(name)?.root ?? root;
      waiting.delete(name);
      if (pathOf(peer) === null || core.rooms.get(room.id) !== room) return;
      if (!isEqual(peer, room, newest)) hands.tellInFull(peer, room);
    });
    waiting.set(name, { root, stop });
  };

  return {
    say,
    isSame: (peer, room) => same.get(peer)?.get(room.id) === room.changes,
    take: (word, peer) => {
      const room = roomOf(word, peer);
      if (room === null) return core.log('cast-refused', { why: 'no-such-room' });
      if (word.about === 'asks') hands.chosenBy(peer, room.id);
      if (word.about === 'wants') return hands.tellInFull(peer, room);
      if (!isEqual(peer, room, word.root)) return compareLater(peer, room, word.root);
      if (word.about === 'asks' && share.takeWord(peer)) say(peer, room, 'answers');
    },
    close: () => {
      for (const { stop } of waiting.values()) stop();
    },
  };
}

/** What was said, and in a room of members what was done. */
function stateOf(core: Core, room: Room): Uint8Array {
  const out = createWriter();
  const heads = [...room.heads].filter(([, head]) => lastOf(head) > 0).sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [device, head] of heads) out.fixed(hexToBytes(device)).varint(head.upTo).varint(lastOf(head));
  const operations = room.keys === null ? (core.voice()?.headsOf(room) ?? []) : [];
  return concat([out.done(), ...[...operations].sort().map((id) => hexToBytes(id))]);
}

const calmMs = 700;
