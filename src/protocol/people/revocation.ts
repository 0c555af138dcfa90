/** A person's word that a device is theirs no more (P4): 133 bytes, and it has no end. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import type { DeviceId, PersonId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import type { Certificate } from './certificate.ts';
import { deviceIdOf } from './device.ts';
import type { Person } from './person.ts';

export interface Revocation {
  readonly bytes: Uint8Array;
  readonly personId: PersonId;
  readonly deviceId: DeviceId;
  readonly hour: number;
}

export const revocationBytes = 133;

export function makeRevocation(suite: Suite, person: Person, deviceId: DeviceId, hour: number): Revocation {
  const said = createWriter().u8(version).fixed(hexToBytes(person.id)).fixed(hexToBytes(deviceId)).u32(hour).done();
  const signature = suite.sign(person.signSecret, labelled('revocation', said));
  return { bytes: concat([said, signature]), personId: person.id, deviceId, hour };
}

/** `person` comes from a certificate that held: only there do id and key belong together. */
export function decodeRevocation(
  suite: Suite,
  bytes: Uint8Array,
  person: Pick<Certificate, 'personId' | 'personSignKey'>,
): Revocation | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const personId = bytesToHex(read.fixed(sizes.hash));
  const deviceSignKey = read.fixed(sizes.signKey);
  const hour = read.u32();
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  if (personId !== person.personId) return refuse('bad-id');
  const said = bytes.subarray(0, revocationBytes - sizes.signature);
  if (!suite.verify(person.personSignKey, labelled('revocation', said), signature)) return refuse('bad-signature');
  return { bytes: bytes.slice(), personId: person.personId, deviceId: deviceIdOf(deviceSignKey), hour };
}

const version = 2;
