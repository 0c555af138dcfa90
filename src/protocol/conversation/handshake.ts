/** What both ends of a handshake work out: X25519 three ways with ML-KEM, after PQXDH, bound to all that was said. */
import { concat } from '../bytes.ts';
import type { Bundle } from '../people/bundle.ts';
import type { Certificate } from '../people/certificate.ts';
import type { Device } from '../people/device.ts';
import type { SealKey } from '../suite/chain.ts';
import { label, labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';
import { encodeClaims } from './who.ts';
import type { Who } from './who.ts';

/** This device, and its own certificate. */
export interface Us {
  readonly device: Device;
  readonly certificate: Certificate;
}

/** What the initiator shows in the clear. */
export interface Shown {
  readonly e: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** What seals `who`: of what anybody who has the bundle agrees on with its owner. */
export function outerKey(suite: Suite, bundle: Bundle, { e, ciphertext }: Shown, dh3: Uint8Array, shared: Uint8Array): SealKey {
  const both = suite.kdf(suite.hash(concat([bundle.bytes, e, ciphertext])), concat([dh3, shared]), label('initial outer'), 44);
  return { key: both.slice(0, 32), nonce: both.slice(32) };
}

/** Everything that was said, in one hash: whoever heard something else has other keys. */
export const transcriptOf = (suite: Suite, who: Who, bundle: Bundle, { e, ciphertext }: Shown): Uint8Array =>
  suite.hash(
    labelled('handshake', Uint8Array.of(suiteNumber), who.certificate.bytes, bundle.bytes, e, ciphertext, encodeClaims(who)),
  );

/** S15: what a reset's signature is over. */
export const resetClaim = (transcript: Uint8Array): Uint8Array => labelled('reset', transcript);

export interface SessionKeys {
  readonly id: Uint8Array;
  readonly root0: Uint8Array;
  readonly chain0: Uint8Array;
  /** Seals the first content. */
  readonly inner: SealKey;
}

/** `agreed`: DH1 ‖ DH2 ‖ DH3 ‖ the KEM's secret. */
export function sessionKeys(suite: Suite, psk: Uint8Array | null, agreed: Uint8Array, transcript: Uint8Array): SessionKeys {
  const made = suite.kdf(psk ?? noPsk, agreed, concat([label('session'), transcript]), 140);
  return {
    root0: made.slice(0, 32),
    id: made.slice(32, 48),
    chain0: made.slice(48, 80),
    inner: { key: made.slice(80, 112), nonce: made.slice(112, 124) },
  };
}

const suiteNumber = 1;
const noPsk = new Uint8Array(32);
