/** Speaks with the relay: keeps our rooms' topics there, and learns from it who else is about. */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import { decodeMeet, encodeMeet } from '../../protocol/meet.ts';
import type { MeetFrame, MeetRefusal } from '../../protocol/meet.ts';
import type { PeerId, RoomId, Topic } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { dayOf } from '../../protocol/room-keys.ts';
import type { Room } from '../rooms/room.ts';
import type { Stop } from '../../ports/clock.ts';

export interface Meeting {
  opened(relay: Link): void;
  closed(relay: Link): void;
  frame(relay: Link, bytes: Uint8Array): void;
  /** Rooms came or went, or the day turned: keep just the topics they need. */
  update(): void;
  close(): void;
}

export interface MeetingHands {
  topicsOf(room: Room, day: number): readonly Topic[];
  /** `first`: they were there before us. */
  met(peer: PeerId, room: Room, relay: Link, first: boolean): void;
  left(peer: PeerId, room: Room): void;
  passed(peer: PeerId, relay: Link, bytes: Uint8Array): void;
  /** What we asked the relay to pass on was not. */
  dropped(peer: PeerId, why: MeetRefusal): void;
  pong(relay: Link, token: number): void;
}

export function createMeeting(core: Core, hands: MeetingHands): Meeting {
  /** What each relay keeps for us. */
  const kept = new Map<Link, Set<Topic>>();
  let rooms = new Map<Topic, RoomId>();
  /** Under which topics a relay names each peer: around midnight a room has two. */
  const named = new Map<PeerId, Set<Topic>>();
  let stop: Stop | null = null;
  let again: Stop | null = null;

  const tellRelay = (relay: Link, before: Set<Topic>): void => {
    const joins = [...rooms.keys()].filter((topic) => !before.has(topic));
    const leaves = [...before].filter((topic) => !rooms.has(topic));
    if (leaves.length > 0) relay.send(encodeMeet({ kind: 'leave', topics: leaves }));
    if (joins.length > 0 && relay.send(encodeMeet({ kind: 'join', topics: joins })) === 'full') askAgain(relay);
    kept.set(relay, new Set(rooms.keys()));
  };

  const roomOf = (topic: Topic): Room | undefined => {
    const id = rooms.get(topic);
    return id === undefined ? undefined : core.rooms.get(id);
  };

  const meet = (peer: PeerId, topic: Topic, relay: Link, first: boolean): void => {
    const room = roomOf(topic);
    if (room === undefined) return;
    named.set(peer, (named.get(peer) ?? new Set()).add(topic));
    hands.met(peer, room, relay, first);
  };

  const part = (peer: PeerId, topic: Topic): void => {
    const room = roomOf(topic);
    const topics = named.get(peer);
    if (topics?.delete(topic) !== true || room === undefined) return;
    if (topics.size === 0) named.delete(peer);
    if (![...topics].some((other) => rooms.get(other) === room.id)) hands.left(peer, room);
  };

  const askAgain = (relay: Link): void => {
    again ??= core.clock.after(calmMs, () => {
      again = null;
      if (kept.has(relay)) tellRelay(relay, new Set());
    });
  };

  const handle = (relay: Link, frame: MeetFrame): void => {
    switch (frame.kind) {
      case 'met':
        for (const peer of frame.peers) meet(peer, frame.topic, relay, true);
        return;
      case 'joined':
        return meet(frame.peer, frame.topic, relay, false);
      case 'left':
        return part(frame.peer, frame.topic);
      case 'passed':
        return hands.passed(frame.from, relay, frame.bytes);
      case 'pong':
        return hands.pong(relay, frame.token);
      case 'refused':
        core.log('relay-refused', { why: frame.why });
        if (frame.peer !== null) return hands.dropped(frame.peer, frame.why);
        // Perhaps a join: once it is calm we say again what we want kept.
        return askAgain(relay);
      case 'join':
      case 'leave':
      case 'pass':
      case 'ping':
        return core.log('relay-refused-by-us', { why: 'unknown-kind', kind: frame.kind });
    }
  };

  const meeting: Meeting = {
    opened: (relay) => tellRelay(relay, new Set()),
    closed: (relay) => {
      kept.delete(relay);
      named.clear();
    },
    frame: (relay, bytes) => {
      const frame = decodeMeet(bytes);
      if (isRefusal(frame)) core.log('relay-frame-refused', { why: frame.refused });
      else handle(relay, frame);
    },
    update: () => {
      stop?.();
      const nowMs = core.clock.nowMs();
      const days = new Set([dayOf(nowMs - overlapMs), dayOf(nowMs), dayOf(nowMs + overlapMs)]);
      rooms = new Map(
        [...core.rooms.values()].flatMap((room) =>
          [...days].flatMap((day) => hands.topicsOf(room, day).map((topic) => [topic, room.id] as const)),
        ),
      );
      for (const [relay, before] of kept) tellRelay(relay, before);
      stop = core.clock.after(checkMs, () => meeting.update());
    },
    close: () => {
      stop?.();
      again?.();
    },
  };
  return meeting;
}

/** Clocks differ: around midnight both days' topics are kept. */
const overlapMs = 3_600_000;
const checkMs = 600_000;
const calmMs = 5_000;
