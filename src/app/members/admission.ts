/** Somebody knocks: the member who stands nearest lets them in, and tells them all that they need to be one of us. */
import { bytesToHex, isEqual } from '../../protocol/bytes.ts';
import { endedKeys, sealEnded } from '../../protocol/contact/ended.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import { openKnock } from '../../protocol/contact/knock.ts';
import type { Knock } from '../../protocol/contact/knock.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import { hourMs } from '../../protocol/hour.ts';
import type { DeviceId, OperationId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { limits } from '../../protocol/limits.ts';
import { headsOf, operationsOf } from '../../protocol/rooms/graph.ts';
import type { Operation } from '../../protocol/rooms/operation.ts';
import { decodeRequest } from '../../protocol/rooms/request.ts';
import { admit } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import { encodeAcknowledgement } from '../../protocol/wire/acknowledgement.ts';
import { encodeHop } from '../../protocol/wire/hop.ts';
import { frameOf } from '../delivery/say.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import type { Room } from '../rooms/room.ts';
import { inviteIdOf } from './desk.ts';
import type { MembersDesk } from './desk.ts';
import type { Invites } from './invites.ts';
import { toLinkEnd } from './letters.ts';
import type { Turn } from './vault.ts';
import { clocksOf } from './voice.ts';

export interface Admission {
  /** Somebody's knock, if it is one that can be read here: let in, or told that the link has ended. */
  onKnock(envelope: Uint8Array, peer: Peer): boolean;
  /** A device of a member says, as nobody else could, that it has nothing of the room: it gets all, under new keys. */
  onLost(turn: Turn, room: Room, device: DeviceId): Promise<void>;
}

export interface AdmissionHands {
  onAdmitted(room: Room): void;
  /** New keys for everybody who is in. */
  rekey(turn: Turn, room: Room): Promise<boolean>;
}

export function createAdmission(desk: MembersDesk, invites: Invites, { onAdmitted, rekey }: AdmissionHands): Admission {
  const { core, vault, post, peers } = desk;
  const { suite } = vault;
  const answering = new Set<string>();
  /** When somebody who is in already was asked whether they lost their keys, and given new ones. */
  const doneMs = new Map<string, number>();
  /** Since when somebody we let in knocks on, as if our answer were nothing to them. */
  const deafSinceMs = new Map<string, number>();

  /** The nearest to the knock first, the others in case it does not answer (F2). */
  const answer = (room: Room, invite: OperationId, secret: Uint8Array, knock: Knock, peer: Peer): void => {
    const { deviceId } = knock.bundle.certificate;
    const name = `${room.id}/${deviceId}`;
    if (answering.has(name)) return;
    answering.add(name);
    const nearness = (device: DeviceId): string => bytesToHex(suite.hash(new TextEncoder().encode(device + deviceId)));
    const mine = nearness(vault.keys.us.device.id);
    const here = peers.inRoom(room.id).flatMap((each) => each.device ?? []);
    const before = here.filter((device) => room.members.has(device) && nearness(device) < mine).length;
    const operations = (): readonly Operation[] => operationsOf(vault.room(room.id)!.graph);
    const known = operations().length;
    core.clock.after(before * turnMs, () => {
      answering.delete(name);
      // Another let them in: from who does so too they could not read it, and they may have gone since.
      const isAnswered = (): boolean =>
        operations()
          .slice(known)
          .some(({ act }) => act.kind === 'add' && isEqual(act.request, knock.request));
      if (vault.room(room.id) === null || isAnswered()) return;
      void core.lane.run(() => letIn(room, invite, secret, knock, peer));
    });
  };

  const letIn = async (room: Room, invite: OperationId, secret: Uint8Array, knock: Knock, peer: Peer): Promise<void> => {
    const { deviceId, personId } = knock.bundle.certificate;
    const { psk } = inviteKeys(suite, { room: room.id, secret });
    await vault.turn(async (turn) => {
      const sealed = turn.room(room.id);
      if (sealed === null || room.stage !== 'in' || vault.lackedIn(room.id).length > 0) return;
      const isIn = [...room.members].some(([device, member]) => device === deviceId && member.person === personId);
      const before = sendingEpoch(sealed);
      const done = isIn ? null : admit(sealed, vault.hands(), knock.request, invite);
      if (done !== null && isRefusal(done)) return core.log('not-admitted', { why: done.refused });
      if (done !== null) turn.setRoom(done.room);
      turn.after(() => {
        peer.rooms.add(room.id);
        sendTo(peer, frameOf(encodeAcknowledgement(knock.ack)));
      });
      turn.write({ op: 'put', key: keyOf.bundle(deviceId), value: knock.bundle.bytes });
      const { sessions } = turn.pair(deviceId);
      // They took another link meanwhile, and cannot read what is sealed under the first.
      const isDeaf = isIn && post.awaits(deviceId) && !sessions.some(({ isShared }) => isShared) && isDeafFor(deviceId);
      // Let in before, and on the way: by the first of it they show who they are, and get the rest.
      if (isIn && post.awaits(deviceId) && !isDeaf) return post.guess(turn, deviceId, nothingSaid, peer);
      // What follows is too much for the first envelope.
      const by = { id: inviteIdOf(invite), psk };
      const isBegun = isDeaf
        ? await post.beginAnew(turn, deviceId, { bundle: knock.bundle, invite: by })
        : (isIn && sessions.length > 0) || post.begin(turn, knock.bundle, nothingSaid, by);
      if (!isBegun) return;
      turn.after(() => post.flush(peer, deviceId));
      // In, and knocks: it may have lost all it had. Or somebody says its knock once more, who cannot answer on a session.
      if (isIn) return void (isHourPast(`asked/${room.id}/${deviceId}`) && (await tellPlace(turn, room, deviceId, true)));
      await tellAll(turn, room, deviceId);
      for (const { device, body } of done?.heads ?? []) await post.send(turn, device, encodeBetween({ kind: 'heads', body }));
      for (const { devices, body } of done?.rows ?? []) {
        for (const device of devices) await post.send(turn, device, encodeBetween({ kind: 'seed-row', body }));
      }
      if (done !== null) desk.castOperations(turn, room, done.operations, before ?? undefined);
      await tellPlace(turn, room, deviceId, false);
      for (const body of done?.headEntries ?? []) {
        const said = desk.keepEntry(turn, room, { kind: 'head', bytes: body });
        // The cast is settled once anybody has it, and the newcomer can say nothing before.
        if (said !== null) await desk.tell(turn, room.id, deviceId, { kind: 'entries', entries: [said] });
      }
      turn.after(() => onAdmitted(room));
    });
  };

  const isDeafFor = (device: DeviceId): boolean => {
    const nowMs = core.clock.ticksMs();
    const sinceMs = deafSinceMs.get(device);
    if (sinceMs === undefined) deafSinceMs.set(device, nowMs);
    if (sinceMs === undefined || nowMs - sinceMs < deafMs) return false;
    return deafSinceMs.delete(device);
  };

  const isHourPast = (name: string): boolean => {
    const nowMs = core.clock.ticksMs();
    if (nowMs - (doneMs.get(name) ?? -hourMs) < hourMs) return false;
    doneMs.set(name, nowMs);
    return true;
  };

  const tellPlace = (turn: Turn, room: Room, device: DeviceId, asks: boolean): Promise<boolean> => {
    const clocks = clocksOf(room).filter(({ seq }) => seq > 0);
    const heads = headsOf(turn.room(room.id)!.graph).slice(0, limits.operationParents);
    return desk.tell(turn, room.id, device, { kind: 'summary', asks, heads, clocks });
  };

  /** Every operation of the room, parents first. */
  const tellAll = (turn: Turn, room: Room, device: DeviceId): Promise<void> =>
    desk.tellOperations(turn, room.id, device, operationsOf(turn.room(room.id)!.graph));

  return {
    onLost: async (turn, room, device) => {
      // Under the keys of before it must not begin again (K10).
      if (!isHourPast(`keyed/${room.id}/${device}`) || !(await rekey(turn, room))) return;
      await tellAll(turn, room, device);
      await tellPlace(turn, room, device, false);
    },
    onKnock: (envelope, peer) => {
      let isRead = false;
      for (const room of core.rooms.values()) {
        if (room.kind !== 'members' || room.stage !== 'in') continue;
        for (const [operation, secret] of invites.standing(room.id)) {
          const knock = openKnock(suite, secret, envelope, core.clock.nowMs());
          if (isRefusal(knock)) continue;
          const inviteKey = suite.signPublic(inviteKeys(suite, { room: room.id, secret }).signSecret);
          const request = decodeRequest(suite, knock.request, { room: room.id, invite: operation, inviteKey });
          isRead = true;
          if (isRefusal(request)) {
            core.log('knock-refused', { why: request.refused });
            // Another member may have made an invite of the same key, and this is not theirs.
            continue;
          }
          answer(room, operation, secret, knock, peer);
          return true;
        }
        for (const [, secret] of invites.ended(room.id)) {
          const knock = openKnock(suite, secret, envelope, core.clock.nowMs());
          if (isRefusal(knock)) continue;
          // F5: smaller than what asked for it, and nothing of it is kept.
          const ended = sealEnded(suite, endedKeys(suite, secret, knock.ack));
          sendTo(peer, frameOf(encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: toLinkEnd }, ended)));
          return true;
        }
      }
      return isRead;
    },
  };
}

const turnMs = 1_500;
/** Knocks come every ten seconds. */
const deafMs = 25_000;
