/** Everything about reaching others: the relay, who is named by it and by neighbours, links to them, and what comes over those. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Network } from '../../ports/network.ts';
import type { MeetFrame } from '../../protocol/meet.ts';
import type { RelayRefused } from '../view.ts';
import { createCardReader } from './card-reader.ts';
import { createDialer } from './dialer.ts';
import { createFrames } from './frames.ts';
import { createHeartbeat, keyOfLink } from './heartbeat.ts';
import { createHost } from './host.ts';
import { createIntroduced } from './introduced.ts';
import { createMeeting } from './meeting.ts';
import type { Doors, MeshHands } from './mesh-hands.ts';
import { neighbourView } from './neighbour-view.ts';
import { createOutside } from './outside.ts';
import { createPaths, keyOfPath } from './paths.ts';
import { newEra, partIn, pathOf, routeOf, sayMeet } from './peers.ts';
import type { Peers } from './peers.ts';
import { readRelayLink } from './relay-link.ts';
import { createRelays } from './relays.ts';
import type { Relays } from './relays.ts';
import { createResting } from './resting.ts';
import { createRoutes } from './routes.ts';
import { createSeeker } from './seeker.ts';

export interface Mesh {
  /** Rooms came or went. */
  roomsChanged(): void;
  /** Somebody of a room named these, in an invite or at the directory. */
  knowRelays: Relays['named'];
  metAt(): readonly string[];
  /** A person named one: see `App`. */
  addRelay(link: string): Promise<RelayRefused | null>;
  /** And by hand, where it lets no other way in. */
  readonly relayByHand: Relays['byHand'];
  stopAddingRelay(): void;
  forgetRelay(address: string): Promise<void>;
  /** Our own relay may take this device for another than before. */
  enterAgain(relay: Link): void;
  ownRelay(): Link | null;
  /** The visible part changed. */
  show(): void;
  wake(): void;
  /** To our own relay; false: it is not there. */
  tellRelay(frame: MeetFrame): boolean;
  close(): void;
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
          ...outside.view(relay.own()),
          rttMs: link && heartbeat.rttMs(keyOfLink(link)),
          score: link && peers.routing.scoreOf(link),
        },
        others: relay.others(),
        neighbours: [...peers.all()].flatMap((peer) => neighbourView(core, peer)),
      },
    });
    core.showRooms();
  };

  let showing: Stop | null = null;
  const heartbeat = createHeartbeat(core.clock, {
    measured: () => {
      // Of many answers in one breath the screen hears once.
      showing ??= core.clock.after(breathMs, () => {
        showing = null;
        for (const peer of peers.all()) peer.rttMs = heartbeat.rttMs(keyOfPath(peer));
        show();
      });
    },
    slept: () => {
      for (const peer of peers.all()) {
        if (peer.direct === null) continue;
        meeting.again(peer.direct);
        newEra(peer);
        paths.opened(peer);
      }
      seeker.stir();
    },
  });

  const outside = createOutside(core.clock, {
    ...hands,
    onIn: (link) => meeting.again(link),
    onChange: () => {
      // Somebody may own it by now.
      if (outside.isShut(relay.own())) card.read();
      seeker.stir();
      show();
    },
  });

  const paths = createPaths(core, peers, heartbeat, {
    onPath: hands.onPath,
    gone: (peer, route) => {
      meeting.forget(peer, route);
      seeker.stir();
    },
    // A frozen page answers nobody. Who looks again may have been cut off: then what another way leads to is dialled anew.
    silent: (peer, link, isHurried) => {
      if (isHurried && routeOf(peer) !== null) return link.close();
      resting.add(link);
      letGo(link);
    },
    show,
  });

  const resting = createResting(core.clock);
  const dialer = createDialer(core, network, peers, resting);
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
    passed: (id, link, bytes) => frames.passed(id, link, bytes),
    pong: (link, token) => heartbeat.answered(keyOfLink(link), token),
    membersOnly: outside.membersOnly,
    entered: outside.entered,
    ofSquare: (link, frame) => {
      if (link !== relay.own()) return core.log('meet-frame-refused', { why: 'not-owner', kind: frame.kind });
      if (frame.kind === 'square') hands.onSquareWord(frame.word, null);
      else hands.onClaimed(frame.outcome);
    },
    ofDirectory: (link, word) => (link.end === 'relay' ? hands.onDirectory(link, word) : undefined),
  });

  const host = createHost(core);
  const routes = createRoutes(core, network.self, {
    isMine: (topic) => meeting.isMine(topic),
    found: (peer, topic, link, first) => meeting.found(peer, link, topic, first),
    carried: (from, link, bytes) => frames.passed(from, link, bytes),
    lost: (id, link) => {
      const peer = peers.get(id);
      if (peer?.direct !== null || !peer.routes.has(link)) return;
      peers.routing.carried(link, 'lost');
      paths.gone(peer, link);
    },
  });
  const seeker = createSeeker(core, {
    canSeek: () => (!relay.isOwnOpen() || outside.isShut(relay.own())) && [...peers.all()].some((peer) => peer.direct !== null),
    wanted: meeting.topics,
    seek: routes.seek,
  });
  const frames = createFrames(core, { network, peers, heartbeat, host, routes, meeting, ...hands });
  const relay = createRelays(core, network, {
    onOpen: (link, isOwn) => {
      meeting.opened(link);
      routes.opened(link);
      if (isOwn) hands.onOwnRelay();
      if (isOwn) core.clock.after(outside.isGated() ? 0 : calmMs, () => link.state() === 'open' && meeting.comesBy(link.peer));
      paths.watchRelay(link);
    },
    onChange: show,
  });
  const card = createCardReader(core, readCard, (read) => {
    outside.told(read.access, relay.own());
    hands.onCard(read);
    relay.lookAt(read.relay.addresses);
    relay.know(read.sisters, 'mesh');
    show();
  });

  /** True: it was the link to somebody, who has no other. */
  const letGo = (link: Link): boolean => {
    heartbeat.forget(keyOfLink(link));
    host.closed(link);
    routes.closed(link);
    meeting.closed(link);
    seeker.stir();
    for (const peer of [...peers.all()]) paths.loseRoute(peer, link);
    const peer = peers.get(link.peer);
    if (peer?.direct !== link) return false;
    const isOther = (each: Link): boolean => each.peer === peer.id && each.state() === 'open' && !resting.has(each);
    peer.direct = network.links().find(isOther) ?? null;
    newEra(peer);
    if (pathOf(peer) === null) paths.forgetIfGone(peer);
    else paths.opened(peer);
    show();
    return peer.direct === null;
  };

  const closed = (link: Link): void => {
    if (link.end === 'relay') {
      heartbeat.forget(keyOfLink(link));
      outside.closed(link);
      meeting.closed(link);
      routes.closed(link);
      relay.lost(link);
      seeker.stir();
      card.read();
      for (const peer of [...peers.all()]) paths.loseRoute(peer, link);
      return show();
    }
    const wasResting = resting.take(link);
    const peer = peers.get(link.peer);
    if ((letGo(link) || (wasResting && peer?.direct === null)) && peer !== undefined) dialer.lost(peer, link.opener === 'us');
  };

  const opened = (link: Link): void => {
    const peer = peers.meet(link.peer);
    // Two dials may cross. Both ends keep reading both links; each sends on its latest.
    if (pathOf(peer) !== 'direct') heartbeat.forget(keyOfPath(peer));
    peer.direct = link;
    host.opened(link);
    routes.opened(link);
    meeting.opened(link);
    paths.opened(peer);
    seeker.stir();
    dialer.opened(peer);
  };

  const stopListening = network.listen({
    onOpen: (link) => {
      if (link.end !== 'relay') opened(link);
    },
    onFrame: (link, frame) => {
      if (link.end === 'relay') {
        heartbeat.heard(keyOfLink(link));
        return frames.meet(link, frame);
      }
      if (resting.take(link)) opened(link);
      const peer = peers.get(link.peer);
      if (peer !== undefined) frames.take(peer, frame, link, 'straight');
    },
    onClose: closed,
    isWelcome: dialer.isWelcome,
  });

  meeting.update();
  if (firstDoor !== undefined) relay.lookAt([firstDoor]);
  card.read();
  return {
    roomsChanged: () => {
      for (const peer of peers.all()) {
        for (const id of [...peer.rooms, ...peer.heardAs.keys()]) if (!core.rooms.has(id)) partIn(id, peer);
      }
      meeting.update();
      outside.again();
      seeker.stir();
      show();
    },
    knowRelays: relay.named,
    metAt: () => relay.metAt(outside.isShut(relay.own())),
    addRelay: async (link) => {
      const doors = readRelayLink(link);
      return doors === null ? 'unreadable' : relay.add(doors);
    },
    relayByHand: relay.byHand,
    stopAddingRelay: relay.stopAdding,
    forgetRelay: relay.forget,
    enterAgain: outside.membersOnly,
    ownRelay: relay.own,
    tellRelay: (frame) => {
      const link = relay.own();
      return link !== null && sayMeet(link, frame) === 'sent';
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
      resting.close();
      meeting.close();
      host.close();
      routes.close();
      seeker.close();
      outside.close();
      heartbeat.close();
      showing?.();
      relay.close();
    },
  };
}

/** Strangers come after the first words. */
const calmMs = 5_000;
const breathMs = 100;
