/**
 * Where people of a room are met, by the directory that a relay of ours leads to, if any does: we leave there by which relays we are
 * reached, sealed for the room, and look there for those of a room of which nobody is here. Nothing waits for it.
 */
import { forgetFirst } from '../../protocol/forget-first.ts';
import { decodeDirectory, encodeDirectory } from '../../protocol/directory/message.ts';
import type { DirectoryMessage } from '../../protocol/directory/message.ts';
import type { DirectoryRecord } from '../../protocol/directory/record.ts';
import { keyOfWhereabouts, openWhereabouts, sealWhereabouts, whereaboutsSlots } from '../../protocol/directory/whereabouts.ts';
import type { WhereaboutsSlot } from '../../protocol/directory/whereabouts.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { dayOf } from '../../protocol/room-keys.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import { pick } from '../luck.ts';
import { sayMeet } from '../mesh/peers.ts';
import { isForAnybody } from '../mesh/relay-hint.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';

export interface Whereabouts {
  /** A relay's word about the directory: that it leads there, that it does no more, or what it found. */
  heard(relay: Link, word: Uint8Array): void;
  close(): void;
}

export interface WhereaboutsHands {
  /** Relays at which others meet us just now. */
  metAt(): readonly string[];
  /** Some of a room of ours are met by these. */
  knowRelays(addresses: readonly string[]): void;
}

interface Search {
  readonly sinceMs: number;
  nextMs: number;
  times: number;
  /** All that are asked for in turn, and of these what is still to be. */
  round: readonly WhereaboutsSlot[];
  slots: readonly WhereaboutsSlot[];
}

interface Asked {
  readonly about: WhereaboutsSlot | RoomId;
  /** Who did not answer yet. */
  readonly by: Set<PeerId>;
  isAnswered: boolean;
}

