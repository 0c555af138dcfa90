/** Everything about reaching others: the relay, who is named by it and by neighbours, links to them, and what comes over those. */
import type { Core } from '../core.ts';
import type { ReadCard } from '../../ports/door.ts';
import type { Link, Network } from '../../ports/network.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { PeerId, Topic } from '../../protocol/ids.ts';
import { decodeMeet } from '../../protocol/meet.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Room } from '../rooms/room.ts';
import { createCardReader } from './card-reader.ts';
import type { RelayCard } from '../../protocol/relay-card.ts';
import { carryTo, createDialer } from './dialer.ts';
import { createHeartbeat, keyOfLink } from './heartbeat.ts';
import { createHost } from './host.ts';
import { createIntroduced } from './introduced.ts';
import { createMeeting } from './meeting.ts';
import { neighbourView } from './neighbour-view.ts';
import { createPaths, keyOfPath } from './paths.ts';
import { newEra, partIn, pathOf, sendTo } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import { createRelayKeeper } from './relay-keeper.ts';
import { createRoutes, isFar } from './routes.ts';
import { createSeeker } from './seeker.ts';

export interface Mesh {
  /** Rooms came or went. */
  roomsChanged(): void;
  /** The visible part changed. */
  show(): void;
  wake(): void;
  close(): void;
}

/** How the relay is found. */
export interface Doors {
  readonly readCard: ReadCard;
  readonly firstDoor?: string;
}

export interface MeshHands {
  /** A path to somebody of this room stands. */
  onPath(peer: Peer, room: Room): void;
  /** What was handed to others for them was dropped; `isTooFast`: for all that we hand to them. */
  onDropped(peer: Peer, room: Room, isTooFast: boolean): void;
  onEnvelope(bytes: Uint8Array, peer: Peer): RefusalReason | null;
  /** Of version 2. */
  onHop(bytes: Uint8Array, peer: Peer): void;
  topicsOf(room: Room, day: number): readonly Topic[];
  onCard(card: RelayCard): void;
}

