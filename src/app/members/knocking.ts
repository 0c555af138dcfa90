/** Waiting behind a link until a member lets us in. */
import { bytesToHex, createReader, createWriter, hexToBytes, isEqual } from '../../protocol/bytes.ts';
import { castTopic } from '../../protocol/contact/address.ts';
import { inviteKeys, inviteSecretBytes } from '../../protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import { sealKnock } from '../../protocol/contact/knock.ts';
import type { OperationId, RoomId, Topic } from '../../protocol/ids.ts';
import { makeRequest } from '../../protocol/rooms/request.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import type { Stop } from '../../ports/clock.ts';
import { frameOf } from '../delivery/say.ts';
import { pathOf, sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import type { Room } from '../rooms/room.ts';
import { inviteIdOf } from './desk.ts';
import type { MembersDesk } from './desk.ts';
import { toLinkEnd } from './post.ts';
import type { Turn } from './vault.ts';

export interface Knocking {
  load(): Promise<void>;
  /** In the turn in which the room is kept: from now on we wait behind this link. */
  wait(turn: Turn, invite: MemberInvite): void;
  /** There is a path to somebody who may let us in. */
  knockAt(peer: Peer, room: Room): void;
  /** The psk of the session in which somebody answers ours. */
  pskOf(inviteId: Uint8Array): Uint8Array | null;
  /** We are in. */
  came(turn: Turn, room: Room): void;
  topicsOf(room: Room, day: number): readonly Topic[];
  forget(room: RoomId): void;
  close(): void;
}

export function createKnocking({ core, vault, peers }: MembersDesk): Knocking {
  const { suite } = vault;
  const waits = new Map<RoomId, Wait>();
  let again: Stop | null = null;

  const knockOf = (room: Room): Uint8Array | null => {
    const wait = waits.get(room.id);
    const bundle = vault.keys.prekeys[0]?.bundle;
    const me = core.me();
    if (wait === undefined || bundle === undefined || me === null) return null;
    const { signSecret } = inviteKeys(suite, wait);
    const to = { room: room.id, invite: wait.operation };
    const request = makeRequest(suite, to, vault.keys.us.device, vault.keys.us.certificate, me.name, signSecret);
    wait.knock ??= sealKnock(suite, wait.secret, bundle, request.bytes, vault.luck);
    return wait.knock;
  };

  const knocking: Knocking = {
    load: async () => {
      for (const { key, value } of await core.storage.range(under('knock'))) {
        const room = key.split('/')[1] as RoomId;
        const read = createReader(value);
        const operation = bytesToHex(read.fixed(32)) as OperationId;
        const secret = read.fixed(inviteSecretBytes);
        const inviter = read.fixed(16);
        const expiresHour = read.u32();
        if (!read.isDone()) continue;
        const { psk, castSecret } = inviteKeys(suite, { room, secret });
        waits.set(room, { room, operation, secret, inviter, expiresHour, name: '', relays: [], psk, castSecret, knock: null });
      }
    },
    wait: (turn, invite) => {
      const { operation, secret, inviter, expiresHour } = invite;
      const value = createWriter().fixed(hexToBytes(operation)).fixed(secret).fixed(inviter).u32(expiresHour).done();
      turn.write({ op: 'put', key: keyOf.knock(invite.room), value });
      const { psk, castSecret } = inviteKeys(suite, invite);
      turn.after(() => void waits.set(invite.room, { ...invite, psk, castSecret, knock: null }));
    },
    knockAt: (peer, room) => {
      const knock = knockOf(room);
      if (knock === null || pathOf(peer) === null) return;
      sendTo(peer, frameOf(encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, knock)));
      // Who was there may have been busy, or not have known the invite yet.
      again ??= core.clock.after(againMs, () => {
        again = null;
        for (const id of waits.keys()) {
          const waiting = core.rooms.get(id);
          if (waiting?.stage !== 'knocking') continue;
          for (const each of peers.inRoom(id)) knocking.knockAt(each, waiting);
        }
      });
    },
    pskOf: (inviteId) => {
      for (const wait of waits.values()) if (isEqual(inviteIdOf(wait.operation), inviteId)) return wait.psk;
      return null;
    },
    came: (turn, room) => {
      turn.write({ op: 'delete', key: keyOf.knock(room.id) });
      turn.after(() => void waits.delete(room.id));
    },
    topicsOf: (room, day) => {
      const wait = waits.get(room.id);
      return wait === undefined ? [] : [castTopic(suite, wait.castSecret, day)];
    },
    forget: (room) => void waits.delete(room),
    close: () => again?.(),
  };
  return knocking;
}

interface Wait extends MemberInvite {
  readonly psk: Uint8Array;
  readonly castSecret: Uint8Array;
  /** The same bytes each time, so that it is one knock. */
  knock: Uint8Array | null;
}

const againMs = 10_000;
