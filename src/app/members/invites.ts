/** Links into a room of members: made, known to its members, taken back. */
import { bytesToHex, createWriter, hexToBytes } from '../../protocol/bytes.ts';
import { decodeInviteLink, encodeMemberInvite, inviteKeys, inviteSecretBytes } from '../../protocol/contact/invite-link.ts';
import { hourOf } from '../../protocol/hour.ts';
import type { OperationId, PersonId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { nodeOf } from '../../protocol/rooms/graph.ts';
import { invitesOf } from '../../protocol/rooms/invites.ts';
import type { Invite } from '../../protocol/rooms/invites.ts';
import { act } from '../../protocol/rooms/room.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, under } from '../records.ts';
import { writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';

export interface Invites {
  load(): Promise<void>;
  /** A link that holds a week; the one there is, while it holds. Null: the room would not let me. */
  make(room: Room): Promise<string | null>;
  /** Mine, and as an admin everybody's. */
  withdraw(room: Room): Promise<boolean>;
  /** Another member made this one. */
  learn(turn: Turn, room: Room, bytes: Uint8Array): void;
  /** Those that stand and can be answered here, with their secrets; the newest of each person. */
  standing(room: RoomId): readonly (readonly [OperationId, Uint8Array])[];
  /** F5: those that ended lately. Who knocks by one of them is told. */
  ended(room: RoomId): readonly (readonly [OperationId, Uint8Array])[];
  hasEnded(room: RoomId, invite: OperationId): boolean;
  forget(room: RoomId): void;
}

export function createInvites(desk: MembersDesk): Invites {
  const { core, vault } = desk;
  const { suite } = vault;
  /** By their public half: one that was known first is overwritten by nobody, and what fits no operation serves nobody. */
  const open = new Map<RoomId, Map<string, Uint8Array>>();

  const publicOf = (room: RoomId, secret: Uint8Array): string =>
    bytesToHex(suite.signPublic(inviteKeys(suite, { room, secret }).signSecret));

  const secretsIn = (room: RoomId): Map<string, Uint8Array> => {
    const secrets = open.get(room) ?? new Map<string, Uint8Array>();
    open.set(room, secrets);
    return secrets;
  };

  const invitesIn = (room: RoomId): readonly Invite[] => {
    const sealed = vault.room(room);
    return sealed === null ? [] : invitesOf(sealed.graph, core.clock.nowMs());
  };

  const isAttended = ({ endedMs }: Invite): boolean => endedMs !== null && core.clock.nowMs() < endedMs + attendedMs;

  /** One of each person, mine first and then by rank: whoever lets puppets in must not crowd out what others made. */
  const known = (room: RoomId, isWanted: (invite: Invite) => boolean): ReturnType<Invites['standing']> => {
    const secrets = open.get(room);
    const sealed = vault.room(room);
    // Mostly there is none at all.
    if (secrets === undefined || secrets.size === 0 || sealed === null) return [];
    const newest = new Map<PersonId, readonly [OperationId, Uint8Array]>();
    for (const invite of invitesIn(room).filter(isWanted)) {
      const secret = secrets.get(bytesToHex(invite.key));
      if (secret !== undefined) newest.set(invite.by, [invite.operation, secret]);
    }
    const ranks = new Map(summaryOf(sealed.graph).members.map(({ person }, rank) => [person, rank]));
    const rankOf = (person: PersonId): number => (person === vault.keys.person.id ? -1 : (ranks.get(person) ?? ranks.size));
    const ranked = [...newest].sort(([one], [other]) => rankOf(one) - rankOf(other));
    return ranked.slice(0, mostOpen).map(([, each]) => each);
  };

  const keep = (turn: Turn, room: RoomId, key: string, secret: Uint8Array): void => {
    turn.write({ op: 'put', key: keyOf.inviteSecret(room, key), value: secret });
    turn.after(() => void secretsIn(room).set(key, secret));
  };

  const drop = (turn: Turn, room: RoomId, key: string): void => {
    turn.write({ op: 'delete', key: keyOf.inviteSecret(room, key) });
    turn.after(() => void open.get(room)?.delete(key));
  };

  /** Secrets of which no operation tells, the oldest first. */
  const waitingIn = (room: RoomId): readonly string[] => {
    const made = new Set(invitesIn(room).map((each) => bytesToHex(each.key)));
    return [...secretsIn(room).keys()].filter((key) => !made.has(key));
  };

  const standing = (room: RoomId): ReturnType<Invites['standing']> => known(room, ({ endedMs }) => endedMs === null);

  return {
    load: async () => {
      const over: Write[] = [];
      for (const { key, value } of await core.storage.range(under('invite'))) {
        const room = key.split('/')[1] as RoomId;
        const name = publicOf(room, value);
        const invite = invitesIn(room).find((each) => bytesToHex(each.key) === name);
        if (invite === undefined || invite.endedMs === null || isAttended(invite)) secretsIn(room).set(name, value);
        else over.push({ op: 'delete', key });
      }
      if (over.length > 0) await core.commit(over, 'relaxed');
    },
    make: (room) =>
      core.lane.run(async () => {
        const before = room.invite === null ? null : decodeInviteLink(room.invite, core.clock.nowMs());
        const isStanding = before !== null && 'operation' in before && standing(room.id).some(([id]) => id === before.operation);
        if (isStanding) return room.invite;
        const secret = core.entropy.bytes(inviteSecretBytes);
        const expiresHour = hourOf(core.clock.nowMs()) + inviteHours;
        let link: string | null = null;
        const isKept = await vault.turn((turn) => {
          const sealed = turn.room(room.id);
          if (sealed === null) return;
          const key = suite.signPublic(inviteKeys(suite, { room: room.id, secret }).signSecret);
          const done = act(sealed, vault.hands(), { kind: 'invite', key, uses: 0, expiresHour });
          if (isRefusal(done)) return core.log('not-invited', { why: done.refused });
          const operation = done.operations[0]!.id;
          turn.setRoom(done.room);
          desk.castOperations(turn, room, done.operations);
          desk.keepEntry(turn, room, { kind: 'invite', bytes: createWriter().fixed(hexToBytes(operation)).fixed(secret).done() });
          const inviter = hexToBytes(vault.keys.person.id).slice(0, 16);
          link = encodeMemberInvite({ room: room.id, operation, secret, inviter, expiresHour, name: room.name, relays: [] });
          keep(turn, room.id, bytesToHex(key), secret);
          turn.write(writeRoom({ ...room, invite: link }, room.unread));
          turn.after(() => void (room.invite = link));
        });
        return isKept ? link : null;
      }),
    withdraw: (room) =>
      core.lane.run(() =>
        vault.turn((turn) => {
          const sealed = turn.room(room.id);
          for (const { operation, by } of sealed === null ? [] : summaryOf(sealed.graph).invites) {
            const now = turn.room(room.id)!;
            const isMine = by === vault.keys.person.id || room.members.get(vault.keys.us.device.id)?.role === 'admin';
            const done = isMine ? act(now, vault.hands(), { kind: 'withdraw', invite: operation }) : null;
            if (done === null || isRefusal(done)) continue;
            turn.setRoom(done.room);
            desk.castOperations(turn, room, done.operations);
          }
          turn.write(writeRoom({ ...room, invite: null }, room.unread));
          turn.after(() => void (room.invite = null));
        }),
      ),
    learn: (turn, room, bytes) => {
      const operation = bytesToHex(bytes.subarray(0, 32)) as OperationId;
      const secret = bytes.slice(32);
      const key = publicOf(room.id, secret);
      const graph = turn.room(room.id)?.graph;
      const made = graph && nodeOf(graph, operation)?.operation.act;
      const isFalse = made !== undefined && (made?.kind !== 'invite' || bytesToHex(made.key) !== key);
      if (isFalse) return core.log('message-refused', { why: 'bad-key', room: room.id });
      // Its operation may come later. Of what waits so, little is kept.
      const waiting = made === undefined ? [...waitingIn(room.id)] : [];
      for (const each of waiting.slice(0, Math.max(0, waiting.length + 1 - mostWaiting))) drop(turn, room.id, each);
      keep(turn, room.id, key, secret);
    },
    standing,
    ended: (room) => known(room, isAttended),
    hasEnded: (room, invite) => invitesIn(room).some(({ operation, endedMs }) => operation === invite && endedMs !== null),
    forget: (room) => void open.delete(room),
  };
}

/** Each has a place to meet, and a page keeps few of those at a relay. Who made a link answers by it in any case. */
const mostOpen = 6;
const mostWaiting = 16;
/** As cast secrets are served (K9). */
const attendedMs = 24 * 3_600_000;
const inviteHours = 24 * 7;
