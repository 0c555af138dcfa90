/** Who begins a session, and over which invite: 316 bytes in an initial that only the bundle's owner reads. */
import { createReader, createWriter } from '../bytes.ts';
import { certificateBytes, decodeCertificate } from '../people/certificate.ts';
import type { Certificate } from '../people/certificate.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { readSent, writeSent } from '../sent.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';

export interface Who {
  readonly certificate: Certificate;
  /** First 16 bytes of the invite operation's id; null: none. */
  readonly inviteId: Uint8Array | null;
  /** The initialId of the session it replaces; null: none. */
  readonly replaces: Uint8Array | null;
  readonly sentMs: number;
}

/** With the device's signature where a session is replaced (S15), else null. */
export interface SignedWho extends Who {
  readonly signature: Uint8Array | null;
}

export const whoBytes = 316;
export const inviteIdBytes = 16;

/** For `replaces`, from who lost everything: whatever stood. */
export const replacesAll: Uint8Array = new Uint8Array(sizes.hash).fill(0xff);

export const encodeWho = (who: SignedWho): Uint8Array =>
  createWriter()
    .fixed(who.certificate.bytes)
    .fixed(encodeClaims(who))
    .fixed(who.signature ?? noSignature)
    .done();

/** Invite, replaced and sent, as they stand here and in the transcript. */
export const encodeClaims = ({ inviteId, replaces, sentMs }: Who): Uint8Array =>
  writeSent(
    createWriter()
      .fixed(inviteId ?? noInvite)
      .fixed(replaces ?? noInitial),
    sentMs,
  ).done();

/** The signature is not checked here: it is over a transcript. Costs the certificate's. */
export function decodeWho(suite: Suite, bytes: Uint8Array): SignedWho | Refusal {
  const read = createReader(bytes);
  const [certified, inviteId, replaces] = [read.fixed(certificateBytes), read.fixed(inviteIdBytes), read.fixed(sizes.hash)];
  const sentMs = readSent(read);
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  if (isZero(replaces) !== isZero(signature)) return refuse('bad-signature');
  const certificate = decodeCertificate(suite, certified);
  if (isRefusal(certificate)) return certificate;
  return { certificate, inviteId: orNull(inviteId), replaces: orNull(replaces), sentMs, signature: orNull(signature) };
}

const noInvite = new Uint8Array(inviteIdBytes);
const noInitial = new Uint8Array(sizes.hash);
const noSignature = new Uint8Array(sizes.signature);

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const orNull = (bytes: Uint8Array): Uint8Array | null => (isZero(bytes) ? null : bytes);
