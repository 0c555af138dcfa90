/** Links into a room of members: made, known to its members, taken back. */
import { bytesToHex, createWriter, hexToBytes } from '../../protocol/bytes.ts';
import { decodeInviteLink, encodeMemberInvite, inviteKeys, inviteSecretBytes } from '../../protocol/contact/invite-link.ts';
import { hasExpired, hourOf } from '../../protocol/hour.ts';
import type { OperationId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { leadsTo } from '../../protocol/rooms/graph.ts';
import { act } from '../../protocol/rooms/room.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
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
  /** Those that stand and can be answered here, with their secrets; the newest last. */
  standing(room: RoomId): readonly (readonly [OperationId, Uint8Array])[];
  forget(room: RoomId): void;
}

export function createInvites(desk: MembersDesk): Invites {
  const { core, vault } = desk;
  const { suite } = vault;
  const open = new Map<RoomId, Map<OperationId, Uint8Array>>();

  const learnSecret = (room: RoomId, operation: OperationId, secret: Uint8Array): void => {
    open.set(room, (open.get(room) ?? new Map<OperationId, Uint8Array>()).set(operation, secret));
  };

  const standing = (room: RoomId): readonly (readonly [OperationId, Uint8Array])[] => {
    const sealed = vault.room(room);
    if (sealed === null) return [];
    const nowMs = core.clock.nowMs();
    const { invites: all, removals } = summaryOf(sealed.graph);
    // O7: whoever was put out since may know the secret.
    const isSafe = (invite: OperationId): boolean => removals.every((removal) => leadsTo(sealed.graph, removal, invite));
    const invites = all.filter(
      ({ operation, left, expiresHour }) => left !== 0 && !hasExpired(expiresHour, nowMs) && isSafe(operation),
    );
    const live = new Set(invites.map(({ operation }) => operation));
    return [...(open.get(room) ?? [])].filter(([operation]) => live.has(operation)).slice(-mostOpen);
  };

  return {
    load: async () => {
      for (const { key, value } of await core.storage.range(under('invite'))) {
        const [, room, operation] = key.split('/');
        learnSecret(room as RoomId, operation as OperationId, value);
      }
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
          turn.write({ op: 'put', key: keyOf.inviteSecret(room.id, operation), value: secret });
          turn.write(writeRoom({ ...room, invite: link }, room.unread));
          turn.after(() => {
            learnSecret(room.id, operation, secret);
            room.invite = link;
          });
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
            turn.write({ op: 'delete', key: keyOf.inviteSecret(room.id, operation) });
          }
          turn.write(writeRoom({ ...room, invite: null }, room.unread));
          turn.after(() => {
            room.invite = null;
            open.delete(room.id);
          });
        }),
      ),
    learn: (turn, room, bytes) => {
      const operation = bytesToHex(bytes.subarray(0, 32)) as OperationId;
      const secret = bytes.slice(32);
      turn.write({ op: 'put', key: keyOf.inviteSecret(room.id, operation), value: secret });
      turn.after(() => learnSecret(room.id, operation, secret));
    },
    standing,
    forget: (room) => void open.delete(room),
  };
}

/** Another link for each week; more than two at once nobody needs. */
const mostOpen = 2;
const inviteHours = 24 * 7;
