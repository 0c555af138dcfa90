/** A device's signed word of how far it has an author's messages: on its way to an author to whom it knows no path. */
import { bytesToHex, concat, createWriter, hexToBytes } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import { isSigned, sign, signatureBytes } from '../device.ts';
import type { DeviceKey } from '../device.ts';
import type { DeviceId, RoomId, Short } from '../ids.ts';
import { limits } from '../limits.ts';

export interface Clock {
  readonly device: DeviceId;
  readonly author: Short;
  /** Every message up to there. */
  readonly upTo: number;
  readonly signature: Uint8Array;
}

export const signClock = (room: RoomId, key: DeviceKey, author: Short, upTo: number): Clock => ({
  device: key.id,
  author,
  upTo,
  signature: sign(key, signedBytes(room, key.id, author, upTo)),
});

export const isClockTrue = (room: RoomId, { device, author, upTo, signature }: Clock): boolean =>
  isSigned(device, signedBytes(room, device, author, upTo), signature);

export const writeClock = ({ device, author, upTo, signature }: Clock): Uint8Array =>
  concat([bytesOf(device, author, upTo), signature]);

/** What it reads after the end is nothing: see `isGood` of the reader. */
export const readClock = (read: Reader): Clock => ({
  device: bytesToHex(read.fixed(32)) as DeviceId,
  author: bytesToHex(read.fixed(8)) as Short,
  upTo: Math.min(read.varint(), limits.number),
  signature: read.fixed(signatureBytes),
});

const bytesOf = (device: DeviceId, author: Short, upTo: number): Uint8Array =>
  createWriter().fixed(hexToBytes(device)).fixed(hexToBytes(author)).varint(upTo).done();

const signedBytes = (room: RoomId, device: DeviceId, author: Short, upTo: number): Uint8Array =>
  concat([new TextEncoder().encode('wavu/1 here has'), hexToBytes(room), bytesOf(device, author, upTo)]);
