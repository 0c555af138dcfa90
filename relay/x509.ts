/** A certificate in a few lines of DER (P-256 keys alone), and a private key kept beside its certificate. */
import { X509Certificate, createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { oid, seq, time, tlv } from './der.ts';

export interface CertificateWords {
  readonly serial: Uint8Array;
  /** Both as `commonName` spells them. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly publicKey: KeyObject;
  readonly extensions?: readonly Uint8Array[];
}

export interface Keyed {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

export const makeKeys = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const commonName = (text: string): Buffer => seq(tlv(0x31, seq(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from(text)))));

export function certify(words: CertificateWords, signer: KeyObject): Buffer {
  const algorithm = seq(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)); // ecdsa-with-SHA256
  const { extensions = [] } = words;
  const body = seq(
    tlv(0xa0, tlv(0x02, Buffer.of(2))), // X.509 version 3
    tlv(0x02, words.serial),
    algorithm,
    words.issuer,
    seq(time(words.fromMs), time(words.untilMs)),
    words.subject,
    words.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tlv(0xa3, seq(...extensions))]),
  );
  return seq(body, algorithm, tlv(0x03, Buffer.of(0), sign('sha256', body, signer)));
}

/** `id`: the last byte of 2.5.29.x, under which all the common ones stand. */
export const extension = (id: number, weight: 'critical' | 'plain', value: Uint8Array): Buffer =>
  seq(oid(0x55, 0x1d, id), ...(weight === 'critical' ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value));

/** Tells keys apart where names are the same. An uncompressed P-256 point ends its DER. */
export const keyIdOf = (publicKey: KeyObject): Buffer =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65))
    .digest();

/** What a data folder keeps: the private key's length in two bytes, the key (PKCS 8), the certificate. */
export function packKeyed(privateKey: KeyObject, certificate: Uint8Array): Uint8Array {
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  return new Uint8Array(Buffer.concat([Buffer.of(key.length >> 8, key.length & 0xff), key, certificate]));
}

/** Null: these bytes are no key with its certificate. */
export function readKeyed(bytes: Uint8Array): Keyed | null {
  const keyEnds = 2 + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  try {
    const certificate = new X509Certificate(bytes.subarray(keyEnds));
    const privateKey = createPrivateKey({ key: Buffer.from(bytes.subarray(2, keyEnds)), type: 'pkcs8', format: 'der' });
    return certificate.checkPrivateKey(privateKey) ? { certificate, privateKey } : null;
  } catch {
    return null;
  }
}

export const pemOfKey = (privateKey: KeyObject): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
