/** A person's word that a device is theirs: 199 bytes. It names no PeerId and no address (P2). */
import { concat, createReader, createWriter } from '../bytes.ts';
import type { DeviceId, PersonId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isGoodDhKey, isGoodSignKey } from '../suite/admission.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { deviceIdOf } from './device.ts';
import type { Device } from './device.ts';
import { personIdOf } from './person.ts';
import type { Person } from './person.ts';

export interface Certificate {
  readonly bytes: Uint8Array;
  readonly personId: PersonId;
  readonly personSignKey: Uint8Array;
  readonly personDhKey: Uint8Array;
  readonly deviceId: DeviceId;
  readonly deviceSignKey: Uint8Array;
  readonly deviceDhKey: Uint8Array;
  readonly bornHour: number;
  /** The highest version of the wire that the device speaks. */
  readonly speaks: number;
}

export const certificateBytes = 199;

export function makeCertificate(
  suite: Suite,
  person: Person,
  device: Pick<Device, 'signKey' | 'dhKey'>,
  bornHour: number,
  speaks: number,
): Certificate {
  const said = createWriter()
    .u8(version)
    .u8(suiteNumber)
    .fixed(person.signKey)
    .fixed(person.dhKey)
    .fixed(device.signKey)
    .fixed(device.dhKey)
    .u32(bornHour)
    .u8(speaks)
    .done();
  const signature = suite.sign(person.signSecret, labelled('certificate', said));
  return {
    bytes: concat([said, signature]),
    personId: person.id,
    personSignKey: person.signKey,
    personDhKey: person.dhKey,
    deviceId: deviceIdOf(device.signKey),
    deviceSignKey: device.signKey,
    deviceDhKey: device.dhKey,
    bornHour,
    speaks,
  };
}

/** P1, P2. Costs one signature: who meets the same bytes again compares them first. */
export function decodeCertificate(suite: Suite, bytes: Uint8Array): Certificate | Refusal {
  const read = createReader(bytes);
  const isOurs = read.u8() === version && read.u8() === suiteNumber;
  if (!isOurs) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const personSignKey = read.fixed(sizes.signKey);
  const personDhKey = read.fixed(sizes.dhKey);
  const deviceSignKey = read.fixed(sizes.signKey);
  const deviceDhKey = read.fixed(sizes.dhKey);
  const bornHour = read.u32();
  const speaks = read.u8();
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  // A device that claims less would drag its rooms below what this noun itself needs.
  if (speaks < version) return refuse('unknown-version');
  const areGood =
    isGoodSignKey(personSignKey) && isGoodDhKey(personDhKey) && isGoodSignKey(deviceSignKey) && isGoodDhKey(deviceDhKey);
  if (!areGood) return refuse('bad-key');
  const said = bytes.subarray(0, certificateBytes - sizes.signature);
  if (!suite.verify(personSignKey, labelled('certificate', said), signature)) return refuse('bad-signature');
  return {
    bytes: bytes.slice(),
    personId: personIdOf(suite, personSignKey, personDhKey),
    personSignKey,
    personDhKey,
    deviceId: deviceIdOf(deviceSignKey),
    deviceSignKey,
    deviceDhKey,
    bornHour,
    speaks,
  };
}

const version = 2;
const suiteNumber = 1;
