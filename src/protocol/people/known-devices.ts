/** Which device is whose, as far as this device has seen: nobody's device changes hands, and none comes back revoked (P3, P4, P6). */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { DeviceId, PersonId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import type { Certificate } from './certificate.ts';
import type { Revocation } from './revocation.ts';

export interface KnownDevice {
  readonly personId: PersonId;
  readonly deviceId: DeviceId;
  /** Disowned: revoked by this person before it was ever seen as theirs. Binds nobody else. */
  readonly state: 'held' | 'revoked' | 'disowned';
}

export type KnownDevices = readonly KnownDevice[];

export interface Met {
  readonly known: KnownDevices;
  /** Never silent (P6). */
  readonly news: 'none' | 'new-person' | 'new-device';
}

/**
 * Only for a certificate whose device has signed with its key: by a bundle, a request, an acceptance. A bare one, and one that begins
 * a session, may be anybody's claim on a stranger's device, and would shut its rightful person out.
 */
export function meetDevice(known: KnownDevices, { personId, deviceId }: Certificate): Met | Refusal {
  const others = known.filter((one) => one.deviceId === deviceId && one.personId !== personId && one.state !== 'disowned');
  if (others.length > 0) return refuse('equivocation');
  const theirs = known.filter((one) => one.personId === personId);
  const same = theirs.find((one) => one.deviceId === deviceId);
  if (same !== undefined) return same.state === 'held' ? { known, news: 'none' } : refuse('revoked');
  const seen = theirs.filter((one) => one.state !== 'disowned');
  if (seen.filter((one) => one.state === 'held').length >= limits.devicesPerPerson) return refuse('too-many');
  const news = seen.length === 0 ? 'new-person' : 'new-device';
  return { known: [...known, { personId, deviceId, state: 'held' }], news };
}

/** P4: it binds its own person's device alone, and for ever. */
export function meetRevocation(known: KnownDevices, { personId, deviceId }: Revocation): KnownDevices | Refusal {
  const at = known.findIndex((one) => one.personId === personId && one.deviceId === deviceId);
  if (at >= 0) return known[at]!.state === 'held' ? known.with(at, { personId, deviceId, state: 'revoked' }) : known;
  const disowned = known.filter((one) => one.personId === personId && one.state === 'disowned');
  if (disowned.length >= limits.disownedDevices) return refuse('too-many');
  return [...known, { personId, deviceId, state: 'disowned' }];
}

/** For the sealed record. Version 1 · count · each person 32 · device 32 · state 1. */
export function encodeKnownDevices(known: KnownDevices): Uint8Array {
  const out = createWriter().u8(version).varint(known.length);
  for (const { personId, deviceId, state } of known)
    out.fixed(hexToBytes(personId)).fixed(hexToBytes(deviceId)).u8(states.indexOf(state));
  return out.done();
}

export function decodeKnownDevices(bytes: Uint8Array): KnownDevices | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const count = read.varint();
  const known: KnownDevice[] = [];
  while (read.isGood() && known.length < count) {
    const personId = bytesToHex(read.fixed(sizes.hash)) as PersonId;
    const deviceId = bytesToHex(read.fixed(sizes.signKey)) as DeviceId;
    const state = states[read.u8()];
    if (state === undefined) return refuse('unknown-kind');
    known.push({ personId, deviceId, state });
  }
  return read.isDone() ? known : refuse('truncated');
}

const version = 1;
const states = ['held', 'revoked', 'disowned'] as const;
