/** Joins the mesh and the rooms: a path that stands is greeted, what comes over it is received, what waits goes out. */
import type { Cast } from '../cast/cast.ts';
import type { Core } from '../core.ts';
import type { Desk } from '../delivery/desk.ts';
import type { Keeper } from '../delivery/keeper.ts';
import { createReceive } from '../delivery/receive.ts';
import type { Share } from '../delivery/share.ts';
import { createSync } from '../delivery/sync.ts';
import type { Here, OpenHere } from '../here/here.ts';
import { keyOf } from '../records.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import type { Link, Network } from '../../ports/network.ts';
import { decodeCast } from '../../protocol/cast.ts';
import { abbreviate } from '../../protocol/content.ts';
import type { Summary } from '../../protocol/content.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { RelayCard } from '../../protocol/relay-card.ts';
import { topicOn } from '../../protocol/room-keys.ts';
import { isForRoom } from '../../protocol/wire/hop.ts';
import type { Members } from '../members/members.ts';
import type { Pairing } from '../pairing/pairing.ts';
import type { Room } from '../rooms/room.ts';
import { createMesh } from './mesh.ts';
import type { Mesh } from './mesh.ts';
import type { Doors } from './mesh-hands.ts';
import { partIn, sayMeet } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import type { SquareRules } from '../square/square.ts';
import { createSquare } from './square-topic.ts';
import type { Square } from './square-topic.ts';

export interface Attached {
  readonly mesh: Mesh;
  readonly square: Square;
  /** Null until a room is large. */
  here(): Here | null;
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  /** We are in: everybody there shall say how far they have everything. */
  cameIn(room: Room): void;
  /** Before a room is left: whoever is there shall know. */
  leaving(room: RoomId): void;
  /** An owner link of our own relay was opened here. */
  owned(): Promise<void>;
  /** Somebody lives here now: what waited for a name may begin. */
  named(): void;
  /** What relays said of the directory while rooms of members were not open yet. */
  directoryWords(): Iterable<readonly [Link, Uint8Array]>;
  close(): Promise<void>;
}

export interface AttachedDesk extends Desk {
  readonly peers: Peers;
  readonly cast: Cast;
  readonly keeper: Keeper;
  readonly share: Share;
  readonly square: SquareRules;
  loadHere(): Promise<OpenHere>;
  /** Null until they are ready: what comes for them before is said again. */
  members(): Members | null;
  /** Null: nobody lives here yet, or they could not be loaded. */
  openMembers(): Promise<Members | null>;
  /** Null until somebody wants to pair. */
  pairing(): Pairing | null;
}

