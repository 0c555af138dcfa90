/** What a device said in a room, with its name under it; holds outside the envelope too, so sync can move it (Y1). */
import { hexToBytes } from '@noble/hashes/utils.js';
import { createWriter, isEqual } from '../bytes.ts';
import type { DeviceId, OperationId, RoomId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

/** Where in a room something was said: once, ever (K6). */
export interface Slot {
  readonly epochId: OperationId;
  readonly device: DeviceId;
  readonly n: number;
}

export interface Signed extends Slot {
  readonly signature: Uint8Array;
  readonly entry: Uint8Array;
}

/** Room 16 · epoch 32 · device 32 · n 4: bound to the sealing, and signed. */
export const slotBytes = (room: RoomId, { epochId, device, n }: Slot): Uint8Array =>
  createWriter().fixed(hexToBytes(room)).fixed(hexToBytes(epochId)).fixed(hexToBytes(device)).u32(n).done();

export const signContent = (suite: Suite, signSecret: Uint8Array, room: RoomId, slot: Slot, content: Uint8Array): Uint8Array =>
  suite.sign(signSecret, labelled('room content', slotBytes(room, slot), content));

/** What sync brought, before it is stored or shown. Whether its device counts is asked of the room. */
export function checkSigned(suite: Suite, room: RoomId, signed: Signed): Signed | Refusal {
  const said = labelled('room content', slotBytes(room, signed), signed.entry);
  return suite.verify(hexToBytes(signed.device), said, signed.signature) ? signed : refuse('bad-signature');
}

/** K6: both hold, both stand at one place, and they are not the same. To be kept both, and shown so. */
export const isEquivocation = (one: Signed, other: Signed): boolean =>
  one.epochId === other.epochId && one.device === other.device && one.n === other.n && !isEqual(one.entry, other.entry);
