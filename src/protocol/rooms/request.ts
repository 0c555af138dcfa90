/** What a newcomer asks to be let in with: who they are, and proof that they hold the invite. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import type { OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { certificateBytes, decodeCertificate } from '../people/certificate.ts';
import type { Certificate } from '../people/certificate.ts';
import type { Device } from '../people/device.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';

export interface JoinRequest {
  readonly bytes: Uint8Array;
  readonly certificate: Certificate;
  readonly called: string;
}

export interface RequestFor {
  readonly room: RoomId;
  /** Null: an admin lets in whom they know, without an invite. */
  readonly invite: OperationId | null;
}

/** `inviteSecret` signs the proof; without an invite it is zeros, which prove nothing. */
export function makeRequest(
  suite: Suite,
  { room, invite }: RequestFor,
  device: Pick<Device, 'signSecret'>,
  certificate: Certificate,
  called: string,
  inviteSecret: Uint8Array | null,
): JoinRequest {
  const said = createWriter().fixed(certificate.bytes).text(called).done();
  const proof =
    inviteSecret === null ? new Uint8Array(sizes.signature) : suite.sign(inviteSecret, labelled('join', hexToBytes(room), said));
  const signature = suite.sign(device.signSecret, labelled('join request', hexToBytes(room), inviteBytes(invite), said));
  return { bytes: concat([said, proof, signature]), certificate, called };
}

/** F1: `inviteKey` is the one in the signed invite operation, null where there is none. */
export function decodeRequest(
  suite: Suite,
  bytes: Uint8Array,
  { room, invite, inviteKey }: RequestFor & { readonly inviteKey: Uint8Array | null },
): JoinRequest | Refusal {
  const read = createReader(bytes);
  const certified = read.fixed(certificateBytes);
  const called = read.text(limits.nameBytes);
  const proof = read.fixed(sizes.signature);
  const signature = read.fixed(sizes.signature);
  if (!read.isDone()) return refuse('truncated');
  const certificate = decodeCertificate(suite, certified);
  if (isRefusal(certificate)) return certificate;
  const said = bytes.subarray(0, bytes.length - 2 * sizes.signature);
  const isProven =
    inviteKey === null
      ? proof.every((byte) => byte === 0)
      : suite.verify(inviteKey, labelled('join', hexToBytes(room), said), proof);
  const isTheirs = suite.verify(
    certificate.deviceSignKey,
    labelled('join request', hexToBytes(room), inviteBytes(invite), said),
    signature,
  );
  return isProven && isTheirs ? { bytes: bytes.slice(), certificate, called } : refuse('bad-signature');
}

const inviteBytes = (invite: OperationId | null): Uint8Array => (invite === null ? new Uint8Array(32) : hexToBytes(invite));
