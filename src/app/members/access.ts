/** Relays for members: by which keys this device comes in, and, at one of its own, who may come in beside it. */
import { enterWith } from '../../protocol/access/enter.ts';
import type { Enter } from '../../protocol/access/enter.ts';
import { decodeAccessWord, encodeAccessWord } from '../../protocol/access/word.ts';
import { bytesToHex } from '../../protocol/bytes.ts';
import { hourOf } from '../../protocol/hour.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { invitesOf } from '../../protocol/rooms/invites.ts';
import type { Stop } from '../../ports/clock.ts';
import type { MembersDesk } from './desk.ts';
import type { Knocking } from './knocking.ts';

export interface Access {
  /** The `nth` key to come in by, the likeliest first; null: there are no more. */
  enter(relay: PeerId, page: PeerId, nth: number): Enter | null;
  owns(relay: OwnRelay): void;
  /** Rooms, people or links may have changed. */
  changed(): void;
  close(): void;
}

/** It takes this device for its owner. */
export interface OwnRelay {
  readonly id: PeerId;
  /** The word it keeps; empty: none. */
  readonly held: Uint8Array;
  /** False: it is not there any more. */
  say(word: Uint8Array): boolean;
}

export function createAccess({ core, vault }: MembersDesk, knocking: Knocking): Access {
  const relays = new Map<PeerId, Owned>();
  let soon: Stop | null = null;
  let later: Stop | null = null;

  const membersRooms = () => [...core.rooms.values()].filter(({ kind, stage }) => kind === 'members' && stage === 'in');

  /** Everybody of my rooms, and by which links others may come there. */
  const keysNow = (): readonly string[] => {
    const devices = new Set(membersRooms().flatMap(({ members }) => [...members.keys()]));
    const links = new Set<string>();
    for (const { id } of membersRooms()) {
      const sealed = vault.room(id);
      for (const { key, endedMs } of sealed === null ? [] : invitesOf(sealed.graph, core.clock.nowMs())) {
        if (endedMs === null) links.add(bytesToHex(key));
      }
    }
    if (devices.size > mostDevices || links.size > mostLinks) core.log('access-word-full', { devices: devices.size });
    return [...[...devices].slice(0, mostDevices), ...[...links].slice(-mostLinks)].toSorted();
  };

  const tell = (): void => {
    soon = null;
    const me = core.me();
    if (me === null || relays.size === 0) return;
    const keys = keysNow();
    const hour = hourOf(core.clock.nowMs());
    for (const [id, owned] of relays) {
      const isSaid = owned.said === keys.join() && owned.untilHour - hour > (wordDays - 1) * 24;
      if (isSaid) continue;
      const untilHour = hour + wordDays * 24;
      const word = encodeAccessWord({ owner: me.key.id, seq: owned.seq + 1, untilHour, keys }, id, me.key);
      if (owned.say(word)) relays.set(id, { ...owned, seq: owned.seq + 1, untilHour, said: keys.join() });
      else relays.delete(id);
    }
    later?.();
    later = relays.size === 0 ? null : core.clock.after(lookMs, tell);
  };

  const access: Access = {
    enter: (relay, page, nth) => {
      const me = core.me();
      // By a link before this device is known there, or after it was let in while the owner was away.
      const seed = nth === 0 ? me?.key.seed : knocking.signSecrets().slice(0, mostTried)[nth - 1];
      return seed === undefined ? null : enterWith(seed, relay, page);
    },
    owns: ({ id, held, say }) => {
      const word = held.length === 0 ? null : decodeAccessWord(held, id);
      if (word !== null && isRefusal(word)) return core.log('word-refused', { why: word.refused });
      relays.set(id, { say, seq: word?.seq ?? 0, untilHour: word?.untilHour ?? 0, said: word?.keys.join() ?? null });
      access.changed();
    },
    changed: () => {
      if (relays.size > 0) soon ??= core.clock.after(calmMs, tell);
    },
    close: () => {
      soon?.();
      later?.();
    },
  };
  return access;
}

interface Owned extends Pick<OwnRelay, 'say'> {
  /** Of the word it has. */
  readonly seq: number;
  readonly untilHour: number;
  readonly said: string | null;
}

/** Whoever owns a relay looks in once in that time, or it lets in nobody else. */
const wordDays = 30;
const mostLinks = 64;
const mostDevices = limits.accessKeys - mostLinks;
const mostTried = 8;
const calmMs = 500;
const lookMs = 3_600_000;
