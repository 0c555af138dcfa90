/**
 * Ways over several neighbours: who keeps a topic is sought, whoever keeps it answers, and both leave a track behind them,
 * at each neighbour on the way, by which frames are then carried. A track that nobody uses is forgotten.
 */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import { bytesToHex } from '../../protocol/bytes.ts';
import { seekIdBytes } from '../../protocol/meet.ts';
import type { Carry, FarFrame, MeetFrame, Seek } from '../../protocol/meet.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { PeerId, Topic } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { sayMeet } from './peers.ts';
import { createStandIn } from './stand-in.ts';

export interface Routes {
  /** Asks all neighbours, and theirs, who keeps these. */
  seek(topics: readonly Topic[], ttl: number): void;
  /** A neighbour says one of these, or a relay for which we stand in. */
  take(link: Link, frame: FarFrame): void;
  /** A neighbour wants something handed to somebody it was not introduced to by us. False: no track leads there. */
  pass(link: Link, to: PeerId, bytes: Uint8Array): boolean;
  /** To a neighbour, or a relay. */
  opened(link: Link): void;
  closed(link: Link): void;
  /** A relay does not know what we say for others. */
  refused(relay: Link): void;
  close(): void;
}

export interface RoutesHands {
  isMine(topic: Topic): boolean;
  /** Somebody keeps this topic of ours; `first`: we came later, or asked. */
  found(peer: PeerId, topic: Topic, link: Link, first: boolean): void;
  carried(from: PeerId, link: Link, bytes: Uint8Array): void;
  /** What we had carried to them came no further. */
  lost(peer: PeerId, link: Link): void;
}

