/** Waiting behind a link until a member lets us in, also back into a room we were put out of: what we had stays there meanwhile. */
import { createWriter, hexToBytes, isEqual } from '../../protocol/bytes.ts';
import { castTopic } from '../../protocol/contact/address.ts';
import { endedKeys, openEnded } from '../../protocol/contact/ended.ts';
import type { EndedKeys } from '../../protocol/contact/ended.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import type { InviteKeys, MemberInvite } from '../../protocol/contact/invite-link.ts';
import { openKnock, sealKnock } from '../../protocol/contact/knock.ts';
import { hasExpired } from '../../protocol/hour.ts';
import type { OperationId, RoomId, Topic } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
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
import type { Invites } from './invites.ts';
import { toLinkEnd } from './letters.ts';
import type { Turn } from './vault.ts';
import { readWait, writeWait } from './wait.ts';
import type { Wait } from './wait.ts';

export interface Knocking {
  load(): Promise<void>;
  /** The invite of the link we wait behind. */
  behind(room: RoomId): OperationId | null;
  /** In the turn in which the room is kept: from now on we wait behind this link, and no other. */
  wait(turn: Turn, room: Room, invite: MemberInvite, isOver: boolean): void;
  /** There is a path to somebody who may let us in. */
  knockAt(peer: Peer, room: Room): void;
  /** Of the links that we wait behind or came in by: they open relays for members as well. */
  signSecrets(): readonly Uint8Array[];
  /** The psk of the session in which somebody answers ours. */
  pskOf(inviteId: Uint8Array): Uint8Array | null;
  /** True: somebody knocks by the link we wait behind, and can let nobody in either. */
  onKnock(envelope: Uint8Array, peer: Peer): boolean;
  /** True: somebody who has our link says that it has ended. */
  onEnded(turn: Turn, envelope: Uint8Array): boolean;
  /** We are in, or wait no longer. */
  stop(turn: Turn, room: Room, isIn: boolean): void;
  topicsOf(room: Room, day: number): readonly Topic[];
  forget(room: RoomId): void;
  close(): void;
}