export function attachMesh(core: Core, unwatched: Network, doors: Doors, desk: AttachedDesk): Attached {
  const { peers, cast, keeper, outbox, receipts } = desk;
  const network = peers.routing.watch(unwatched);
  cast.links.begin(network.self);
  const sync = createSync(core, peers, desk.share, cast, network.self);

  /** Those who only ever said hello push out each other, not those who wrote or are here. */
  const makePlaceFor = (device: DeviceId, room: Room): void => {
    if (room.names.has(device) || room.names.size < limits.devicesPerRoom) return;
    const here = new Set(peers.inRoom(room.id).map((peer) => peer.device));
    const gone = [...room.names.keys()].find((each) => !room.heads.has(each) && !here.has(each));
    if (gone !== undefined) room.names.delete(gone);
  };

  let here: Here | null = null;
  let opening: Promise<void> | null = null;
  let isClosed = false;
  /** Most are in no large room. What comes before it is ready is said again. */
  const openHere = (): void => {
    opening ??= desk.loadHere().then(
      (open) => {
        if (!isClosed) here = open(core, { self: network.self, peers, links: cast.links, receipts });
      },
      () => void (opening = null),
    );
  };

  const onSummary = (peer: Peer, room: Room, summary: Summary): void => {
    peer.device = summary.author;
    if (summary.about === 'leaves') {
      partIn(room.id, peer);
      return mesh.show();
    }
    desk.members()?.sees(peer);
    // By its signed word it is in this room, whoever named it to us.
    peer.rooms.add(room.id);
    // In a room of members its operations say who is called what.
    if (room.keys !== null) peer.heardAs.set(room.id, summary.author);
    if (room.keys !== null) makePlaceFor(summary.author, room);
    if (room.keys !== null) room.names.set(summary.author, fitName(summary.name, nameBytes));
    const me = core.me();
    const mine = me && summary.heads.find((head) => head.device === abbreviate(me.key.id));
    // In the Square nobody has all up to a number: what is old went.
    if (mine && room.kind !== 'square') receipts.gotUpTo(room, summary.author, mine.upTo);
    sync.heard(peer, room, summary);
    if (cast.links.isLarge(room.id)) openHere();
    mesh.show();
  };

  const receive = createReceive(core, keeper, {
    onSummary,
    onReceipt: (room, receipt) => receipts.gotMessages(room, receipt.author, receipt.messages),
    square: desk.square,
    onCopy: cast.arrived,
  });

  const onCast = (bytes: Uint8Array, peer: Peer): RefusalReason | null => {
    const word = decodeCast(bytes);
    if (isRefusal(word)) return word.refused;
    cast.links.heard(peer);
    switch (word.kind) {
      case 'here':
        openHere();
        return here?.take(word.bytes, peer) ?? null;
      case 'stand':
        sync.stand.take(word, peer);
        return null;
      case 'given': {
        const inner = decodeFrame(word.frame);
        if (isRefusal(inner)) return inner.refused;
        if (inner.kind !== 'envelope' && inner.kind !== 'hop') return 'unknown-kind';
        if (inner.kind === 'envelope' || isForRoom(inner.bytes)) cast.given(inner.bytes, word.to, peer);
        if (inner.kind === 'hop') onHop(inner.bytes, peer);
        return inner.kind === 'envelope' ? receive.envelope(inner.bytes, peer) : null;
      }
      default:
        cast.take(word, peer);
        return null;
    }
  };

  const onHop = (bytes: Uint8Array, peer: Peer): void => {
    const isKept = isForRoom(bytes) && cast.arrived(bytes, peer);
    if (!isKept) desk.members()?.hop(bytes, peer);
  };

  /** The first word of a pairing is a device's, and bound to this path as a summary is. */
  const isGreeting = (bytes: Uint8Array, peer: Peer): boolean => {
    const device = desk.pairing()?.greeted(bytes, peer.id) ?? null;
    if (device === null) return false;
    peer.device = device;
    desk.members()?.sees(peer);
    mesh.show();
    return true;
  };

  let card: Pick<RelayCard, 'square' | 'access'> | null = null;
  const squareRoom = createSquare(core, network, {
    entered: desk.square.entered,
    onEnvelope: (bytes, from) => {
      const why = receive.envelope(bytes, null, from);
      if (why !== null) core.log('envelope-refused', { why });
      return why === null;
    },
  });
  /** Nobody is put into a room before there is somebody, and the rooms on the disk are known. */
  const openSquare = async (): Promise<void> => {
    if (core.store.view().stage !== 'ready') return;
    await squareRoom.told(card?.square ?? null);
    if (card?.access) await desk.square.realm(card.access.realm);
    mesh.roomsChanged();
  };

  const words = new Map<PeerId, readonly [Link, Uint8Array]>();
  const mesh = createMesh(core, network, peers, doors, {
    onPath: (peer, room) => {
      if (room.keys === null && (desk.members()?.greet(peer, room) ?? true)) return;
      const device = peer.heardAs.get(room.id);
      if (peer.device === null && device !== undefined) {
        peer.device = device;
        desk.members()?.sees(peer);
      }
      // What waits goes before the greeting, whose answer is work on both sides.
      outbox.flush(room.id);
      desk.square.greet(peer, room);
      sync.greet(peer, room);
    },
    onDropped: sync.dropped,
    onEnvelope: (bytes, peer) => (isGreeting(bytes, peer) ? null : receive.envelope(bytes, peer)),
    onHop,
    onCast,
    topicsOf: (room, day) => (room.keys === null ? (desk.members()?.topicsOf(room, day) ?? []) : [topicOn(room.keys, day)]),
    onSquareWord: desk.square.hear,
    onClaimed: desk.square.claimed,
    onOwnRelay: desk.square.relayOpened,
    showKey: async (relay, nth) => {
      const frame = (await desk.openMembers())?.access.enter(relay.peer, network.self, nth) ?? null;
      return frame !== null && sayMeet(relay, frame) === 'sent';
    },
    onOwned: async (relay, held) => {
      // Who is in my rooms is told to no relay that only says it is mine.
      if ((await core.storage.get(keyOf.ownedRelay(relay.peer))) === null) return false;
      const say = (word: Uint8Array): boolean => sayMeet(relay, { kind: 'access', word }) === 'sent';
      (await desk.openMembers())?.access.owns({ id: relay.peer, held, say });
      return true;
    },
    onDirectory: (relay, word) => {
      const members = desk.members();
      if (members === null) forgetFirst(words.set(relay.peer, [relay, word]), mostWords);
      else members.whereabouts.heard(relay, word);
    },
    onCard: (read) => {
      card = read;
      void openSquare();
    },
  });

  return {
    mesh,
    square: squareRoom,
    here: () => here,
    onSummary,
    cameIn: (room) => {
      // Whom we met behind the link, before either could say who it is.
      for (const peer of peers.inRoom(room.id)) if (peer.device === null) sync.greet(peer, room);
      sync.ask(room);
    },
    leaving: (id) => {
      const room = core.rooms.get(id);
      if (room === undefined) return;
      here?.leaving(room);
      sync.farewell(room);
    },
    owned: async () => {
      const relay = mesh.ownRelay();
      if (relay === null) return;
      const write = { op: 'put', key: keyOf.ownedRelay(relay.peer), value: new Uint8Array(0) } as const;
      if (!(await core.lane.run(() => core.commit([write], 'strict')))) return;
      if (card?.access) mesh.enterAgain(relay);
    },
    named: () => void openSquare(),
    directoryWords: () => words.values(),
    close: async () => {
      isClosed = true;
      here?.close();
      squareRoom.close();
      desk.square.close();
      sync.close();
      cast.close();
      mesh.close();
      await network.close();
    },
  };
}

/** A relay that comes back under ever new names leaves no more. */
const mostWords = 8;
