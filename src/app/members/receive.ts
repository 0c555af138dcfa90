/** Envelopes of version 2: found by their tag, opened, and all that they change is one commit. Only then are they acknowledged. */
import { hexToBytes, isEqual } from '../../protocol/bytes.ts';
import { accept, acknowledgementOf } from '../../protocol/conversation/accept.ts';
import { open as openSession } from '../../protocol/conversation/open.ts';
import { withAccepted, withSession } from '../../protocol/conversation/pair.ts';
import { classOf } from '../../protocol/entries/between.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Certificate } from '../../protocol/people/certificate.ts';
import { isRefusal, refuse } from '../../protocol/refusal.ts';
import type { Refusal, RefusalReason } from '../../protocol/refusal.ts';
import { open as openRoom } from '../../protocol/rooms/room.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { decodeAcknowledgement, encodeAcknowledgement, isAcknowledgement } from '../../protocol/wire/acknowledgement.ts';
import { bucketOf, controlBucket } from '../../protocol/wire/bucket.ts';
import { decodeHop, encodeHop, passOn } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Arrived, Gathering, Keeper } from '../delivery/keeper.ts';
import { frameOf } from '../delivery/say.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import { behind } from './seen.ts';
import type { Seen } from './seen.ts';
import type { Turn } from './vault.ts';

export interface MembersReceive {
  /** A hop header and an envelope, or an acknowledgement. */
  hop(bytes: Uint8Array, peer: Peer): void;
  close(): void;
}

