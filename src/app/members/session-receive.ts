/** Envelopes on sessions between two devices: those that go on, and those that begin one. What they say is kept before it is acknowledged. */
import { hexToBytes, isEqual } from '../../protocol/bytes.ts';
import { accept, acknowledgementOf } from '../../protocol/conversation/accept.ts';
import { open } from '../../protocol/conversation/open.ts';
import { withAccepted, withSession } from '../../protocol/conversation/pair.ts';
import { classOf } from '../../protocol/entries/between.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Certificate } from '../../protocol/people/certificate.ts';
import { isRefusal, refuse } from '../../protocol/refusal.ts';
import type { Refusal, RefusalReason } from '../../protocol/refusal.ts';
import { encodeAcknowledgement } from '../../protocol/wire/acknowledgement.ts';
import type { Arrived } from '../delivery/keeper.ts';
import { frameOf } from '../delivery/say.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import type { MembersDesk } from './desk.ts';
import { behind } from './seen.ts';
import type { Seen } from './seen.ts';
import type { Turn, Vault } from './vault.ts';

export interface SessionReceive {
  take(turn: Turn, found: FoundSession, envelope: Uint8Array, peer: Peer, keep: Keep): Promise<Refusal | null>;
  takeInitial(turn: Turn, envelope: Uint8Array, peer: Peer, keep: Keep): Promise<Refusal | null>;
}

export interface SessionHands {
  /** Said by one device to this one. False: it cannot be kept now; then it is not acknowledged either. */
  onTold(turn: Turn, told: Told, keep: Keep): Promise<boolean>;
  /** By which rooms a session without an invite is taken: those of the device, and of its own person (P3). */
  roomsOf(certificate: Certificate): readonly RoomId[];
  /** The secret of an invite that I wait behind. */
  pskOf(inviteId: Uint8Array): Uint8Array | null;
  /** It is known now, and was not before, which device is at the end of this path. */
  onBound(peer: Peer): void;
  /** What came on the session that this began was refused. */
  onRefused(device: DeviceId, initialId: Uint8Array, why: RefusalReason): void;
  /** Something was opened on it. */
  onHeard(turn: Turn, device: DeviceId, initialId: Uint8Array): void;
}

/** False: it will not be here, and nobody is to be told that it is. */
export type Keep = (arrived: Arrived) => Promise<boolean>;

export interface Told {
  readonly device: DeviceId;
  readonly content: Uint8Array;
  readonly peer: Peer;
}

type FoundSession = NonNullable<ReturnType<Vault['findSession']>>;

export function createSessionReceive({ core, vault, post }: MembersDesk, seen: Seen, hands: SessionHands): SessionReceive {
  /** Who began a session that nobody wanted. */
  const shunnedMs = new WeakMap<Peer, number>();

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

  const take: SessionReceive['take'] = async (
    turn: Turn,
    found: FoundSession,
    envelope: Uint8Array,
    peer: Peer,
    keep: Keep,
  ): Promise<Refusal | null> => {
    const { device, initialId } = found;
    const pair = turn.pair(device);
    const held = pair.sessions.find(({ state }) => isEqual(state.initialId, hexToBytes(initialId)));
    // Somebody began it in that device's name, before it was known here whose it is.
    if (held === undefined) return refuse('equivocation');
    const opened = open(vault.suite, held.state, found, envelope, vault.luck, core.clock.nowMs());
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

  return { take, takeInitial };
}

/** An entry too: the first word to somebody may stand in the very envelope that begins the session. */
const isForMe = (content: Uint8Array): boolean => classOf(content) === 'between' || classOf(content) === 'entry';

const shunnedForMs = 5_000;
