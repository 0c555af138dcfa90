/** Envelopes of version 2: found by their tag, opened, and all that they change is one commit. Only then are they acknowledged. */
import type { RoomId } from '../../protocol/ids.ts';
import { isRefusal, refuse } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { open as openRoom } from '../../protocol/rooms/room.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { decodeAcknowledgement, isAcknowledgement } from '../../protocol/wire/acknowledgement.ts';
import { bucketOf, controlBucket } from '../../protocol/wire/bucket.ts';
import { decodeHop, encodeHop, passOn } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Arrived, Gathering, Keeper } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Seen } from './seen.ts';
import { createSessionReceive } from './session-receive.ts';
import type { Keep, SessionHands } from './session-receive.ts';
import type { Turn } from './vault.ts';

export interface MembersReceive {
  /** A hop header and an envelope, or an acknowledgement. */
  hop(bytes: Uint8Array, peer: Peer): void;
  close(): void;
}

export interface ReceiveHands extends SessionHands {
  /** Said in a room. Answers what is to be kept. */
  onSaid(turn: Turn, room: Room, said: Said): Arrived | null | Promise<Arrived | null>;
  /** True: it was somebody who knocks. */
  onKnock(envelope: Uint8Array, peer: Peer): boolean;
  /** True: it was said of a link that I wait behind. */
  onEnded(turn: Turn, envelope: Uint8Array): boolean;
  /** Somebody of a room of mine speaks, perhaps, and I have no key to it. */
  onUnread(peer: Peer): void;
  /** After a turn that changed rooms. */
  onChanged(rooms: readonly RoomId[]): void;
}

export interface Said {
  readonly signed: Signed;
  readonly peer: Peer | null;
  /** To be passed on as it is. */
  readonly sealed: Uint8Array | null;
}

export function createMembersReceive(desk: MembersDesk, keeper: Keeper, seen: Seen, hands: ReceiveHands): MembersReceive {
  const { core, vault, post } = desk;
  const sessions = createSessionReceive(desk, seen, hands);
  let waiting: { readonly bytes: Uint8Array; readonly peer: Peer }[] = [];
  let thinking: Stop | null = null;
  let puzzles: { readonly bytes: Uint8Array; readonly peer: Peer }[] = [];
  const waitingOf = new Map<Peer, number>();
  const knockedMs = new WeakMap<Peer, number>();

  const drain = async (): Promise<void> => {
    const batch = waiting.slice(0, mostAtOnce);
    waiting = waiting.slice(mostAtOnce);
    for (const { peer } of batch) {
      const left = (waitingOf.get(peer) ?? 1) - 1;
      if (left > 0) waitingOf.set(peer, left);
      else waitingOf.delete(peer);
    }
    if (waiting.length > 0) void core.lane.run(drain);
    await vault.turn(async (turn) => {
      const gathered = new Map<Room, Gathering>();
      const keep: Keep = (arrived) => {
        const { room } = arrived;
        const gathering = gathered.get(room) ?? keeper.gather(room);
        gathered.set(room, gathering);
        return gathering.take(arrived);
      };
      for (const { bytes, peer } of batch) {
        const refused = await takeOne(turn, bytes, peer, keep);
        if (refused !== null) core.log('envelope-refused', { why: refused.refused });
      }
      for (const gathering of gathered.values()) {
        const { writes, apply } = gathering.prepared();
        turn.write(...writes);
        turn.after(apply);
      }
      turn.after(() => hands.onChanged(turn.rooms()));
    });
  };

  const takeOne = async (turn: Turn, bytes: Uint8Array, peer: Peer, keep: Keep): Promise<Refusal | null> => {
    const hop = decodeHop(bytes);
    if (isRefusal(hop)) return hop;
    // Nobody keeps parcels yet.
    if (hop.kind !== 'envelope') return refuse('unknown-kind');
    const envelope = hop.rest;
    // E6.
    const onward = passOn(hop, hop.copies);
    const sealed = onward && encodeHop(onward, envelope);
    const bucket = bucketOf(envelope);
    if (isRefusal(bucket)) return bucket;
    if (bucket.number === controlBucket.knock)
      return mayKnock(peer) && hands.onKnock(envelope, peer) ? null : refuse('unknown-tag');
    const place = vault.findPlace(envelope);
    if (place !== null) {
      const room = core.rooms.get(place.room);
      const held = turn.room(place.room);
      if (room === undefined || held === null) return refuse('no-such-room');
      const opened = openRoom(held, vault.hands(), place, envelope);
      if (isRefusal(opened)) return opened;
      turn.setRoom(opened.room);
      const kept = await hands.onSaid(turn, room, { signed: opened.signed, peer, sealed });
      if (kept !== null) await keep(kept);
      return null;
    }
    const found = vault.findSession(envelope.subarray(1, 17));
    if (found !== null) return sessions.take(turn, found, envelope, peer, keep);
    const isInitial = bucket.number === controlBucket.initial;
    const begun = isInitial ? await sessions.takeInitial(turn, envelope, peer, keep) : refuse('unknown-tag');
    if (begun?.refused !== 'unknown-tag') return begun;
    if (!isInitial && hands.onEnded(turn, envelope)) return null;
    if (keepForLater(bytes, peer)) return null;
    hands.onUnread(peer);
    return begun;
  };

  /** Not known so far is not unknown: it is looked at once more when all tags are worked out. */
  const keepForLater = (bytes: Uint8Array, peer: Peer): boolean => {
    if (!vault.work(0) || puzzles.length >= mostPuzzles) return false;
    puzzles.push({ bytes, peer });
    if (puzzles.length === 1) thinking = core.clock.after(sliceMs, workOn);
    return true;
  };

  const workOn = (): void => {
    if (vault.work(1)) {
      thinking = core.clock.after(sliceMs, workOn);
      return;
    }
    thinking = null;
    const all = puzzles;
    puzzles = [];
    for (const { bytes, peer } of all) receive.hop(bytes, peer);
  };

  /** Whoever has the link makes us open a knock and verify what is in it: only so often. */
  const mayKnock = (peer: Peer): boolean => {
    const nowMs = core.clock.ticksMs();
    if (nowMs - (knockedMs.get(peer) ?? -knockEveryMs) < knockEveryMs) return false;
    knockedMs.set(peer, nowMs);
    return true;
  };

  const receive: MembersReceive = {
    close: () => thinking?.(),
    hop: (bytes, peer) => {
      if (isAcknowledgement(bytes)) {
        const a = decodeAcknowledgement(bytes);
        return isRefusal(a) ? core.log('envelope-refused', { why: a.refused }) : post.arrived(a, peer);
      }
      // The disk is slower than they speak: not acknowledged, and so said again later.
      const ofPeer = waitingOf.get(peer) ?? 0;
      if (waiting.length >= mostWaiting || ofPeer >= mostOfPeer) return core.log('envelope-refused', { why: 'too-many' });
      waitingOf.set(peer, ofPeer + 1);
      waiting.push({ bytes, peer });
      if (waiting.length === 1) void core.lane.run(drain);
    },
  };
  return receive;
}

const mostAtOnce = 64;
const mostWaiting = 2_048;
const mostPuzzles = 64;
/** Between two slices of work on tags: others' turn. */
const sliceMs = 10;
/** So nobody keeps all the others out. */
const mostOfPeer = 512;
const knockEveryMs = 1_000;