export function createKnocking({ core, vault, peers }: MembersDesk, invites: Pick<Invites, 'learn'>): Knocking {
  const { suite } = vault;
  const waits = new Map<RoomId, Waiting>();
  const cameBy = new Map<RoomId, Uint8Array>();
  let again: Stop | null = null;

  const knockOf = (id: RoomId, waiting: Waiting): Knock | null => {
    const bundle = vault.keys.prekeys[0]?.bundle;
    const me = core.me();
    if (bundle === undefined || me === null) return null;
    if (waiting.knock !== null) return waiting.knock;
    const { operation, secret } = waiting.wait;
    const { device, certificate } = vault.keys.us;
    const request = makeRequest(suite, { room: id, invite: operation }, device, certificate, me.name, waiting.keys.signSecret);
    const ack = vault.luck(ackBytes);
    const bytes = sealKnock(suite, secret, bundle, request.bytes, () => ack);
    waiting.knock = { bytes, ended: endedKeys(suite, secret, ack) };
    return waiting.knock;
  };

  /** Who only waits as we do is nobody to wait for. */
  const mayLetIn = (waiting: Waiting, peer: Peer): boolean =>
    core.clock.ticksMs() - (waiting.fellows.get(peer) ?? -fellowForMs) >= fellowForMs;

  const look = (room: Room, waiting: Waiting): void => {
    const { isOver, expiresHour } = waiting.wait;
    const isAsked = peers.inRoom(room.id).some((peer) => mayLetIn(waiting, peer));
    const now = isOver || hasExpired(expiresHour, core.clock.nowMs()) ? 'over' : isAsked ? 'asked' : 'alone';
    if (room.wait === now) return;
    room.wait = now;
    core.showRooms();
  };

  const hold = (room: Room, wait: Wait): void => {
    const keys = inviteKeys(suite, { room: room.id, secret: wait.secret });
    const waiting: Waiting = { wait, keys, knock: null, fellows: new WeakMap(), restMs: 0 };
    waits.set(room.id, waiting);
    look(room, waiting);
    plan();
  };

  /** Who was there may have been busy, or not have known the invite yet. Whom we meet we knock at in any case. */
  const plan = (): void => {
    again ??= core.clock.after(againMs, () => {
      again = null;
      for (const [id, waiting] of waits) {
        const room = core.rooms.get(id);
        if (room === undefined) continue;
        look(room, waiting);
        waiting.restMs -= againMs;
        if (waiting.restMs > 0) continue;
        waiting.restMs = room.wait === 'over' ? overAgainMs : 0;
        for (const peer of peers.inRoom(id)) knocking.knockAt(peer, room);
      }
      if (waits.size > 0) plan();
    });
  };

  const knocking: Knocking = {
    load: async () => {
      for (const { key, value } of await core.storage.range(under('knock'))) {
        const room = core.rooms.get(key.split('/')[1] as RoomId);
        if (room !== undefined && key === keyOf.cameBy(room.id)) {
          cameBy.set(room.id, value);
          continue;
        }
        const wait = readWait(value);
        if (room !== undefined && wait !== null) hold(room, wait);
      }
    },
    behind: (room) => waits.get(room)?.wait.operation ?? null,
    wait: (turn, room, { operation, secret, inviter, expiresHour }, isOver) => {
      const wait = { operation, secret, inviter, expiresHour, isOver };
      turn.write({ op: 'put', key: keyOf.knock(room.id), value: writeWait(wait) });
      turn.after(() => {
        hold(room, wait);
        for (const peer of peers.inRoom(room.id)) knocking.knockAt(peer, room);
      });
    },
    knockAt: (peer, room) => {
      const waiting = waits.get(room.id);
      const knock = waiting && knockOf(room.id, waiting);
      if (waiting === undefined || !knock || pathOf(peer) === null) return;
      sendTo(peer, frameOf(encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, knock.bytes)));
      look(room, waiting);
    },
    signSecrets: () => [...[...waits.values()].map(({ keys }) => keys.signSecret), ...cameBy.values()],
    pskOf: (inviteId) => {
      for (const { wait, keys } of waits.values()) if (isEqual(inviteIdOf(wait.operation), inviteId)) return keys.psk;
      return null;
    },
    onKnock: (envelope, peer) => {
      for (const [id, waiting] of waits) {
        if (isRefusal(openKnock(suite, waiting.wait.secret, envelope, core.clock.nowMs()))) continue;
        waiting.fellows.set(peer, core.clock.ticksMs());
        const room = core.rooms.get(id);
        if (room !== undefined) look(room, waiting);
        return true;
      }
      return false;
    },
    onEnded: (turn, envelope) => {
      for (const [id, waiting] of waits) {
        const { knock, wait } = waiting;
        if (knock === null || openEnded(suite, knock.ended, envelope) !== null) continue;
        const room = core.rooms.get(id);
        if (wait.isOver || room === undefined) return true;
        const over = { ...wait, isOver: true };
        turn.write({ op: 'put', key: keyOf.knock(id), value: writeWait(over) });
        turn.after(() => {
          // Another may have taken its place.
          if (waits.get(id) !== waiting) return;
          waiting.wait = over;
          look(room, waiting);
        });
        return true;
      }
      return false;
    },
    stop: (turn, room, isIn) => {
      const waiting = waits.get(room.id);
      const secret = waiting?.keys.signSecret;
      // F1: from now on we open to whoever comes after us by it; what was said of it before we came, nobody tells us.
      if (isIn && waiting !== undefined) {
        const { operation, secret: ofLink } = waiting.wait;
        invites.learn(turn, room, createWriter().fixed(hexToBytes(operation)).fixed(ofLink).done());
      }
      turn.write({ op: 'delete', key: keyOf.knock(room.id) });
      if (isIn && secret !== undefined) turn.write({ op: 'put', key: keyOf.cameBy(room.id), value: secret });
      turn.after(() => {
        if (isIn && secret !== undefined) cameBy.set(room.id, secret);
        waits.delete(room.id);
        room.wait = null;
      });
    },
    topicsOf: (room, day) => {
      const waiting = waits.get(room.id);
      return waiting === undefined ? [] : [castTopic(suite, waiting.keys.castSecret, day)];
    },
    forget: (room) => {
      waits.delete(room);
      cameBy.delete(room);
    },
    close: () => again?.(),
  };
  return knocking;
}

interface Waiting {
  wait: Wait;
  readonly keys: InviteKeys;
  /** The same bytes each time, so that it is one knock. */
  knock: Knock | null;
  /** Who knocked by the same link, and when last. */
  readonly fellows: WeakMap<Peer, number>;
  /** Until we knock again at who is there. */
  restMs: number;
}

interface Knock {
  readonly bytes: Uint8Array;
  /** By which somebody would say that the link has ended. */
  readonly ended: EndedKeys;
}

const ackBytes = 16;
const againMs = 10_000;
const overAgainMs = 60_000;
/** Fellows knock again sooner. */
const fellowForMs = 150_000;
