/** The certificate of the second door (webrtc-direct): P-256, signed by itself, in a few lines of DER. Its hash stands in the address. */
import { X509Certificate, createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { oid, seq, time, tlv } from './der.ts';

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

/** What the data folder keeps: the private key's length in two bytes, the key (PKCS 8), the certificate. */
export function makeDirectCertificate(nowMs: number): Uint8Array {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = seq(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)); // ecdsa-with-SHA256
  const name = seq(tlv(0x31, seq(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from('wavu relay')))));
  const body = seq(
    tlv(0xa0, tlv(0x02, Buffer.of(2))), // X.509 version 3
    tlv(0x02, Buffer.of(1)),
    algorithm,
    name,
    seq(time(nowMs - earlierMs), time(nowMs + livesMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const certificate = seq(body, algorithm, tlv(0x03, Buffer.of(0), sign('sha256', body, privateKey)));
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  return new Uint8Array(Buffer.concat([Buffer.of(key.length >> 8, key.length & 0xff), key, certificate]));
}

/** Null: these bytes are no key with its certificate. */
export function readDirectCertificate(bytes: Uint8Array): DirectCertificate | null {
  const keyEnds = 2 + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  try {
    const certificate = new X509Certificate(bytes.subarray(keyEnds));
    const key = createPrivateKey({ key: Buffer.from(bytes.subarray(2, keyEnds)), type: 'pkcs8', format: 'der' });
    if (!certificate.checkPrivateKey(key)) return null;
    const hash = createHash('sha256').update(certificate.raw).digest();
    return {
      pem: certificate.toString(),
      privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      // Multibase base64url of a multihash: sha2-256, 32 bytes.
      certhash: `u${Buffer.concat([Buffer.of(0x12, 0x20), hash]).toString('base64url')}`,
      validUntilMs: Date.parse(certificate.validTo),
    };
  } catch {
    return null;
  }
}
