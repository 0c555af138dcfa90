/** People with devices and luck from a seed, for tests of rooms. */
import { createHash } from 'node:crypto';
import type { OperationId, RoomId } from '../../../src/protocol/ids.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import type { Certificate } from '../../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../../src/protocol/people/device.ts';
import type { Device } from '../../../src/protocol/people/device.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import type { Person } from '../../../src/protocol/people/person.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { acceptanceOf } from '../../../src/protocol/rooms/act.ts';
import type { Act, Policy } from '../../../src/protocol/rooms/act.ts';
import { commitmentOf } from '../../../src/protocol/rooms/epoch.ts';
import { makeOperation } from '../../../src/protocol/rooms/operation.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import type { Slot } from '../../../src/protocol/rooms/signed.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';

export const startMs = 1_795_000_000_000;
export const hourMs = 3_600_000;

export function luckOf(seed: string): Luck {
  let count = 0;
  return (length) => {
    const parts: Buffer[] = [];
    for (let have = 0; have < length; have += 64)
      parts.push(
        createHash('sha512')
          .update(`${seed} ${(count += 1)}`)
          .digest(),
      );
    return new Uint8Array(Buffer.concat(parts).subarray(0, length));
  };
}

/** Numbers below a limit, from a seed. */
export function diceOf(seed: string): (below: number) => number {
  const luck = luckOf(`dice ${seed}`);
  let bytes = new Uint8Array(0);
  let at = 0;
  return (below) => {
    if (at + 4 > bytes.length) {
      bytes = new Uint8Array(luck(4_096));
      at = 0;
    }
    at += 4;
    return new DataView(bytes.buffer, bytes.byteOffset + at - 4, 4).getUint32(0) % below;
  };
}

export interface Actor {
  readonly name: string;
  readonly person: Person;
  readonly device: Device;
  readonly certificate: Certificate;
}

export function actorOf(suite: Suite, name: string, person?: Person): Actor {
  const luck = luckOf(`actor ${name}`);
  const who = person ?? makePerson(suite, luck);
  const device = makeDevice(suite, luck);
  return { name, person: who, device, certificate: makeCertificate(suite, who, device, 498_000, 2) };
}

export const openPolicy: Policy = { mayRemove: 'members', historyDays: 0, disappearSeconds: 0 };
export const adminPolicy: Policy = { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 };

/** Operations by hand, with parents of one's choosing. */
export interface Writing {
  readonly room: RoomId;
  readonly founding: Operation;
  by(author: Actor, parents: readonly Operation[], act: Act, atMs?: number): Operation;
  add(
    author: Actor,
    parents: readonly Operation[],
    who: Actor,
    invite?: { operation: Operation; secret: Uint8Array } | null,
  ): Operation;
  device(author: Actor, parents: readonly Operation[], who: Actor): Operation;
  invite(
    author: Actor,
    parents: readonly Operation[],
    uses: number,
    expiresHour?: number,
  ): { operation: Operation; secret: Uint8Array };
  remove(author: Actor, parents: readonly Operation[], who: Actor, seq?: number): Operation;
  promote(author: Actor, parents: readonly Operation[], who: Actor, role?: 'admin' | 'member'): Operation;
  rekey(author: Actor, parents: readonly Operation[]): Operation;
}

export function writingOf(suite: Suite, founder: Actor, policy: Policy, seed = 'room'): Writing {
  const luck = luckOf(`writing ${seed}`);
  const seedCommitment = (): Uint8Array => commitmentOf(suite, luck(32));
  const what = {
    kind: 'found',
    luck: luck(16),
    policy,
    certificate: founder.certificate,
    called: founder.name,
    name: 'Room',
  } as const;
  const founding = makeOperation(suite, founder.device, null, startMs, [], { ...what, commitment: seedCommitment() });
  const { room } = founding;
  const by: Writing['by'] = (author, parents, act, atMs = startMs) =>
    makeOperation(
      suite,
      author.device,
      room,
      atMs,
      parents.map((one) => one.id),
      act,
    );
  return {
    room,
    founding,
    by,
    add: (author, parents, who, invite = null) => {
      const asked = { room, invite: (invite?.operation.id ?? null) as OperationId | null };
      const request = makeRequest(suite, asked, who.device, who.certificate, who.name, invite?.secret ?? null);
      return by(author, parents, { kind: 'add', invite: asked.invite, request: request.bytes, commitment: seedCommitment() });
    },
    device: (author, parents, who) =>
      by(author, parents, {
        kind: 'device',
        certificate: who.certificate,
        commitment: seedCommitment(),
        acceptance: suite.sign(who.device.signSecret, acceptanceOf(room, who.certificate)),
      }),
    invite: (author, parents, uses, expiresHour = startMs / hourMs + 48) => {
      const secret = luck(32);
      const key = suite.signPublic(secret);
      return { operation: by(author, parents, { kind: 'invite', key, uses, expiresHour: Math.floor(expiresHour) }), secret };
    },
    remove: (author, parents, who, seq = 0) =>
      by(author, parents, { kind: 'remove', person: who.person.id, lasts: [{ device: who.device.id, seq }] }),
    promote: (author, parents, who, role = 'admin') => by(author, parents, { kind: 'role', person: who.person.id, role }),
    rekey: (author, parents) => by(author, parents, { kind: 'rekey', commitment: seedCommitment() }),
  };
}

export function good<Value extends object>(value: Value | Refusal): Value {
  if (isRefusal(value)) throw new Error(`Refused: ${value.refused}`);
  return value;
}

export const slotName = ({ device, epochId, n }: Slot): string => `${device} ${epochId} ${n}`;
