/** How a page shows a relay that an owner link was opened there: by a signature of the link's own key, which is good for this relay and this word alone. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createWriter } from '../bytes.ts';
import { deriveDevice, isSigned, sign } from '../device.ts';
import type { DeviceId, PeerId } from '../ids.ts';
import type { MeetFrame } from '../meet.ts';

export type Claim = Extract<MeetFrame, { readonly kind: 'claim' }>;

/** What a relay keeps of a link: its secret it does not need again. */
export const keyOfLink = (secret: Uint8Array): Uint8Array => hexToBytes(deriveDevice(secret).id);

export function claimWith(secret: Uint8Array, relay: PeerId, word: Uint8Array): Claim {
  return { kind: 'claim', key: keyOfLink(secret), signature: sign(deriveDevice(secret), signedBytes(relay, word)), word };
}

export const isClaimTrue = ({ key, signature, word }: Claim, relay: PeerId): boolean =>
  // A key of the curve like any; the relay knows it as a link's.
  isSigned(bytesToHex(key) as DeviceId, signedBytes(relay, word), signature);

const signedBytes = (relay: PeerId, word: Uint8Array): Uint8Array =>
  createWriter().fixed(utf8ToBytes('wavu/1 claim')).capped(utf8ToBytes(relay)).fixed(word).done();