export interface ReceiveHands {
  /** Said in a room. Answers what is to be kept. */
  onSaid(turn: Turn, room: Room, said: Said): Arrived | null | Promise<Arrived | null>;
  /** Said by one device to this one. False: it cannot be kept now; then it is not acknowledged either. */
  onTold(turn: Turn, told: Told, keep: Keep): Promise<boolean>;
  /** By which rooms a session without an invite is taken: those of the device, and of its own person (P3). */
  roomsOf(certificate: Certificate): readonly RoomId[];
  /** The secret of an invite that I wait behind. */
  pskOf(inviteId: Uint8Array): Uint8Array | null;
  /** True: it was somebody who knocks. */
  onKnock(envelope: Uint8Array, peer: Peer): boolean;
  /** True: it was said of a link that I wait behind. */
  onEnded(turn: Turn, envelope: Uint8Array): boolean;
  /** It is known now, and was not before, which device is at the end of this path. */
  onBound(peer: Peer): void;
  /** What came on the session that this began was refused. */
  onRefused(device: DeviceId, initialId: Uint8Array, why: RefusalReason): void;
  /** Something was opened on it. */
  onHeard(turn: Turn, device: DeviceId, initialId: Uint8Array): void;
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

/** False: it will not be here, and nobody is to be told that it is. */
export type Keep = (arrived: Arrived) => Promise<boolean>;

export interface Told {
  readonly device: DeviceId;
  readonly content: Uint8Array;
  readonly peer: Peer;
}

export function createMembersReceive(desk: MembersDesk, keeper: Keeper, seen: Seen, hands: ReceiveHands): MembersReceive {
  const { core, vault, post } = desk;
  let waiting: { readonly bytes: Uint8Array; readonly peer: Peer }[] = [];
  let thinking: Stop | null = null;
  let puzzles: { readonly bytes: Uint8Array; readonly peer: Peer }[] = [];
  const waitingOf = new Map<Peer, number>();
  const knockedMs = new WeakMap<Peer, number>();
  /** Who began a session that nobody wanted. */
  const shunnedMs = new WeakMap<Peer, number>();

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
    if (found !== null) return takeSession(turn, found, envelope, peer, keep);
    const isInitial = bucket.number === controlBucket.initial;
    const begun = isInitial ? await takeInitial(turn, envelope, peer, keep) : refuse('unknown-tag');
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

  const acknowledge = (turn: Turn, peer: Peer, a: Uint8Array): void =>
    turn.after(() => void sendTo(peer, frameOf(encodeAcknowledgement(a))));

  /** What only that device could have said came by this path. */
  const bind = (turn: Turn, peer: Peer, device: DeviceId): void => {
    if (peer.device !== null) return;
    peer.device = device;
    // What came is as if it had not, and comes again.
    turn.failed(() => void (peer.device = null));
    turn.after(() => hands.onBound(peer));
  };

  const takeSession = async (
    turn: Turn,
    found: NonNullable<ReturnType<typeof vault.findSession>>,
    envelope: Uint8Array,
    peer: Peer,
    keep: Keep,
  ): Promise<Refusal | null> => {
    const { device, initialId } = found;
    const pair = turn.pair(device);
    const held = pair.sessions.find(({ state }) => isEqual(state.initialId, hexToBytes(initialId)));
    // Somebody began it in that device's name, before it was known here whose it is.
    if (held === undefined) return refuse('equivocation');
    const opened = openSession(vault.suite, held.state, found, envelope, vault.luck, core.clock.nowMs());
    if (isRefusal(opened)) {
      // S8: its acknowledgement was lost.
      if (opened.refused === 'repeated') acknowledge(turn, peer, found.a);
      else hands.onRefused(device, held.state.initialId, opened.refused);
      return opened.refused === 'repeated' ? null : opened;
    }
    turn.setPair(device, withSession(pair, opened.state));
    bind(turn, peer, device);
    const { content } = opened;
    if (content !== null && !(await hands.onTold(turn, { device, content, peer }, keep))) {
      // As if it had not come: "received" is what its sender would see.
      turn.setPair(device, pair);
      return refuse('not-kept');
    }
    acknowledge(turn, peer, opened.a);
    post.tend(turn, device, false);
    hands.onHeard(turn, device, held.state.initialId);
    return null;
  };

  const takeInitial = async (turn: Turn, envelope: Uint8Array, peer: Peer, keep: Keep): Promise<Refusal | null> => {
    const nowMs = core.clock.nowMs();
    const { us, prekeys } = vault.keys;
    if (core.clock.ticksMs() - (shunnedMs.get(peer) ?? -shunnedForMs) < shunnedForMs) return refuse('too-soon');
    const accepted = accept(vault.suite, { us, prekeys, pskOf: hands.pskOf, isSeen: seen.has }, envelope, vault.luck, nowMs);
    if (isRefusal(accepted)) {
      const a = accepted.refused === 'repeated' ? acknowledgementOf(vault.suite, prekeys, envelope) : null;
      if (a !== null) acknowledge(turn, peer, a);
      // It was for me, and made work, and was nothing.
      if (accepted.refused !== 'unknown-tag' && accepted.refused !== 'repeated') shunnedMs.set(peer, core.clock.ticksMs());
      return accepted;
    }
    const { deviceId: device, personId } = accepted.who.certificate;
    // P3: a certificate may be anybody's word about a stranger's device, and the handshake shows its DH key alone.
    if (!turn.mayBe(device, personId)) {
      shunnedMs.set(peer, core.clock.ticksMs());
      return refuse('equivocation');
    }
    const rooms = hands.roomsOf(accepted.who.certificate);
    const isByLink = accepted.who.inviteId !== null;
    if (!isByLink && rooms.length === 0) {
      shunnedMs.set(peer, core.clock.ticksMs());
      return refuse('unknown-device');
    }
    const share = isByLink ? behind : seen.placeFor(device, rooms);
    if (share === null) return refuse('too-many');
    const before = turn.pair(device);
    const changed = withAccepted(before, accepted, nowMs);
    if (isRefusal(changed)) return changed;
    turn.setPair(device, changed.pair);
    const { content } = accepted;
    if (isForMe(content) && !(await hands.onTold(turn, { device, content, peer }, keep))) {
      turn.setPair(device, before);
      return refuse('not-kept');
    }
    const { initialId } = accepted.state;
    seen.add(turn, initialId, device, share, accepted.seenUntilHour);
    if (accepted.who.replaces !== null) post.silenced(turn, device, changed.silenced);
    acknowledge(turn, peer, accepted.a);
    bind(turn, peer, device);
    post.tend(turn, device, false);
    hands.onHeard(turn, device, initialId);
    turn.after(() => post.flush(peer));
    return null;
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

/** An entry too: the first word to somebody may stand in the very envelope that begins the session. */
const isForMe = (content: Uint8Array): boolean => classOf(content) === 'between' || classOf(content) === 'entry';

const mostAtOnce = 64;
const mostWaiting = 2_048;
const mostPuzzles = 64;
/** Between two slices of work on tags: others' turn. */
const sliceMs = 10;
/** So nobody keeps all the others out. */
const mostOfPeer = 512;
const knockEveryMs = 1_000;
const shunnedForMs = 5_000;