export function createMesh(core: Core, network: Network, peers: Peers, { readCard, firstDoor }: Doors, hands: MeshHands): Mesh {
  const show = (): void => {
    const state = relay.state();
    const link = relay.link();
    core.store.change({
      mesh: {
        online: core.store.view().mesh.online,
        relay: state && {
          ...state,
          rttMs: link && heartbeat.rttMs(keyOfLink(link)),
          score: link && peers.routing.scoreOf(link),
        },
        neighbours: [...peers.all()].flatMap((peer) => neighbourView(core, peer)),
      },
    });
    core.showRooms();
  };

  const heartbeat = createHeartbeat(core.clock, () => {
    for (const peer of peers.all()) peer.rttMs = heartbeat.rttMs(keyOfPath(peer));
    show();
  });

  const paths = createPaths(core, peers, heartbeat, {
    onPath: hands.onPath,
    gone: (peer, route) => {
      meeting.forget(peer, route);
      seeker.stir();
    },
    show,
  });

  const takeMeet = (link: Link, bytes: Uint8Array): void => {
    const frame = decodeMeet(bytes);
    if (link.end === 'peer' && !isRefusal(frame)) {
      if (isFar(frame)) return routes.take(link, frame);
      if (frame.kind === 'pass' && !host.isMet(link.peer, frame.to) && routes.pass(link, frame.to, frame.bytes)) return;
    }
    if (link.end === 'peer' && (isRefusal(frame) || hostKinds.has(frame.kind))) host.take(link, bytes);
    if (isRefusal(frame)) return core.log('meet-frame-refused', { why: frame.refused });
    if (link.end === 'peer' && frame.kind === 'join') meeting.keeps(link.peer, link, frame.topics);
    else if (link.end === 'peer' && frame.kind === 'leave') meeting.keepsNoMore(link.peer, link, frame.topics);
    else if (link.end === 'relay' || !hostKinds.has(frame.kind)) meeting.frame(link, frame);
  };

  /** `link`: it came straight from them. */
  const takeFrame = (peer: Peer, bytes: Uint8Array, link: Link | null): void => {
    // What others pass on says nothing of the link between us.
    if (link !== null || peer.direct === null) heartbeat.heard(keyOfPath(peer));
    const frame = decodeFrame(bytes);
    if (isRefusal(frame)) return core.log('frame-refused', { why: frame.refused });
    switch (frame.kind) {
      case 'ping':
        return void sendTo(peer, encodeFrame({ kind: 'pong', token: frame.token }));
      case 'pong':
        return heartbeat.answered(keyOfPath(peer), frame.token);
      case 'envelope': {
        const why = hands.onEnvelope(frame.bytes, peer);
        if (why !== null) core.log('envelope-refused', { why });
        return;
      }
      case 'hop':
        return hands.onHop(frame.bytes, peer);
      case 'signal':
        return network.takeSignal(peer.id, frame.bytes, carryTo(peer));
      case 'meet':
        if (link === null) return core.log('frame-refused', { why: 'not-a-neighbour' });
        return takeMeet(link, frame.bytes);
    }
  };

  const passed = (id: PeerId, link: Link, bytes: Uint8Array): void => {
    const peer = peers.get(id);
    if (peer === undefined) return core.log('frame-refused', { why: 'not-here' });
    // By which they reach us, we reach them; but nobody draws to itself what has another way.
    if (pathOf(peer) === null) peer.routes.add(link);
    takeFrame(peer, bytes, null);
  };

  /** Nobody of it is here, or somebody who was is not. */
  const isMissing = (room: Room): boolean => {
    const here = new Set(peers.inRoom(room.id).map((peer) => peer.device));
    return here.size === 0 || [...room.names.keys()].some((device) => device !== core.me()?.key.id && !here.has(device));
  };

  const dialer = createDialer(core, network, peers);
  const introduced = createIntroduced(core, {
    self: network.self,
    peers,
    paths,
    dialer,
    isNamed: (peer, room) => meeting.isNamed(peer, room),
    onPath: hands.onPath,
    onDropped: hands.onDropped,
    show,
  });
  const meeting = createMeeting(core, {
    topicsOf: hands.topicsOf,
    ...introduced,
    passed: (id, link, bytes) => passed(id, link, bytes),
    pong: (link, token) => heartbeat.answered(keyOfLink(link), token),
  });

  const host = createHost(core);
  const routes = createRoutes(core, network.self, {
    isMine: (topic) => meeting.isMine(topic),
    found: (peer, topic, link, first) => meeting.found(peer, link, topic, first),
    carried: (from, link, bytes) => passed(from, link, bytes),
    lost: (id, link) => {
      peers.routing.carried(link, false);
      const peer = peers.get(id);
      if (peer !== undefined && peer.direct === null) paths.gone(peer, link);
    },
  });
  const seeker = createSeeker(core, {
    canSeek: () => relay.link() === null && [...peers.all()].some((peer) => peer.direct !== null),
    wanted: () => new Map([...core.rooms.values()].filter(isMissing).map((room) => [room.id, meeting.topicsOf(room.id)])),
    seek: routes.seek,
  });
  const relay = createRelayKeeper(
    core,
    network,
    (link) => {
      meeting.opened(link);
      core.clock.after(calmMs, () => link.state() === 'open' && meeting.comesBy(link.peer));
      paths.watchRelay(link);
    },
    show,
  );
  const card = createCardReader(core, readCard, (read) => {
    hands.onCard(read);
    relay.lookAt(read.relay.addresses);
    show();
  });

  const closed = (link: Link): void => {
    heartbeat.forget(keyOfLink(link));
    if (link.end === 'relay') {
      meeting.closed(link);
      relay.lost(link);
      seeker.stir();
      card.read();
      for (const peer of [...peers.all()]) paths.loseRoute(peer, link);
      return show();
    }
    host.closed(link);
    routes.closed(link);
    meeting.closed(link);
    seeker.stir();
    for (const peer of [...peers.all()]) paths.loseRoute(peer, link);
    const peer = peers.get(link.peer);
    if (peer?.direct !== link) return;
    peer.direct = network.links().find((each) => each.peer === peer.id && each.state() === 'open') ?? null;
    newEra(peer);
    if (pathOf(peer) === null) paths.forgetIfGone(peer);
    else paths.opened(peer);
    if (peer.direct === null) dialer.lost(peer, link.opener === 'us');
    show();
  };

  const stopListening = network.listen({
    onOpen: (link) => {
      if (link.end === 'relay') return;
      const peer = peers.meet(link.peer);
      // Two dials may cross. Both ends keep reading both links; each sends on its latest.
      if (pathOf(peer) !== 'direct') heartbeat.forget(keyOfPath(peer));
      peer.direct = link;
      host.opened(link);
      routes.opened(link);
      meeting.opened(link);
      paths.opened(peer);
      seeker.stir();
    },
    onFrame: (link, frame) => {
      if (link.end === 'relay') {
        heartbeat.heard(keyOfLink(link));
        return takeMeet(link, frame);
      }
      const peer = peers.get(link.peer);
      if (peer !== undefined) takeFrame(peer, frame, link);
    },
    onClose: closed,
  });

  meeting.update();
  if (firstDoor !== undefined) relay.lookAt([firstDoor]);
  card.read();
  return {
    roomsChanged: () => {
      for (const peer of peers.all()) {
        for (const id of peer.rooms) if (!core.rooms.has(id)) partIn(id, peer);
      }
      meeting.update();
      seeker.stir();
      show();
    },
    show,
    wake: () => {
      relay.hurry();
      heartbeat.hurry();
      card.read();
    },
    close: () => {
      stopListening();
      card.close();
      dialer.close();
      meeting.close();
      host.close();
      seeker.close();
      heartbeat.close();
      relay.close();
    },
  };
}

/** What is said to whoever introduces. */
const hostKinds: ReadonlySet<string> = new Set(['join', 'leave', 'pass', 'ping']);

/** Strangers come after the first words. */
const calmMs = 5_000;
