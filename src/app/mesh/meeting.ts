/** Speaks with those who introduce us, relays and neighbours: keeps our rooms' topics there, and learns who else is about. */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import type { MeetFrame, MeetRefusal } from '../../protocol/meet.ts';
import type { PeerId, RoomId, Topic } from '../../protocol/ids.ts';
import { neighbourhoodOn } from '../../protocol/neighbourhood.ts';
import { dayOf } from '../../protocol/room-keys.ts';
import type { Room } from '../rooms/room.ts';
import type { Stop } from '../../ports/clock.ts';
import { sayMeet } from './peers.ts';

export interface Meeting {
  /** A link whose far end introduces. */
  opened(host: Link): void;
  closed(host: Link): void;
  /** They may have taken us for gone: all that we keep there is said again. */
  again(host: Link): void;
  frame(host: Link, frame: MeetFrame): void;
  /** A neighbour keeps these topics itself. */
  keeps(peer: PeerId, link: Link, topics: readonly Topic[]): void;
  keepsNoMore(peer: PeerId, link: Link, topics: readonly Topic[]): void;
  /** Somebody several neighbours away keeps this. */
  found(peer: PeerId, link: Link, topic: Topic, first: boolean): void;
  /** This one leads to them no more. */
  forget(peer: PeerId, link: Link): void;
  isMine(topic: Topic): boolean;
  /** Of all our rooms. */
  topics(): readonly Topic[];
  /** Whether anybody names this peer for the room. */
  isNamed(peer: PeerId, room: RoomId): boolean;
  /** By this relay: others who do are neighbours to be. */
  comesBy(relay: PeerId): void;
  /** Rooms came or went, or the day turned: keep just the topics they need. */
  update(): void;
  close(): void;
}

export interface MeetingHands {
  topicsOf(room: Room, day: number): readonly Topic[];
  /** `first`: they were there before us. */
  met(peer: PeerId, room: Room, host: Link, first: boolean): void;
  /** This one names the peer for the room no more. */
  left(peer: PeerId, room: Room, host: Link): void;
  /** Somebody of no room of ours came by the same relay. */
  metStranger(peer: PeerId, host: Link, first: boolean): void;
  leftStranger(peer: PeerId, host: Link): void;
  passed(peer: PeerId, host: Link, bytes: Uint8Array): void;
  /** What we asked to pass on was not. */
  dropped(peer: PeerId, host: Link, why: MeetRefusal): void;
  pong(host: Link, token: number): void;
  /** What a relay says of its Square; others may not. */
  /** This relay hears nothing else before it has let us in. */
  membersOnly(host: Link): void;
  entered(host: Link, frame: Extract<MeetFrame, { kind: 'entered' }>): void;
  ofSquare(host: Link, frame: Extract<MeetFrame, { kind: 'square' | 'claimed' }>): void;
  ofDirectory(host: Link, word: Uint8Array): void;
}

