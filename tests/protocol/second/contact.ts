/** Invite links, knocks and pairing codes (WIRE section 6), read a second time. */
import { insist, same, takerOf } from './bytes.ts';
import { readEnvelope, tagOf, withoutPadding } from './envelope.ts';
import { checkRequest, takeRequest } from './operations.ts';
import type { SecondRequest } from './operations.ts';
import { isLive, readBundle, takeVersion } from './people.ts';
import type { SecondBundle } from './people.ts';
import { H, KDF, label, openSeal, publicOf } from './primitives.ts';

export type SecondInvite = {
  readonly room: Uint8Array;
  readonly invite: Uint8Array;
  readonly secret: Uint8Array;
  readonly inviter: Uint8Array;
  readonly expiresHour: number;
  readonly name: string;
  readonly relays: readonly string[];
  readonly key: Uint8Array;
  readonly psk: Uint8Array;
  readonly castSecret: Uint8Array;
  readonly boxSecret: Uint8Array;
};

export type SecondKnock = {
  readonly a: Uint8Array;
  readonly bundle: SecondBundle;
  readonly bundleBytes: Uint8Array;
  readonly request: SecondRequest;
};

export type SecondPairing = {
  readonly half: 'offer' | 'answer';
  readonly personId: Uint8Array;
  readonly pskHalf: Uint8Array;
  readonly signal: Uint8Array;
};

const fromBase64url = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  // Node reads much that nobody writes; what does not come back the same was not base64url.
  insist(Buffer.from(bytes).toString('base64url') === text, 'bad-text');
  return bytes;
};

/** What stands behind `#join/`. [F4] */
export const readInviteLink = (fragment: string, nowHour: number): SecondInvite => {
  const taker = takerOf(fromBase64url(fragment));
  takeVersion(taker);
  const [room, invite, secret, inviter] = [taker.take(16), taker.take(32), taker.take(32), taker.take(16)];
  const [expiresHour, name] = [taker.u32(), taker.text(64)];
  const relays = taker.many(taker.u8(), 4, (one) => one.text(128));
  taker.end();
  insist(isLive(expiresHour, nowHour), 'expired');
  const of = takerOf(KDF(room, secret, label('invite'), 136));
  const [key, psk, castSecret, boxSecret] = [publicOf('ed25519', of.take(32)), of.take(32), of.take(32), of.take(32)];
  return { room, invite, secret, inviter, expiresHour, name, relays, key, psk, castSecret, boxSecret };
};

export const openKnock = (envelope: Uint8Array, link: SecondInvite, nowHour: number): SecondKnock => {
  const { bucket, rest } = readEnvelope(envelope);
  insist(bucket === 12, 'bad-bucket');
  const tag = rest.take(16);
  const bound = rest.before();
  const seal = KDF(tag, link.secret, label('knock'), 44);
  const taker = takerOf(withoutPadding(openSeal(seal.slice(0, 32), seal.slice(32), rest.rest(), bound)));
  const a = taker.take(16);
  insist(same(tagOf(a), tag), 'bad-tag');
  const bundleBytes = taker.take(1_484);
  const bundle = readBundle(bundleBytes, nowHour);
  const request = takeRequest(taker);
  taker.end();
  insist(same(bundle.certificate.bytes, request.certificate.bytes), 'wrong-device');
  checkRequest(request, link.room, link.invite, link.key);
  return { a, bundle, bundleBytes, request };
};

/** Nothing is in it: to be read at all is what it says. */
export const openEnded = (envelope: Uint8Array, secret: Uint8Array, a: Uint8Array): 'ended' => {
  const { bucket, rest } = readEnvelope(envelope);
  insist(bucket === 0, 'bad-bucket');
  const tag = rest.take(16);
  const bound = rest.before();
  const keys = takerOf(KDF(a, secret, label('link ended'), 60));
  insist(same(keys.take(16), tag), 'bad-tag');
  const content = withoutPadding(openSeal(keys.take(32), keys.take(12), rest.rest(), bound));
  takerOf(content).end();
  return 'ended';
};

/** What stands behind `#pair/`. */
export const readPairingLink = (fragment: string): SecondPairing => readPairingCode(fromBase64url(fragment));

export const readPairingCode = (bytes: Uint8Array): SecondPairing => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  const half = taker.u8();
  insist(half === 1 || half === 2, 'unknown-kind');
  const [personId, pskHalf, signal] = [taker.take(16), taker.take(16), taker.bytes(512)];
  taker.end();
  return { half: half === 1 ? 'offer' : 'answer', personId, pskHalf, signal };
};

export const pairingPsk = (offer: SecondPairing, answer: SecondPairing): Uint8Array =>
  H(label('pairing'), offer.pskHalf, answer.pskHalf);
