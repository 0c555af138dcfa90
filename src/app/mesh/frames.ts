/** What comes over links, and by others: each frame goes to the part it is for. */
import type { Core } from '../core.ts';
import type { Link, Network } from '../../ports/network.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { decodeMeet, isFar } from '../../protocol/meet.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { carryTo } from './dialer.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Host } from './host.ts';
import type { Meeting } from './meeting.ts';
import { keyOfPath } from './paths.ts';
import { pathOf, sendBack } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import type { Routes } from './routes.ts';

export interface Frames {
  /** What somebody says who introduces, or wants to be introduced. */
  meet(link: Link, bytes: Uint8Array): void;
  take(peer: Peer, bytes: Uint8Array, way: Link, come: 'straight' | 'carried'): void;
  /** Somebody passed it on. */
  passed(from: PeerId, link: Link, bytes: Uint8Array): void;
}

export interface FramesDesk {
  readonly network: Network;
  readonly peers: Peers;
  readonly heartbeat: Heartbeat;
  readonly host: Host;
  readonly routes: Routes;
  readonly meeting: Meeting;
  onEnvelope(bytes: Uint8Array, peer: Peer): RefusalReason | null;
  /** Of version 2. */
  onHop(bytes: Uint8Array, peer: Peer): void;
  onSquareWord(bytes: Uint8Array, peer: Peer): void;
  onCast(bytes: Uint8Array, peer: Peer): RefusalReason | null;
}

export function createFrames({ log }: Pick<Core, 'log'>, desk: FramesDesk): Frames {
  const { network, peers, heartbeat, host, routes, meeting } = desk;

  const frames: Frames = {
    meet: (link, bytes) => {
      const frame = decodeMeet(bytes);
      if (!isRefusal(frame)) {
        if (isFar(frame)) return routes.take(link, frame);
        // An older relay says so of a claim, too: until its link opens again we stand in for nobody there.
        if (link.end === 'relay' && frame.kind === 'refused' && frame.why === 'malformed') routes.refused(link);
        if (
          link.end === 'peer' &&
          frame.kind === 'pass' &&
          !host.isMet(link.peer, frame.to) &&
          routes.pass(link, frame.to, frame.bytes)
        )
          return;
      }
      if (link.end === 'peer' && (isRefusal(frame) || hostKinds.has(frame.kind))) host.take(link, bytes);
      if (isRefusal(frame)) return log('meet-frame-refused', { why: frame.refused });
      if (link.end === 'peer' && frame.kind === 'join') meeting.keeps(link.peer, link, frame.topics);
      else if (link.end === 'peer' && frame.kind === 'leave') meeting.keepsNoMore(link.peer, link, frame.topics);
      else if (link.end === 'relay' || !hostKinds.has(frame.kind)) meeting.frame(link, frame);
    },
    take: (peer, bytes, way, come) => {
      const link = come === 'straight' ? way : null;
      // What others pass on says nothing of the link between us.
      if (link !== null || peer.direct === null) heartbeat.heard(keyOfPath(peer));
      const frame = decodeFrame(bytes);
      if (isRefusal(frame)) return log('frame-refused', { why: frame.refused });
      switch (frame.kind) {
        case 'ping':
          return void sendBack(peer, [way], encodeFrame({ kind: 'pong', token: frame.token }));
        case 'pong':
          return heartbeat.answered(keyOfPath(peer), frame.token);
        case 'envelope': {
          const why = desk.onEnvelope(frame.bytes, peer);
          if (why !== null) log('envelope-refused', { why });
          return;
        }
        case 'hop':
          return desk.onHop(frame.bytes, peer);
        case 'square':
          return desk.onSquareWord(frame.bytes, peer);
        case 'cast': {
          const why = desk.onCast(frame.bytes, peer);
          if (why !== null) log('cast-refused', { why });
          return;
        }
        case 'signal':
          return network.takeSignal(peer.id, frame.bytes, carryTo(peer));
        case 'meet':
          if (link === null) return log('frame-refused', { why: 'not-a-neighbour' });
          return frames.meet(link, frame.bytes);
      }
    },
    passed: (from, link, bytes) => {
      const peer = peers.get(from);
      if (peer === undefined) return log('frame-refused', { why: 'not-here' });
      // By which they reach us, we reach them; but nobody draws to itself what has another way.
      if (pathOf(peer) === null) peer.routes.add(link);
      peer.cameBy = link;
      frames.take(peer, bytes, link, 'carried');
    },
  };
  return frames;
}

/** What is said to whoever introduces. */
const hostKinds: ReadonlySet<string> = new Set(['join', 'leave', 'pass', 'ping']);
