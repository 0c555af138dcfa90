/** One large room: what its devices say of being in it, my own word among them, and what is made of all that. */
import type { Core } from '../core.ts';
import { fitName } from '../fit-name.ts';
import { isEqual } from '../../protocol/bytes.ts';
import { decodePresence, encodePresence, isPresenceTrue, presenceId } from '../../protocol/here/presence.ts';
import type { HereWord, Told } from '../../protocol/here/word.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { LinkBook } from '../cast/links.ts';
import type { Receipts } from '../delivery/receipts.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import { createOwed } from './owed.ts';
import { createTable } from './table.ts';
import { createTalk, isFinal } from './talk.ts';
import { createWatch } from './watch.ts';

export interface Large {
  readonly room: Room;
  /** False: it is gone; null: nothing is known that holds. */
  isHere(device: DeviceId): boolean | null;
  owe(author: DeviceId): void;
  take(word: HereWord, peer: Peer): void;
  tick(): void;
  /** We go: whoever is next to us hears it at once. */
  leave(): void;
  close(): void;
}

export interface LargeHands {
  readonly peers: Peers;
  readonly links: LinkBook;
  readonly receipts: Receipts;
  say(peer: Peer, word: HereWord): boolean;
  show(): void;
}

export function createLarge(core: Core, room: Room, hands: LargeHands): Large {
  const { clock, entropy } = core;
  const table = createTable(clock);
  const watch = createWatch(clock);
  let again = { atMs: 0, saidMs: -Infinity };

  const isOfRoom = (device: DeviceId): boolean => room.keys !== null || room.members.has(device);
  /** Who is next to me, and who takes me for next to them: they speak to me. */
  const speaking = new WeakMap<Peer, number>();
  const neighbours = (): readonly Peer[] => {
    const near = new Set(hands.links.neighbours(room.id));
    return hands.peers
      .inRoom(room.id)
      .filter((peer) => near.has(peer) || speaking.get(peer) === peer.era)
      .filter((peer) => hands.links.speaks(peer) && (room.keys !== null || (peer.device !== null && isOfRoom(peer.device))));
  };

  const talk = createTalk(core, table, {
    neighbours,
    say: hands.say,
    told: (id) => table.byId(id) ?? null,
  });
  const owed = createOwed(core, room, {
    peers: hands.peers,
    receipts: hands.receipts,
    isOfRoom,
    isHere: table.isHere,
    deviceOf: (author) => {
      const known = [core.me()?.key.id, ...table.here(), ...room.heads.keys()];
      return known.find((device) => device !== undefined && shortOf(device) === author) ?? null;
    },
    towards: (device) => {
      const kept = table.get(device);
      if (kept === undefined || kept.from === null) return [];
      const others = talk.having(kept.id).filter(({ id }) => id !== kept.from);
      return [...hands.peers.inRoom(room.id).filter(({ id }) => id === kept.from), ...others];
    },
    say: hands.say,
  });

  const sayIAmHere = (): void => {
    const me = core.me();
    if (me === null) return;
    const before = table.get(me.key.id);
    const crowd = Math.max(table.here().length, hands.peers.inRoom(room.id).length);
    const forSeconds = Math.min(Math.max(secondsEach * crowd, leastSeconds), limits.hereSeconds);
    const atMs = Math.max(clock.nowMs(), (before?.presence.atMs ?? 0) + 1);
    const presence = { device: me.key.id, atMs, forSeconds, name: room.keys === null ? '' : me.name };
    const bytes = encodePresence(presence, room.id, me.key);
    const luck = (entropy.bytes(1)[0] ?? 0) / 256;
    const saidMs = clock.ticksMs();
    again = { atMs: saidMs + forSeconds * 1_000 * (0.65 + luck / 10), saidMs };
    if (table.take(presence, bytes, false, null) !== null) return;
    talk.changed(presenceId(presence, false), before === undefined || before.isGone);
  };

  const isRenamed = (): boolean => {
    const me = core.me();
    return me !== null && room.keys !== null && table.get(me.key.id)?.presence.name !== me.name;
  };

  /** A lie, or a word from before: I am. */
  const answer = (): void => {
    const atMs = again.saidMs + calmMs;
    if (clock.ticksMs() >= atMs) sayIAmHere();
    else again = { ...again, atMs: Math.min(again.atMs, atMs) };
  };

  const takeTold = ({ bytes, isGone }: Told, peer: Peer): RefusalReason | null => {
    const presence = decodePresence(bytes);
    if (isRefusal(presence)) return presence.refused;
    const { device } = presence;
    const before = table.get(device);
    const id = presenceId(presence, isGone);
    const isKnown = before !== undefined && isEqual(before.bytes, bytes);
    // Who leaves says so unasked, of what we have.
    const others = talk.asked(id, peer);
    if (others === null && !(isGone && isKnown)) return 'not-asked';
    if (!isOfRoom(device)) return 'unknown-device';
    if (!isKnown && !isPresenceTrue(bytes, room.id, device)) {
      if (others !== null) talk.askNext(id, others);
      return 'bad-signature';
    }
    if (isGone && peer.device !== device && isLinked(device)) return 'seen-here';
    const wasHere = table.isHere(device);
    const why = table.take(presence, bytes, isGone, peer.id);
    if (why !== null) return why;
    talk.hadBy(peer, id);
    talk.changed(id, isGone || !wasHere);
    if (device === core.me()?.key.id) answer();
    if (!isGone) name(device, presence.name);
    // One of us was away, and may not know what I have of theirs.
    if (!isGone && !wasHere && room.heads.has(device)) owed.owe(device);
    hands.show();
    return null;
  };

  const isLinked = (device: DeviceId): boolean =>
    hands.peers.inRoom(room.id).some((peer) => peer.device === device && peer.direct !== null);

  /** In a room of members its operations say who is called what. */
  const name = (device: DeviceId, text: string): void => {
    const fitting = room.keys === null ? '' : fitName(text, limits.nameBytes);
    if (fitting !== '' && (room.names.has(device) || room.names.size < limits.devicesPerRoom)) room.names.set(device, fitting);
  };

  const refuse = (why: RefusalReason | null): void => {
    if (why !== null) core.log('here-refused', { why, room: room.id });
  };

  const tellGone = (device: DeviceId): void => {
    const kept = table.get(device);
    if (kept === undefined || !table.isHere(device)) return;
    if (table.take(kept.presence, kept.bytes, true, null) === null) talk.changed(presenceId(kept.presence, true), true);
  };

  return {
    room,
    isHere: (device) => table.isHere(device) || (table.get(device)?.isGone === true ? false : null),
    owe: owed.owe,
    take: (word, peer) => {
      speaking.set(peer, peer.era);
      switch (word.kind) {
        case 'shows':
        case 'asks':
          return talk.take(word, peer);
        case 'has':
          return refuse(owed.take(word, peer));
        case 'tells':
          for (const told of word.told) {
            const why = takeTold(told, peer);
            refuse(why);
            const presence = why !== null && isFinal(why) ? decodePresence(told.bytes) : null;
            if (presence !== null && !isRefusal(presence)) talk.unwanted(presenceId(presence, told.isGone));
          }
      }
    },
    tick: () => {
      if (clock.ticksMs() >= again.atMs || isRenamed()) sayIAmHere();
      for (const device of watch.look(hands.peers.inRoom(room.id))) tellGone(device);
      talk.tick();
      owed.tick();
      if (table.tidy()) hands.show();
    },
    leave: () => {
      const me = core.me();
      const mine = me === null ? undefined : table.get(me.key.id);
      if (mine === undefined || mine.isGone) return;
      for (const peer of neighbours()) hands.say(peer, { kind: 'tells', told: [{ isGone: true, bytes: mine.bytes }] });
    },
    close: () => {
      talk.close();
      owed.close();
    },
  };
}

/** A word holds the longer, the more there are to hear each: so that a room costs each of its pages the same, up to a size. */
const secondsEach = 60;
const leastSeconds = 1_800;
/** Between two words of mine, whatever others say. */
const calmMs = 5_000;
