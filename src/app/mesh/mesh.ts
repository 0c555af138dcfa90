/** Everything about reaching others: the relay, who it names, links to them, and what comes over those. */
import type { Core } from '../core.ts';
import type { ReadCard } from '../../ports/door.ts';
import type { Link, Network } from '../../ports/network.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, PersonId, RoomId, Topic } from '../../protocol/ids.ts';
import { encodeMeet } from '../../protocol/meet.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Room } from '../rooms/room.ts';
import type { NeighbourView } from '../view.ts';
import { createCardReader } from './card-reader.ts';
import type { RelayCard } from '../../protocol/relay-card.ts';
import { createDialer } from './dialer.ts';
import { createHeartbeat, keyOfLink } from './heartbeat.ts';
import { createMeeting } from './meeting.ts';
import { newEra, partIn, pathOf, sendTo } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import { createRelayKeeper } from './relay-keeper.ts';

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
  /** What was handed to the relay for them was dropped; `isTooFast`: for all that we hand to it. */
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
        relay: state && { ...state, rttMs: link && heartbeat.rttMs(keyOfLink(link)) },
        neighbours: [...peers.all()].flatMap((peer) => neighbour(core, peer)),
      },
    });
    core.showRooms();
  };

  const heartbeat = createHeartbeat(core.clock, () => {
    for (const peer of peers.all()) peer.rttMs = heartbeat.rttMs(keyOfPath(peer));
    show();
  });

  const watch = (peer: Peer): void => {
    const { direct } = peer;
    heartbeat.watch({
      key: keyOfPath(peer),
      ask: (token) => void sendTo(peer, encodeFrame({ kind: 'ping', token })),
      silent: direct && ((): void => direct.close()),
    });
  };

  const opened = (peer: Peer): void => {
    watch(peer);
    for (const id of peer.rooms) {
      const room = core.rooms.get(id);
      if (room !== undefined) hands.onPath(peer, room);
    }
    show();
  };

  const forgetIfGone = (peer: Peer): void => {
    if (pathOf(peer) !== null) return;
    heartbeat.forget(keyOfPath(peer));
    peers.forget(peer.id);
  };

  const takeFrame = (peer: Peer, bytes: Uint8Array): void => {
    heartbeat.heard(keyOfPath(peer));
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
    }
  };

  const meeting = createMeeting(core, {
    topicsOf: hands.topicsOf,
    met: (id, room, link, first) => {
      if (id === network.self) return;
      // A relay may name whom it likes; only so many cost us anything.
      if (peers.get(id) === undefined && [...peers.all()].length >= mostPeers)
        return core.log('peer-refused', { why: 'too-many' });
      const peer = peers.meet(id);
      const isNewPath = pathOf(peer) === null;
      peer.relay = link;
      const isNewRoom = !peer.rooms.has(room.id);
      peer.rooms.add(room.id);
      if (isNewPath) opened(peer);
      else if (isNewRoom) hands.onPath(peer, room);
      dialer.want(peer, first);
      show();
    },
    left: (id, room) => {
      const peer = peers.get(id);
      // A direct link knows better than the relay whether they are still there.
      if (peer === undefined || peer.direct !== null) return;
      partIn(room.id, peer);
      if (peer.rooms.size === 0) peer.relay = null;
      forgetIfGone(peer);
      show();
    },
    passed: (id, link, bytes) => {
      const peer = peers.get(id);
      if (peer === undefined) return core.log('frame-refused', { why: 'not-here' });
      peer.relay ??= link;
      takeFrame(peer, bytes);
    },
    dropped: (id, why) => {
      const peer = peers.get(id);
      if (peer === undefined || peer.direct !== null) return;
      if (why === 'not-met') {
        peer.relay = null;
        newEra(peer);
        forgetIfGone(peer);
        return show();
      }
      for (const room of peer.rooms) {
        const known = core.rooms.get(room);
        if (known !== undefined) hands.onDropped(peer, known, why === 'too-fast');
      }
    },
    pong: (link, token) => heartbeat.answered(keyOfLink(link), token),
  });

  const relay = createRelayKeeper(
    core,
    network,
    (link) => {
      meeting.opened(link);
      heartbeat.watch({
        key: keyOfLink(link),
        ask: (token) => void link.send(encodeMeet({ kind: 'ping', token })),
        silent: () => link.close(),
      });
    },
    show,
  );
  const dialer = createDialer(core, network, peers);
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
      card.read();
      for (const peer of [...peers.all()].filter((each) => each.relay === link)) {
        peer.relay = null;
        if (peer.direct === null) newEra(peer);
        forgetIfGone(peer);
      }
      return show();
    }
    const peer = peers.get(link.peer);
    if (peer?.direct !== link) return;
    peer.direct = network.links().find((each) => each.peer === peer.id && each.state() === 'open') ?? null;
    newEra(peer);
    if (pathOf(peer) === null) forgetIfGone(peer);
    else opened(peer);
    if (peer.direct === null) dialer.lost(peer, link.opener === 'us');
    show();
  };

  const stopListening = network.listen({
    onOpen: (link) => {
      if (link.end === 'relay') return;
      const peer = peers.meet(link.peer);
      // Two dials may cross. Both ends keep reading both links; each sends on its latest.
      if (pathOf(peer) === 'relayed') heartbeat.forget(keyOfPath(peer));
      peer.direct = link;
      opened(peer);
    },
    onFrame: (link, frame) => {
      if (link.end === 'relay') {
        heartbeat.heard(keyOfLink(link));
        return meeting.frame(link, frame);
      }
      const peer = peers.get(link.peer);
      if (peer !== undefined) takeFrame(peer, frame);
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
      heartbeat.close();
      relay.close();
    },
  };
}

const keyOfPath = (peer: Peer): string => (peer.direct === null ? `relayed/${peer.id}` : keyOfLink(peer.direct));

function neighbour(core: Core, peer: Peer): readonly NeighbourView[] {
  const path = pathOf(peer);
  if (path === null) return [];
  return [
    {
      peer: peer.id,
      device: peer.device,
      person: peer.device === null ? null : personOf(core, peer.device),
      name: peer.device === null ? null : nameIn(core, peer.device, peer.rooms),
      path,
      rttMs: peer.rttMs,
      rooms: peer.rooms.size,
    },
  ];
}

function personOf(core: Core, device: DeviceId): PersonId | null {
  for (const { persons } of core.rooms.values()) {
    const person = persons.get(device);
    if (person !== undefined) return person;
  }
  return null;
}

function nameIn(core: Core, device: DeviceId, rooms: ReadonlySet<RoomId>): string | null {
  for (const id of rooms) {
    const name = core.rooms.get(id)?.names.get(device);
    if (name !== undefined) return name;
  }
  return null;
}

const mostPeers = 512;
