/** A device: what runs, with keys of its own that never leave it. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { DeviceId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';

export interface Device {
  readonly id: DeviceId;
  readonly signSecret: Uint8Array;
  readonly dhSecret: Uint8Array;
  readonly signKey: Uint8Array;
  readonly dhKey: Uint8Array;
}

export const makeDevice = (suite: Suite, luck: Luck): Device => deviceOf(suite, luck(sizes.signSecret), luck(sizes.dhKey));

export const deviceIdOf = (signKey: Uint8Array): DeviceId => bytesToHex(signKey) as DeviceId;

/** For the sealed record; in no backup (R2). Version 1 · sign secret 32 · dh secret 32. */
export const encodeDevice = (device: Device): Uint8Array =>
  createWriter().u8(version).fixed(device.signSecret).fixed(device.dhSecret).done();

export function decodeDevice(suite: Suite, bytes: Uint8Array): Device | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const signSecret = read.fixed(sizes.signSecret);
  const dhSecret = read.fixed(sizes.dhKey);
  return read.isDone() ? deviceOf(suite, signSecret, dhSecret) : refuse('truncated');
}

const version = 1;

function deviceOf(suite: Suite, signSecret: Uint8Array, dhSecret: Uint8Array): Device {
  const signKey = suite.signPublic(signSecret);
  return { id: deviceIdOf(signKey), signSecret, dhSecret, signKey, dhKey: suite.dhPublic(dhSecret) };
}