export function createMeeting(core: Core, hands: MeetingHands): Meeting {
  /** What each of them keeps for us, and under which topics it names each peer: around midnight a room has two. */
  const hosts = new Map<Link, Host>();
  /** Null: the neighbourhood. */
  let rooms = new Map<Topic, RoomId | null>();
  let neighbourhood: PeerId | null = null;
  let stop: Stop | null = null;
  let again: Stop | null = null;

  const tell = (link: Link, host: Host): void => {
    const joins = [...rooms.keys()].filter((topic) => !host.kept.has(topic));
    const leaves = [...host.kept].filter((topic) => !rooms.has(topic));
    if (leaves.length > 0) sayMeet(link, { kind: 'leave', topics: leaves });
    if (joins.length > 0 && sayMeet(link, { kind: 'join', topics: joins }) === 'full') askAgain(link);
    host.kept = new Set(rooms.keys());
  };

  const roomOf = (topic: Topic): Room | undefined => {
    const id = rooms.get(topic);
    return id === undefined || id === null ? undefined : core.rooms.get(id);
  };

  const meet = (peer: PeerId, topic: Topic, link: Link, first: boolean): void => {
    const room = roomOf(topic);
    const host = hosts.get(link);
    if (host === undefined || (room === undefined && rooms.get(topic) !== null)) return;
    host.named.set(peer, (host.named.get(peer) ?? new Set()).add(topic));
    if (room === undefined) hands.metStranger(peer, link, first);
    else hands.met(peer, room, link, first);
  };

  const part = (peer: PeerId, topic: Topic, link: Link): void => {
    const room = roomOf(topic);
    const host = hosts.get(link);
    const topics = host?.named.get(peer);
    if (topics?.delete(topic) !== true) return;
    if (topics.size === 0) host?.named.delete(peer);
    if (rooms.get(topic) === null) return hands.leftStranger(peer, link);
    if (room !== undefined && ![...topics].some((other) => rooms.get(other) === room.id)) hands.left(peer, room, link);
  };

  const tellAll = (link: Link): void => {
    const host = hosts.get(link);
    if (host === undefined) return;
    host.kept = new Set();
    tell(link, host);
  };

  const askAgain = (link: Link): void => {
    again ??= core.clock.after(calmMs, () => {
      again = null;
      tellAll(link);
    });
  };

  const meeting: Meeting = {
    opened: (link) => {
      const host: Host = { kept: new Set(), named: new Map() };
      hosts.set(link, host);
      tell(link, host);
    },
    closed: (link) => void hosts.delete(link),
    again: tellAll,
    frame: (link, frame) => {
      switch (frame.kind) {
        case 'met':
          for (const peer of frame.peers) meet(peer, frame.topic, link, true);
          return;
        case 'joined':
          return meet(frame.peer, frame.topic, link, false);
        case 'left':
          return part(frame.peer, frame.topic, link);
        case 'passed':
          return hands.passed(frame.from, link, frame.bytes);
        case 'pong':
          return hands.pong(link, frame.token);
        case 'refused':
          core.log('introducer-refused', { why: frame.why });
          if (frame.why === 'members-only') hands.membersOnly(link);
          if (frame.peer !== null) return hands.dropped(frame.peer, link, frame.why);
          // Perhaps a join: once it is calm we say again what we want kept.
          return frame.why === 'members-only' ? undefined : askAgain(link);
        case 'entered':
          return hands.entered(link, frame);
        case 'square':
        case 'claimed':
          return hands.ofSquare(link, frame);
        case 'directory':
          return hands.ofDirectory(link, frame.word);
        case 'claim':
        case 'enter':
        case 'access':
        case 'join':
        case 'leave':
        case 'pass':
        case 'ping':
        case 'seek':
        case 'found':
        case 'carry':
        case 'lost':
          return core.log('meet-frame-refused', { why: 'unknown-kind', kind: frame.kind });
      }
    },
    keeps: (peer, link, topics) => topics.forEach((topic) => meet(peer, topic, link, true)),
    keepsNoMore: (peer, link, topics) => topics.forEach((topic) => part(peer, topic, link)),
    found: (peer, link, topic, first) => meet(peer, topic, link, first),
    forget: (peer, link) => void hosts.get(link)?.named.delete(peer),
    isMine: (topic) => typeof rooms.get(topic) === 'string',
    topics: () => [...rooms].flatMap(([topic, id]) => (id === null ? [] : [topic])),
    isNamed: (peer, room) =>
      [...hosts.values()].some(({ named }) => [...(named.get(peer) ?? [])].some((topic) => rooms.get(topic) === room)),
    comesBy: (relay) => {
      if (relay === neighbourhood) return;
      neighbourhood = relay;
      meeting.update();
    },
    update: () => {
      stop?.();
      const nowMs = core.clock.nowMs();
      const days = new Set([dayOf(nowMs - overlapMs), dayOf(nowMs), dayOf(nowMs + overlapMs)]);
      const relay = neighbourhood;
      rooms = new Map(relay === null ? [] : [...days].map((day) => [neighbourhoodOn(relay, day), null] as const));
      const meant = new Map(
        [...core.rooms.values()].flatMap((room) =>
          [...days].flatMap((day) => hands.topicsOf(room, day).map((topic) => [topic, room.id] as const)),
        ),
      );
      for (const [topic, room] of meant) rooms.set(topic, room);
      for (const [link, host] of hosts) tell(link, host);
      stop = core.clock.after(checkMs, () => meeting.update());
    },
    close: () => {
      stop?.();
      again?.();
    },
  };
  return meeting;
}

interface Host {
  kept: ReadonlySet<Topic>;
  readonly named: Map<PeerId, Set<Topic>>;
}

/** Clocks differ: around midnight both days' topics are kept. */
const overlapMs = 3_600_000;
const checkMs = 600_000;
const calmMs = 5_000;
