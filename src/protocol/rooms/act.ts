/** What an operation does: the body of each kind, read and written. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import type { DeviceId, OperationId, PersonId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { certificateBytes, decodeCertificate } from '../people/certificate.ts';
import type { Certificate } from '../people/certificate.ts';
import { revocationBytes } from '../people/revocation.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';

export interface Policy {
  readonly mayRemove: 'admins' | 'members';
  /** 0 none, 255 all. */
  readonly historyDays: number;
  /** 0 never. */
  readonly disappearSeconds: number;
}

export type Role = 'member' | 'admin';

/** A device that goes, and the last of its entries that counts. */
export interface LastSeq {
  readonly device: DeviceId;
  readonly seq: number;
}

export type Act =
  | {
      readonly kind: 'found';
      readonly luck: Uint8Array;
      readonly policy: Policy;
      readonly commitment: Uint8Array;
      readonly certificate: Certificate;
      readonly called: string;
      readonly name: string;
    }
  | { readonly kind: 'invite'; readonly key: Uint8Array; readonly uses: number; readonly expiresHour: number }
  | { readonly kind: 'withdraw'; readonly invite: OperationId }
  /** The request is read where the invite is known. */
  | { readonly kind: 'add'; readonly invite: OperationId | null; readonly request: Uint8Array; readonly commitment: Uint8Array }
  | { readonly kind: 'leave' }
  | { readonly kind: 'remove'; readonly person: PersonId; readonly lasts: readonly LastSeq[] }
  /** The revocation is read where its person's key is known. */
  | { readonly kind: 'revoke'; readonly revocation: Uint8Array; readonly device: DeviceId; readonly seq: number }
  | { readonly kind: 'role'; readonly person: PersonId; readonly role: Role }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'rekey'; readonly commitment: Uint8Array }
  | {
      readonly kind: 'device';
      readonly certificate: Certificate;
      readonly commitment: Uint8Array;
      readonly acceptance: Uint8Array;
    }
  | { readonly kind: 'call-me'; readonly called: string }
  /** O2. `number` is its kind on the wire. */
  | { readonly kind: 'unknown'; readonly number: number; readonly body: Uint8Array };

export const actKinds = {
  unknown: 0,
  found: 1,
  invite: 2,
  withdraw: 3,
  add: 4,
  leave: 5,
  remove: 6,
  revoke: 7,
  role: 8,
  rename: 9,
  policy: 10,
  rekey: 11,
  device: 12,
  'call-me': 13,
} as const;

export function writeAct(out: Writer, act: Act): Writer {
  switch (act.kind) {
    case 'found':
      writePolicy(out.fixed(act.luck), act.policy).fixed(act.commitment).fixed(act.certificate.bytes);
      return out.text(act.called).text(act.name);
    case 'invite':
      return out.fixed(act.key).u16(act.uses).u32(act.expiresHour);
    case 'withdraw':
      return out.fixed(hexToBytes(act.invite));
    case 'add':
      return out
        .fixed(act.invite === null ? new Uint8Array(32) : hexToBytes(act.invite))
        .fixed(act.request)
        .fixed(act.commitment);
    case 'leave':
      return out;
    case 'remove':
      out.fixed(hexToBytes(act.person)).u8(act.lasts.length);
      for (const last of act.lasts) out.fixed(hexToBytes(last.device)).varint(last.seq);
      return out;
    case 'revoke':
      return out.fixed(act.revocation).varint(act.seq);
    case 'role':
      return out.fixed(hexToBytes(act.person)).u8(roles.indexOf(act.role) + 1);
    case 'rename':
      return out.text(act.name);
    case 'policy':
      return writePolicy(out, act.policy);
    case 'rekey':
      return out.fixed(act.commitment);
    case 'device':
      return out.fixed(act.certificate.bytes).fixed(act.commitment).fixed(act.acceptance);
    case 'call-me':
      return out.text(act.called);
    case 'unknown':
      throw new Error('Nobody here writes an operation they do not know');
  }
}

/** What the new device puts its name to, so that nobody takes it into a room it does not want. */
export const acceptanceOf = (room: RoomId, certificate: Certificate): Uint8Array =>
  labelled('device in room', hexToBytes(room), certificate.bytes);

export function readAct(suite: Suite, number: number, body: Uint8Array, room: RoomId, author: DeviceId): Act | Refusal {
  const read = createReader(body);
  const act = readFields(suite, read, number, room, author);
  if (isRefusal(act)) return act;
  return read.isDone() ? act : refuse('truncated');
}

