/**
 * Where a room's people meet: at its own place, and behind its links. The place moves on with the keys after somebody went (K9), and who
 * was away so long knows only the persons; so both sides are also where just those two would meet.
 */
import { reachSecretWith } from '../../protocol/contact/address.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import type { Room as SealedRoom } from '../../protocol/rooms/room.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { Member, RoomSummary } from '../../protocol/rooms/summary.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Invites } from './invites.ts';

export interface Reach {
  /** Cast secrets: few, others at another time. */
  secretsIn(room: Room): readonly Uint8Array[];
}

export function createReach({ core, vault, post, peers }: MembersDesk, invites: Invites): Reach {
  const known = new Map<string, Uint8Array | null>();
  const me = { id: vault.keys.person.id, dhSecret: vault.keys.person.dhSecret };

  const secretWith = (room: RoomId, { person, devices }: Member): Uint8Array | null => {
    const name = `${room}/${person}`;
    const before = known.get(name);
    const personDhKey = devices[0]?.certificate.personDhKey;
    if (before !== undefined || personDhKey === undefined) return before ?? null;
    const secret = reachSecretWith(vault.suite, room, me, { personId: person, personDhKey });
    const made = isRefusal(secret) ? null : secret;
    known.set(name, made);
    return made;
  };

  /** Whom we may have lost, or who may have lost us. */
  const lostIn = (room: Room, sealed: SealedRoom, { members, gone }: RoomSummary): readonly Member[] => {
    const here = new Set<DeviceId | null>(peers.inRoom(room.id).map((peer) => peer.device));
    const others = members.filter(({ person }) => person !== me.id);
    // Nobody of the room is known to be here: it may be us who missed something.
    if (![...here].some((device) => device !== null && room.members.has(device))) return others;
    // Where nobody ever went, everybody has the place.
    if (gone.length === 0) return [];
    const best = sealed.keyring.epochs.find((epoch) => epoch.id === sendingEpoch(sealed));
    const isHeard = (device: DeviceId): boolean =>
      best?.chains.some((chain) => chain.device === device && chain.isProven) === true && !post.awaits(device);
    return others.filter(({ devices }) => devices.some(({ device }) => !here.has(device) && !isHeard(device)));
  };

  return {
    secretsIn: (room) => {
      const sealed = vault.room(room.id);
      if (sealed === null || room.stage !== 'in') return [];
      const summary = summaryOf(sealed.graph);
      const lost = lostIn(room, sealed, summary);
      const awaited = (member: Member): boolean => member.devices.some(({ device }) => post.awaits(device));
      const sorted = [...lost.filter(awaited), ...lost.filter((member) => !awaited(member))];
      // Of many, some now and others later.
      const turn = Math.floor(core.clock.nowMs() / turnMs);
      const first = sorted.length <= most ? 0 : (turn * most) % sorted.length;
      const chosen: readonly Member[] = [...sorted, ...sorted].slice(first, first + Math.min(most, sorted.length));
      const links = [...invites.standing(room.id), ...invites.ended(room.id)];
      const doors = links.map(([, secret]) => inviteKeys(vault.suite, { room: room.id, secret }).castSecret);
      const met = chosen.flatMap((member) => secretWith(room.id, member) ?? []);
      return [...servedCasts(sealed).slice(0, mostCasts), ...doors, ...met];
    },
  };
}

/** A page keeps 64 topics at a relay, for all its rooms and for two days around midnight. */
const most = 6;
const turnMs = 600_000;
const mostCasts = 2;
