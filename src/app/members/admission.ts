/** Somebody knocks: the member who stands nearest lets them in, and tells them all that they need to be one of us. */
import { bytesToHex } from '../../protocol/bytes.ts';
import { inviteKeys } from '../../protocol/contact/invite-link.ts';
import { openKnock } from '../../protocol/contact/knock.ts';
import type { Knock } from '../../protocol/contact/knock.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import type { DeviceId, OperationId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { headsOf, operationsOf } from '../../protocol/rooms/graph.ts';
import { decodeRequest } from '../../protocol/rooms/request.ts';
import { admit } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import { encodeAcknowledgement } from '../../protocol/wire/acknowledgement.ts';
import { frameOf } from '../delivery/say.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import { keyOf } from '../records.ts';
import type { Room } from '../rooms/room.ts';
import { inviteIdOf } from './desk.ts';
import type { MembersDesk } from './desk.ts';
import type { Invites } from './invites.ts';
import type { Turn } from './vault.ts';
import { clocksOf } from './voice.ts';

export interface Admission {
  /** Somebody's knock, if it is one that can be read here. */
  onKnock(envelope: Uint8Array, peer: Peer): boolean;
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
  /** When somebody who is in already was given new keys. */
  const keyedMs = new Map<string, number>();

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
    core.clock.after(before * turnMs, () => {
      answering.delete(name);
      void core.lane.run(() => letIn(room, invite, secret, knock, peer));
    });
  };

  const letIn = async (room: Room, invite: OperationId, secret: Uint8Array, knock: Knock, peer: Peer): Promise<void> => {
    const { deviceId, personId } = knock.bundle.certificate;
    const { psk } = inviteKeys(suite, { room: room.id, secret });
    let didAdmit = false;
    const isKept = await vault.turn(async (turn) => {
      const sealed = turn.room(room.id);
      if (sealed === null || room.stage !== 'in') return;
      const isIn = [...room.members].some(([device, member]) => device === deviceId && member.person === personId);
      const before = sendingEpoch(sealed);
      const done = isIn ? null : admit(sealed, vault.hands(), knock.request, invite);
      if (done !== null && isRefusal(done)) return core.log('not-admitted', { why: done.refused });
      if (done !== null) turn.setRoom(done.room);
      turn.write({ op: 'put', key: keyOf.bundle(deviceId), value: knock.bundle.bytes });
      // Let in before, and on the way: what was sent then is sent again by itself.
      if (isIn && post.awaits(deviceId)) return void (didAdmit = true);
      // In, and knocks: it has lost its keys, as who left while nobody heard it. Under those of before it must not begin again (K10).
      const isLost = isIn && isHourPast(`${room.id}/${deviceId}`);
      if (isIn && !isLost) return void (didAdmit = true);
      // What follows is too much for the first envelope.
      const hasSession = turn.pair(deviceId).sessions.length > 0;
      if (!(isLost && hasSession) && !post.begin(turn, knock.bundle, nothingSaid, { id: inviteIdOf(invite), psk })) return;
      if (isLost && !(await rekey(turn, room))) return;
      const now = turn.room(room.id)!;
      await tellAll(turn, room, deviceId);
      for (const { device, body } of done?.heads ?? []) await post.send(turn, device, encodeBetween({ kind: 'heads', body }));
      for (const { devices, body } of done?.rows ?? []) {
        for (const device of devices) await post.send(turn, device, encodeBetween({ kind: 'seed-row', body }));
      }
      if (done !== null) desk.castOperations(turn, room, done.operations, before ?? undefined);
      const clocks = clocksOf(room).filter(({ seq }) => seq > 0);
      await desk.tell(turn, room.id, deviceId, { kind: 'summary', asks: false, heads: headsOf(now.graph).slice(0, 16), clocks });
      for (const body of done?.headEntries ?? []) {
        const said = desk.keepEntry(turn, room, { kind: 'head', bytes: body });
        // The cast is settled once anybody has it, and the newcomer can say nothing before.
        if (said !== null) await desk.tell(turn, room.id, deviceId, { kind: 'entries', number: 0, entries: [said] });
      }
      didAdmit = true;
    });
    if (!isKept || !didAdmit) return;
    peer.device = deviceId;
    peer.rooms.add(room.id);
    sendTo(peer, frameOf(encodeAcknowledgement(knock.ack)));
    post.flush(peer);
    onAdmitted(room);
  };

  const isHourPast = (name: string): boolean => {
    const nowMs = core.clock.ticksMs();
    if (nowMs - (keyedMs.get(name) ?? -hourMs) < hourMs) return false;
    keyedMs.set(name, nowMs);
    return true;
  };

  /** Every operation of the room, parents first. */
  const tellAll = (turn: Turn, room: Room, device: DeviceId): Promise<void> =>
    desk.tellOperations(turn, room.id, device, operationsOf(turn.room(room.id)!.graph));

  return {
    onKnock: (envelope, peer) => {
      for (const room of core.rooms.values()) {
        if (room.kind !== 'members' || room.stage !== 'in') continue;
        for (const [operation, secret] of invites.standing(room.id)) {
          const knock = openKnock(suite, secret, envelope, core.clock.nowMs());
          if (isRefusal(knock)) continue;
          const inviteKey = suite.signPublic(inviteKeys(suite, { room: room.id, secret }).signSecret);
          const request = decodeRequest(suite, knock.request, { room: room.id, invite: operation, inviteKey });
          if (isRefusal(request)) core.log('knock-refused', { why: request.refused });
          else answer(room, operation, secret, knock, peer);
          return true;
        }
      }
      return false;
    },
  };
}

const turnMs = 1_500;
const hourMs = 3_600_000;
