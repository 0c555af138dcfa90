/**
 * A certificate authority of this relay's own, for a house without a name on the internet. Whoever trusts it trusts it inside the fence
 * alone: the constraint is critical, so what cannot read it must refuse the whole.
 */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Entropy } from '../src/ports/entropy.ts';
import { oid, seq, tlv } from './der.ts';
import { namesIn } from './http/certificate.ts';
import type { Certificate } from './http/certificate.ts';
import { addressBytes, fenceBytes } from './lan-fence.ts';
import { certify, commonName, extension, keyIdOf, makeKeys, packKeyed, pemOfKey, readKeyed } from './x509.ts';

export interface Authority {
  readonly der: Uint8Array;
  /** Of the whole certificate, for people to compare. */
  readonly fingerprint: string;
  /** The one name under `.local` it may speak for; null: none. */
  readonly localName: string | null;
  readonly validUntilMs: number;
  readonly privateKey: KeyObject;
}

/** Where it is handed out. The ending is what systems open it by. */
export const authorityPath = '/wavu-authority.crt';

export interface LeafNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** What the TLS of a house shows. */
export type Leaf = Pick<Certificate, 'cert' | 'key' | 'names' | 'validUntilMs' | 'covers'>;

export function makeAuthority(nowMs: number, entropy: Entropy, localName: string | null): Uint8Array {
  const { publicKey, privateKey } = makeKeys();
  const name = commonName(nameOf(localName));
  const permitted = [
    ...fenceBytes().map((bytes) => tlv(0x87, bytes)),
    ...['localhost', ...(localName === null ? [] : [localName])].map((each) => tlv(0x82, Buffer.from(each))),
  ];
  const extensions = [
    extension(0x13, 'critical', seq(tlv(0x01, Buffer.of(0xff)), tlv(0x02, Buffer.of(0)))), // an authority, of leaves alone
    extension(0x0f, 'critical', tlv(0x03, Buffer.of(2, 0x04))), // signs certificates
    extension(0x25, 'plain', forServers),
    extension(0x1e, 'critical', seq(tlv(0xa0, ...permitted.map((each) => seq(each))))),
    extension(0x0e, 'plain', tlv(0x04, keyIdOf(publicKey))),
  ];
  const atMs = Math.max(nowMs, writtenMs);
  const span = { fromMs: atMs - earlierMs, untilMs: atMs + authorityLivesMs };
  const certificate = certify(
    { serial: serialFrom(entropy), issuer: name, subject: name, ...span, publicKey, extensions },
    privateKey,
  );
  return packKeyed(privateKey, certificate);
}

/** Null: these bytes are no authority with its key. */
export function readAuthority(bytes: Uint8Array): Authority | null {
  const keyed = readKeyed(bytes);
  if (keyed === null || !keyed.certificate.ca) return null;
  const { certificate, privateKey } = keyed;
  return {
    der: new Uint8Array(certificate.raw),
    fingerprint: certificate.fingerprint256,
    localName: certificate.subject.slice(`CN=${nameOf(null)} `.length) || null,
    validUntilMs: Date.parse(certificate.validTo),
    privateKey,
  };
}

/** One certificate for all names and addresses of now, with a key of its own. */
export function makeLeaf(authority: Authority, nowMs: number, entropy: Entropy, { names, addresses }: LeafNames): Uint8Array {
  const { publicKey, privateKey } = makeKeys();
  const atMs = Math.max(nowMs, writtenMs);
  const alternatives = seq(
    ...names.map((each) => tlv(0x82, Buffer.from(each))),
    ...addresses.map((each) => tlv(0x87, addressBytes(each))),
  );
  const certificate = certify(
    {
      serial: serialFrom(entropy),
      issuer: commonName(nameOf(authority.localName)),
      subject: commonName('Wavu relay in this house'),
      fromMs: atMs - earlierMs,
      untilMs: Math.min(atMs + leafLivesMs, authority.validUntilMs),
      publicKey,
      extensions: [
        extension(0x0f, 'critical', tlv(0x03, Buffer.of(7, 0x80))), // signs handshakes
        extension(0x25, 'plain', forServers),
        extension(0x11, 'plain', alternatives),
        extension(0x23, 'plain', seq(tlv(0x80, keyIdOf(createPublicKey(authority.privateKey))))),
      ],
    },
    authority.privateKey,
  );
  return packKeyed(privateKey, certificate);
}

/** Null: not a leaf of this authority. */
export function readLeaf(authority: Authority, bytes: Uint8Array): Leaf | null {
  const keyed = readKeyed(bytes);
  if (keyed === null || !keyed.certificate.verify(createPublicKey(authority.privateKey))) return null;
  const { certificate, privateKey } = keyed;
  return {
    cert: certificate.toString(),
    key: pemOfKey(privateKey),
    names: namesIn(certificate.subjectAltName ?? ''),
    validUntilMs: Date.parse(certificate.validTo),
    covers: ({ kind, name }) => (kind === 'name' ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
  };
}

const nameOf = (localName: string | null): string => `Wavu relay${localName === null ? '' : ` ${localName}`}`;
const forServers = seq(oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01));

/** To trust it is work for people: long. Its leaves come and go by themselves. */
const authorityLivesMs = 10 * 365 * 86_400_000;
/** 397 days is the least that any browser's rule grants. */
const leafLivesMs = 395 * 86_400_000;
/** A small computer without a battery begins in 1970, and hears of the day later. It is never earlier than this. */
const writtenMs = Date.UTC(2026, 10, 1);
/** Clocks differ. */
const earlierMs = 86_400_000;

/** Positive, never zero, 16 bytes. */
function serialFrom(entropy: Entropy): Buffer {
  const serial = Buffer.from(entropy.bytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}