const mays = ['admins', 'members'] as const;
const roles = ['member', 'admin'] as const;

function readFields(suite: Suite, read: Reader, number: number, room: RoomId, author: DeviceId): Act | Refusal {
  switch (number) {
    case actKinds.found: {
      const luck = read.fixed(16);
      const policy = readPolicy(read);
      const commitment = read.fixed(32);
      const certified = read.fixed(certificateBytes);
      const called = read.text(limits.nameBytes);
      const name = read.text(limits.roomNameBytes);
      if (!read.isGood()) return refuse('truncated');
      if (isRefusal(policy)) return policy;
      const certificate = decodeCertificate(suite, certified);
      if (isRefusal(certificate)) return certificate;
      // Nobody founds a room with somebody else's device.
      return certificate.deviceId === author
        ? { kind: 'found', luck, policy, commitment, certificate, called, name }
        : refuse('bad-id');
    }
    case actKinds.invite:
      return { kind: 'invite', key: read.fixed(32), uses: read.u16(), expiresHour: read.u32() };
    case actKinds.withdraw:
      return { kind: 'withdraw', invite: readId(read) };
    case actKinds.add: {
      const invite = read.fixed(32);
      const rest = read.rest();
      if (rest.length < 32) return refuse('truncated');
      const request = rest.slice(0, -32);
      return {
        kind: 'add',
        invite: invite.every((byte) => byte === 0) ? null : idOf(invite),
        request,
        commitment: rest.slice(-32),
      };
    }
    case actKinds.leave:
      return { kind: 'leave' };
    case actKinds.remove: {
      const person = bytesToHex(read.fixed(32)) as PersonId;
      const count = read.u8();
      if (count > limits.devicesPerPerson) return refuse('too-many');
      const lasts = Array.from({ length: count }, () => ({ device: bytesToHex(read.fixed(32)) as DeviceId, seq: read.varint() }));
      return { kind: 'remove', person, lasts };
    }
    case actKinds.revoke: {
      const revocation = read.fixed(revocationBytes);
      const device = bytesToHex(revocation.subarray(33, 65)) as DeviceId;
      return { kind: 'revoke', revocation, device, seq: read.varint() };
    }
    case actKinds.role: {
      const person = bytesToHex(read.fixed(32)) as PersonId;
      const role = roles[read.u8() - 1];
      return role === undefined ? refuse(read.isGood() ? 'unknown-kind' : 'truncated') : { kind: 'role', person, role };
    }
    case actKinds.rename:
      return { kind: 'rename', name: read.text(limits.roomNameBytes) };
    case actKinds.policy: {
      const policy = readPolicy(read);
      return isRefusal(policy) ? policy : { kind: 'policy', policy };
    }
    case actKinds.rekey:
      return { kind: 'rekey', commitment: read.fixed(32) };
    case actKinds.device: {
      const certificate = decodeCertificate(suite, read.fixed(certificateBytes));
      const commitment = read.fixed(32);
      const acceptance = read.fixed(sizes.signature);
      if (isRefusal(certificate)) return certificate;
      return suite.verify(certificate.deviceSignKey, acceptanceOf(room, certificate), acceptance)
        ? { kind: 'device', certificate, commitment, acceptance }
        : refuse('bad-signature');
    }
    case actKinds['call-me']:
      return { kind: 'call-me', called: read.text(limits.nameBytes) };
    default:
      return { kind: 'unknown', number, body: read.rest() };
  }
}

const idOf = (bytes: Uint8Array): OperationId => bytesToHex(bytes) as OperationId;
const readId = (read: Reader): OperationId => idOf(read.fixed(32));

const writePolicy = (out: Writer, policy: Policy): Writer =>
  out
    .u8(mays.indexOf(policy.mayRemove) + 1)
    .u8(policy.historyDays)
    .u32(policy.disappearSeconds);

function readPolicy(read: Reader): Policy | Refusal {
  const mayRemove = mays[read.u8() - 1];
  const historyDays = read.u8();
  const disappearSeconds = read.u32();
  // Not `unknown-kind` alone: a later version may know a third way, and then says so by its kind.
  return mayRemove === undefined
    ? refuse(read.isGood() ? 'unknown-kind' : 'truncated')
    : { mayRemove, historyDays, disappearSeconds };
}
