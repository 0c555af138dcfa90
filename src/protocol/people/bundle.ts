/** What a device leaves for those who want to write to it while it is away: prekeys under its certificate, 1,484 bytes. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import { hasExpired } from '../hour.ts';
import type { BundleId } from '../ids.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isGoodDhKey, isGoodKemKey } from '../suite/admission.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { certificateBytes, decodeCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import type { Device } from './device.ts';

export interface Bundle {
  readonly bytes: Uint8Array;
  readonly id: BundleId;
  readonly certificate: Certificate;
  readonly dhKey: Uint8Array;
  readonly kemKey: Uint8Array;
  readonly expiresHour: number;
}

/** Erased 7 days after the bundle expires (S2). */
export interface BundleSecrets {
  readonly dhSecret: Uint8Array;
  readonly kemSecret: Uint8Array;
}

export const bundleBytes = 1_484;

/** `certificate` is the device's own. */
export function makeBundle(
  suite: Suite,
  device: Device,
  certificate: Certificate,
  luck: Luck,
  expiresHour: number,
): { readonly bundle: Bundle; readonly secrets: BundleSecrets } {
  const secrets = { dhSecret: luck(sizes.dhKey), kemSecret: luck(sizes.kemSecret) };
  const dhKey = suite.dhPublic(secrets.dhSecret);
  const kemKey = suite.kemPublic(secrets.kemSecret);
  const said = createWriter().u8(version).fixed(certificate.bytes).fixed(dhKey).fixed(kemKey).u32(expiresHour).done();
  const bytes = concat([said, suite.sign(device.signSecret, labelled('bundle', said))]);
  return { bundle: { bytes, id: bundleIdOf(suite, bytes), certificate, dhKey, kemKey, expiresHour }, secrets };
}

/** P5. Costs two signatures. */
export function decodeBundle(suite: Suite, bytes: Uint8Array, nowMs: number): Bundle | Refusal {
  const bundle = readBundle(suite, bytes);
  if (isRefusal(bundle)) return bundle;
  return hasExpired(bundle.expiresHour, nowMs) ? refuse('expired') : bundle;
}

/** Our own, from our storage: it answers initials for a while after it has expired (S2). */
export const readOwnBundle = (suite: Suite, bytes: Uint8Array): Bundle | Refusal =>
  readBundle({ ...suite, verify: () => true }, bytes);

function readBundle(suite: Suite, bytes: Uint8Array): Bundle | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const certificateSaid = read.fixed(certificateBytes);
  const dhKey = read.fixed(sizes.dhKey);
  const kemKey = read.fixed(sizes.kemKey);
  const expiresHour = read.u32();
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  if (!isGoodDhKey(dhKey) || !isGoodKemKey(kemKey)) return refuse('bad-key');
  const certificate = decodeCertificate(suite, certificateSaid);
  if (isRefusal(certificate)) return certificate;
  const said = bytes.subarray(0, bundleBytes - sizes.signature);
  if (!suite.verify(certificate.deviceSignKey, labelled('bundle', said), signature)) return refuse('bad-signature');
  return { bytes: bytes.slice(), id: bundleIdOf(suite, bytes), certificate, dhKey, kemKey, expiresHour };
}

/** For the sealed record: version 1 · dh secret 32 · kem secret 64. */
export const encodeBundleSecrets = (secrets: BundleSecrets): Uint8Array =>
  createWriter().u8(secretsVersion).fixed(secrets.dhSecret).fixed(secrets.kemSecret).done();

export function decodeBundleSecrets(bytes: Uint8Array): BundleSecrets | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== secretsVersion) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const dhSecret = read.fixed(sizes.dhKey);
  const kemSecret = read.fixed(sizes.kemSecret);
  return read.isDone() ? { dhSecret, kemSecret } : refuse('truncated');
}

const version = 2;
const secretsVersion = 1;

const bundleIdOf = (suite: Suite, bytes: Uint8Array): BundleId => bytesToHex(suite.hash(bytes)) as BundleId;