export function createRoutes(core: Pick<Core, 'clock' | 'entropy' | 'log'>, self: PeerId, hands: RoutesHands): Routes {
  const { clock, entropy, log } = core;
  const standIn = createStandIn(core);
  const neighbours = new Map<PeerId, Neighbour>();
  /** The least used first. */
  const tracks = new Map<PeerId, Track>();
  const seen = new Set<string>();

  const learn = (peer: PeerId, link: Link, hops: number): void => {
    const known = tracks.get(peer);
    if (known !== undefined && known.link.state() === 'open' && known.link !== link && known.hops <= hops) return;
    tracks.delete(peer);
    tracks.set(peer, { link, hops, usedAtMs: clock.ticksMs() });
    forgetFirst(tracks, mostTracks);
  };

  /** Straight there, or towards there. */
  const linkTo = (peer: PeerId): Link | null => {
    const straight = neighbours.get(peer)?.link;
    if (straight !== undefined) return straight;
    const track = tracks.get(peer);
    if (track === undefined) return null;
    if (track.link.state() === 'closed' || clock.ticksMs() - track.usedAtMs > unusedMs) {
      tracks.delete(peer);
      return null;
    }
    track.usedAtMs = clock.ticksMs();
    tracks.delete(peer);
    tracks.set(peer, track);
    return track.link;
  };

  /** What a slow link has no place for is lost, and its way is not. */
  const sendOn = (peer: PeerId, back: Link, frame: MeetFrame): boolean => {
    const link = linkTo(peer);
    return link !== null && link !== back && sayMeet(link, frame) !== 'closed';
  };

  const goOn = (from: PeerId, to: PeerId, ttl: number, back: Link, bytes: Uint8Array): boolean => {
    if (ttl < 1) return false;
    const frame: MeetFrame = neighbours.has(to)
      ? { kind: 'passed', from, bytes }
      : { kind: 'carry', from, to, ttl: ttl - 1, bytes };
    const link = linkTo(to);
    if (link?.end === 'relay' && !standIn.mayCarry(link, bytes.length)) return true;
    return sendOn(to, back, frame);
  };

  const mayCarry = (link: Link, length: number): boolean =>
    link.end === 'relay'
      ? standIn.mayCarry(link, frameBytes + length)
      : neighbours.get(link.peer)?.bytes.take(frameBytes + length) === true;

  const takeSeek = (link: Link, { id, ttl, hops, from, topics }: Seek): void => {
    const name = bytesToHex(id);
    if (from === self || seen.has(name)) return;
    if (neighbours.get(link.peer)?.seeks.take(1) !== true) return log('seek-refused', { why: 'too-fast' });
    seen.add(name);
    forgetFirst(seen, mostSeen);
    if (from !== link.peer) learn(from, link, hops);
    for (const topic of topics) {
      if (!hands.isMine(topic)) continue;
      sayMeet(link, { kind: 'found', to: from, hops: 1, topic, peer: self });
      hands.found(from, topic, link, false);
    }
    if (ttl < 1) return;
    const on: Seek = { kind: 'seek', id, ttl: ttl - 1, hops: hops + 1, from, topics };
    for (const neighbour of neighbours.values()) if (neighbour.link !== link) sayMeet(neighbour.link, on);
    standIn.sought(link, on);
  };

  const takeFound = (link: Link, { to, hops, topic, peer }: Extract<FarFrame, { kind: 'found' }>): void => {
    if (peer === self) return;
    if (peer !== link.peer) learn(peer, link, hops);
    if (to === self) return hands.found(peer, topic, link, true);
    if (hops < limits.hops) sendOn(to, link, { kind: 'found', to, hops: hops + 1, topic, peer });
  };

  const takeCarry = (link: Link, { from, to, ttl, bytes }: Carry): void => {
    if (to === self) return hands.carried(from, link, bytes);
    // What is from us went round.
    if (from !== self && goOn(from, to, ttl, link, bytes)) return;
    log('carry-refused', { why: from === self ? 'not-its-way' : ttl < 1 ? 'too-far' : 'no-way' });
    sayMeet(link, { kind: 'lost', to: from, peer: to });
  };

  const takeLost = (link: Link, { to, peer }: Extract<FarFrame, { kind: 'lost' }>): void => {
    // Only who leads there may say that it does not.
    const leadsThere = tracks.get(peer)?.link === link;
    if (leadsThere) tracks.delete(peer);
    standIn.lost(peer, link);
    if (to === self) return hands.lost(peer, link);
    if (!leadsThere) return log('lost-refused', { why: 'not-its-way' });
    sendOn(to, link, { kind: 'lost', to, peer });
  };

  return {
    seek: (topics, ttl) => {
      const frame: MeetFrame = { kind: 'seek', id: entropy.bytes(seekIdBytes), ttl, hops: 1, from: self, topics };
      for (const { link } of neighbours.values()) sayMeet(link, frame);
    },
    take: (link, frame) => {
      const isForOthers = frame.kind !== 'seek' && frame.to !== self;
      if (isForOthers && !mayCarry(link, frame.kind === 'carry' ? frame.bytes.length : 0)) {
        return log(`${frame.kind}-refused`, { why: 'too-fast' });
      }
      switch (frame.kind) {
        case 'seek':
          return takeSeek(link, frame);
        case 'found':
          return takeFound(link, frame);
        case 'carry':
          return takeCarry(link, frame);
        case 'lost':
          return takeLost(link, frame);
      }
    },
    pass: (link, to, bytes) => {
      if (linkTo(to) === null || !mayCarry(link, bytes.length)) return false;
      return goOn(link.peer, to, limits.hops, link, bytes);
    },
    opened: (link) => {
      if (link.end === 'relay') return standIn.opened(link);
      neighbours.set(link.peer, {
        link,
        seeks: createAllowance(1, 20, clock.ticksMs),
        bytes: createAllowance(64_000, 400_000, clock.ticksMs),
      });
    },
    closed: (link) => {
      if (neighbours.get(link.peer)?.link === link) neighbours.delete(link.peer);
      for (const [peer, track] of tracks) if (track.link === link) tracks.delete(peer);
      standIn.closed(link);
    },
    refused: standIn.closed,
    close: standIn.close,
  };
}

interface Neighbour {
  readonly link: Link;
  readonly seeks: Allowance;
  readonly bytes: Allowance;
}

interface Track {
  readonly link: Link;
  readonly hops: number;
  usedAtMs: number;
}

/** What a frame costs that is empty: its names, and the work. */
const frameBytes = 100;
const mostTracks = 1_024;
const mostSeen = 4_096;
const unusedMs = 600_000;