export function createWhereabouts({ core, vault, peers }: MembersDesk, hands: WhereaboutsHands): Whereabouts {
  const { clock, entropy, log } = core;
  const { suite } = vault;
  /** Relays that lead to the directory. */
  const awake = new Map<PeerId, Link>();
  const left = new Map<RoomId, { readonly atMs: number; readonly relays: string }>();
  const searches = new Map<RoomId, Search>();
  /** What we look for, or the room that we left something for. The oldest first; later answers are nobody's. */
  const asked = new Map<number, Asked>();
  let last = 0;
  let stop: Stop | null = null;

  const ask = (about: WhereaboutsSlot | RoomId, question: (number: number) => DirectoryMessage): void => {
    last += 1;
    asked.set(last, { about, by: new Set(awake.keys()), isAnswered: false });
    forgetFirst(asked, mostAsked);
    const word = encodeDirectory(question(last));
    // Each of them, since one may withhold.
    for (const link of awake.values()) sayMeet(link, { kind: 'directory', word });
  };
  const secretsOf = (room: Room): readonly Uint8Array[] => {
    const sealed = vault.room(room.id);
    return sealed === null || room.kind !== 'members' || room.stage !== 'in' ? [] : servedCasts(sealed).slice(0, mostSecrets);
  };
  /** By anybody, wherever they are. */
  const metAt = (): readonly string[] => [...new Set(hands.metAt())].filter(isForAnybody);
  const today = (): number => dayOf(clock.nowMs());

  /** True: there was something to leave. */
  const leave = (room: Room): boolean => {
    const relays = metAt().slice(0, limits.whereaboutsRelays);
    const before = left.get(room.id);
    const isNew = before?.relays !== relays.join(' ') || clock.ticksMs() - before.atMs >= leaveMs;
    const secrets = secretsOf(room);
    if (relays.length === 0 || !isNew || secrets.length === 0) return false;
    left.set(room.id, { atMs: clock.ticksMs(), relays: relays.join(' ') });
    const mine = suite.hash(new TextEncoder().encode(`${room.id} ${vault.keys.us.device.id}`))[0] ?? 0;
    for (const secret of secrets) {
      const at = { secret, day: today(), slot: mine % whereaboutsSlots };
      const record = sealWhereabouts(suite, at, relays, clock.nowMs(), entropy.bytes);
      ask(room.id, (number) => ({ kind: 'put', number, record }));
    }
    log('whereabouts-left', { room: room.id, relays: relays.length });
    return true;
  };

  /** True: one more place was asked for. */
  const seek = (room: Room): boolean => {
    if (peers.inRoom(room.id).length > 0 || room.members.size < 2) {
      searches.delete(room.id);
      return false;
    }
    const nowMs = clock.ticksMs();
    const search: Search = searches.get(room.id) ?? { sinceMs: nowMs, nextMs: nowMs + aloneMs, times: 0, round: [], slots: [] };
    searches.set(room.id, search);
    if (nowMs < search.nextMs) return false;
    if (search.slots.length === 0) search.round = search.slots = slotsOf(room);
    const [at, ...others] = search.slots;
    search.slots = others;
    if (others.length === 0) {
      search.nextMs = nowMs + Math.min(againMs * 2 ** search.times, longestMs);
      search.times += 1;
    }
    if (at === undefined) return false;
    ask(at, (number) => ({ kind: 'find', number, place: keyOfWhereabouts(suite, at), from: null }));
    return true;
  };

  /** Today's before yesterday's, in any order. */
  const slotsOf = (room: Room): readonly WhereaboutsSlot[] => {
    const slots = Array.from({ length: whereaboutsSlots }, (_, slot) => slot);
    const secrets = secretsOf(room);
    return [today(), today() - 1].flatMap((day) =>
      secrets.flatMap((secret) => pick(slots, slots.length, entropy).map((slot) => ({ secret, day, slot }))),
    );
  };

  /** One thing at a time: a look-up costs its relay some fifty questions. */
  const turn = (): void => {
    for (const [peer, link] of awake) if (link.state() === 'closed') awake.delete(peer);
    stop = null;
    if (awake.size === 0) return;
    const rooms = [...core.rooms.values()];
    for (const gone of [...left.keys(), ...searches.keys()].filter((id) => !core.rooms.has(id))) {
      left.delete(gone);
      searches.delete(gone);
    }
    if (!rooms.some(leave)) rooms.some(seek);
    plan(turnMs);
  };

  const plan = (mostMs: number): void => {
    stop ??= clock.after(mostMs * (1 - (entropy.bytes(1)[0] ?? 0) / 510), turn);
  };

  const found = (at: WhereaboutsSlot, record: DirectoryRecord): void => {
    const relays = openWhereabouts(suite, at, record, clock.nowMs());
    if (isRefusal(relays)) return log('whereabouts-refused', { why: relays.refused });
    const own = metAt();
    const others = relays.filter((address) => isForAnybody(address) && !own.includes(address));
    // Perhaps our own word, or of somebody who is away like us.
    if (others.length === 0) return;
    log('whereabouts-found', { relays: others.length });
    hands.knowRelays(others);
  };

  /** Nobody has what we left, or one relay of two could not take it: sooner than in an hour. */
  const notLeft = (room: RoomId): void => {
    const before = left.get(room);
    if (before !== undefined) left.set(room, { ...before, atMs: clock.ticksMs() - leaveMs + soonerMs });
  };

  /** No relay had time to look there: once more, and calmly. */
  const notLooked = (at: WhereaboutsSlot): void => {
    const search = [...searches.values()].find(({ round }) => round.includes(at));
    if (search === undefined) return;
    search.slots = [...search.slots, at];
    search.nextMs = clock.ticksMs() + calmMs;
  };

  return {
    heard: (relay, word) => {
      const message = decodeDirectory(word);
      if (isRefusal(message)) return log('directory-word-refused', { why: message.refused });
      if (message.kind === 'awake') {
        awake.set(relay.peer, relay);
        return plan(calmMs);
      }
      if (message.kind === 'not-now') {
        if (message.why === 'asleep') awake.delete(relay.peer);
        log('directory-not-now', { why: message.why });
      }
      const question = asked.get(message.number);
      // Each of those that were asked answers once.
      if (question?.by.delete(relay.peer) !== true) return;
      const { about } = question;
      if (typeof about === 'string') return message.kind === 'kept' ? undefined : notLeft(about);
      question.isAnswered ||= message.kind === 'near';
      if (message.kind === 'near' && message.record !== null) found(about, message.record);
      if (question.by.size === 0 && !question.isAnswered) notLooked(about);
    },
    close: () => stop?.(),
  };
}

/** Under more than these two nobody keeps a place for long. */
const mostSecrets = 2;
const leaveMs = 3_600_000;
const soonerMs = 300_000;
/** So long nobody of the room was here. */
const aloneMs = 180_000;
const againMs = 1_800_000;
const longestMs = 14_400_000;
/** First words go first, and a thousand pages that come back with their relay do not ask at once. */
const calmMs = 60_000;
const turnMs = 20_000;
const mostAsked = 16;
