/** The certificate of the second door (webrtc-direct): signed by itself. Its hash stands in the address. */
import { createHash } from 'node:crypto';
import { certify, commonName, makeKeys, packKeyed, pemOfKey, readKeyed } from './x509.ts';

export interface DirectCertificate {
  /** Both PEM. */
  readonly pem: string;
  readonly privateKey: string;
  /** As it stands in multiaddrs. */
  readonly certhash: string;
  readonly validUntilMs: number;
}

/** Addresses are handed on and kept, so it lives long; a page checks the hash, the Noise handshake checks who is there. */
const livesMs = 10 * 365 * 86_400_000;
/** Clocks differ. */
const earlierMs = 86_400_000;

export function makeDirectCertificate(nowMs: number): Uint8Array {
  const { publicKey, privateKey } = makeKeys();
  const name = commonName('wavu relay');
  const span = { fromMs: nowMs - earlierMs, untilMs: nowMs + livesMs };
  return packKeyed(privateKey, certify({ serial: Buffer.of(1), issuer: name, subject: name, ...span, publicKey }, privateKey));
}

/** Null: these bytes are no key with its certificate. */
export function readDirectCertificate(bytes: Uint8Array): DirectCertificate | null {
  const keyed = readKeyed(bytes);
  if (keyed === null) return null;
  const { certificate, privateKey } = keyed;
  const hash = createHash('sha256').update(certificate.raw).digest();
  return {
    pem: certificate.toString(),
    privateKey: pemOfKey(privateKey),
    // Multibase base64url of a multihash: sha2-256, 32 bytes.
    certhash: `u${Buffer.concat([Buffer.of(0x12, 0x20), hash]).toString('base64url')}`,
    validUntilMs: Date.parse(certificate.validTo),
  };
}
