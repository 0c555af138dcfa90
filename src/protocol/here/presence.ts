/** A device's own word that it is in a room, for a while: signed, so that others can hand it on, and nobody can say it for somebody else. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concat, createReader, createWriter, hexToBytes } from '../bytes.ts';
import { isSigned, sign, signatureBytes } from '../device.ts';
import type { DeviceKey } from '../device.ts';
import { parseDeviceId } from '../ids.ts';
import type { DeviceId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { asSent, readSent, writeSent } from '../sent.ts';

export interface Presence {
  readonly device: DeviceId;
  /** By its own clock. Of two words of one device the later holds. */
  readonly atMs: number;
  readonly forSeconds: number;
  /** What it is called where no operation says so; else empty. */
  readonly name: string;
}

export const mostPresenceBytes: number = 32 + 5 + 2 + 1 + limits.nameBytes + signatureBytes;

export function encodePresence({ device, atMs, forSeconds, name }: Presence, room: RoomId, key: DeviceKey): Uint8Array {
  const body = writeSent(createWriter().fixed(hexToBytes(device)), atMs)
    .u16(forSeconds)
    .text(name)
    .done();
  return concat([body, sign(key, signedBytes(room, body))]);
}

/** H1. Whose it is and when it was said; whether they said it is for `isPresenceTrue`. */
export function decodePresence(bytes: Uint8Array): Presence | Refusal {
  if (bytes.length <= signatureBytes) return refuse('truncated');
  const read = createReader(bytes.subarray(0, bytes.length - signatureBytes));
  const device = parseDeviceId(bytesToHex(read.fixed(32)));
  const atMs = readSent(read);
  const forSeconds = read.u16();
  const name = read.text(limits.nameBytes);
  if (device === null || !read.isDone()) return refuse('truncated');
  if (forSeconds > limits.hereSeconds) return refuse('too-far');
  return { device, atMs, forSeconds, name };
}

export function isPresenceTrue(bytes: Uint8Array, room: RoomId, device: DeviceId): boolean {
  const end = bytes.length - signatureBytes;
  return isSigned(device, signedBytes(room, bytes.subarray(0, end)), bytes.subarray(end));
}

/** H2: by our own clock, which may differ from theirs. */
export function whyNotNow({ atMs, forSeconds }: Presence, nowMs: number): Refusal | null {
  if (atMs > nowMs + limits.hereSkewMs) return refuse('too-far-ahead');
  return atMs + forSeconds * 1_000 + limits.hereSkewMs < nowMs ? refuse('expired') : null;
}

/** What neighbours call it before they have it. `isGone`: somebody says that it holds no more. */
export const presenceId = ({ device, atMs }: Pick<Presence, 'device' | 'atMs'>, isGone: boolean): string =>
  bytesToHex(
    sha256(
      writeSent(createWriter().fixed(label('here id')).fixed(hexToBytes(device)), asSent(atMs))
        .u8(isGone ? 1 : 0)
        .done(),
    ).subarray(0, presenceIdBytes),
  );

export const presenceIdBytes = 6;

const label = (name: string): Uint8Array => new TextEncoder().encode(`wavu/1 ${name}`);

const signedBytes = (room: RoomId, body: Uint8Array): Uint8Array => concat([label('here'), hexToBytes(room), body]);
