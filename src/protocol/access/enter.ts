/** How a page shows a relay for members that it holds a key: by its signature, which is good for these two and nobody else. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createWriter } from '../bytes.ts';
import { deriveDevice, isSigned, sign } from '../device.ts';
import type { DeviceId, PeerId } from '../ids.ts';
import type { MeetFrame } from '../meet.ts';

export type Enter = Extract<MeetFrame, { readonly kind: 'enter' }>;

/** `seed`: a device's, or the secret half of an invite's key. */
export function enterWith(seed: Uint8Array, relay: PeerId, page: PeerId): Enter {
  const key = deriveDevice(seed);
  return { kind: 'enter', key: hexToBytes(key.id), signature: sign(key, signedBytes(relay, page)) };
}

export const isEnterTrue = ({ key, signature }: Enter, relay: PeerId, page: PeerId): boolean =>
  // Any key of the curve; that it is a device's, whoever keeps the word knows.
  isSigned(bytesToHex(key) as DeviceId, signedBytes(relay, page), signature);

const signedBytes = (relay: PeerId, page: PeerId): Uint8Array =>
  createWriter().fixed(utf8ToBytes('wavu/1 enter')).capped(utf8ToBytes(relay)).capped(utf8ToBytes(page)).done();
