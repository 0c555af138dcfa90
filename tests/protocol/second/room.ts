/** A room's epochs and envelopes (WIRE section 3.4), read a second time. */
import { big, hexOf, insist, join, takerOf, unreadable } from './bytes.ts';
import { readContent } from './content.ts';
import type { SecondContent } from './content.ts';
import { readEnvelope, withoutPadding } from './envelope.ts';
import { H, KDF, MAC, checkSignature, label, openSeal } from './primitives.ts';

export type SecondEpoch = {
  readonly room: Uint8Array;
  readonly epochId: Uint8Array;
  readonly tags: Uint8Array;
  /** Where each device's chain stands: at its head n is 0, later where one was given. */
  readonly chains: readonly { readonly device: Uint8Array; readonly chain: Uint8Array; readonly n: number }[];
};

export type SecondRoomOpened = {
  readonly device: Uint8Array;
  readonly n: number;
  readonly bytes: Uint8Array;
  readonly content: SecondContent;
  readonly signature: Uint8Array;
};

/** [K1] what a seed holds; the seed itself goes. */
export const epochTags = (epochId: Uint8Array, seed: Uint8Array): Uint8Array => KDF(epochId, seed, label('epoch tags'), 32);
export const castSecretOf = (epochId: Uint8Array, seed: Uint8Array): Uint8Array => KDF(epochId, seed, label('cast secret'), 32);
export const headOf = (epochId: Uint8Array, seed: Uint8Array, device: Uint8Array): Uint8Array =>
  KDF(epochId, seed, join(label('head'), device), 32);
/** [K2] of a device that came later. */
export const addedHeadOf = (epochId: Uint8Array, headSeed: Uint8Array, device: Uint8Array): Uint8Array =>
  KDF(epochId, headSeed, join(label('added head'), device), 32);
export const commitmentOf = (seed: Uint8Array): Uint8Array => H(seed);

export const epochOf = (
  room: Uint8Array,
  epochId: Uint8Array,
  seed: Uint8Array,
  devices: readonly Uint8Array[],
  added: readonly { readonly device: Uint8Array; readonly headSeed: Uint8Array }[] = [],
): SecondEpoch => ({
  room,
  epochId,
  tags: epochTags(epochId, seed),
  chains: [
    ...devices.map((device) => ({ device, chain: headOf(epochId, seed, device), n: 0 })),
    ...added.map(({ device, headSeed }) => ({ device, chain: addedHeadOf(epochId, headSeed, device), n: 0 })),
  ],
});

export const tagAt = (tags: Uint8Array, device: Uint8Array, n: number): Uint8Array =>
  MAC(MAC(tags, label('device'), device).slice(0, 32), label('tag'), big(n, 32)).slice(0, 8);

const stepOf = (chain: Uint8Array): { readonly next: Uint8Array; readonly seed: Uint8Array } => {
  const both = MAC(chain, label('message'));
  return { next: both.slice(0, 32), seed: both.slice(32) };
};

/** A chain so many steps on. */
export const chainAfter = (chain: Uint8Array, steps: number): Uint8Array => {
  let now = chain;
  for (let step = 0; step < steps; step += 1) now = stepOf(now).next;
  return now;
};

/** The seed a chain gives so many steps on. */
export const seedAfter = (chain: Uint8Array, steps: number): Uint8Array => stepOf(chainAfter(chain, steps)).seed;

export const sealOf = (seed: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } => {
  const both = MAC(seed, label('seal'));
  return { key: both.slice(0, 32), nonce: both.slice(32, 44) };
};

// [K7] so far ahead a chain is looked at.
const jump = 1_024;

type Place = { readonly device: Uint8Array; readonly chain: Uint8Array; readonly from: number; readonly n: number };
const placesOf = new WeakMap<SecondEpoch, ReadonlyMap<string, Place>>();

/** Every tag of an epoch that could come, and whose it is. */
const placesIn = (epoch: SecondEpoch): ReadonlyMap<string, Place> => {
  const known = placesOf.get(epoch);
  if (known) return known;
  const places = new Map<string, Place>();
  for (const { device, chain, n: from } of epoch.chains)
    for (let n = from; n < from + jump; n += 1) places.set(hexOf(tagAt(epoch.tags, device, n)), { device, chain, from, n });
  placesOf.set(epoch, places);
  return places;
};

export const openRoomEnvelope = (envelope: Uint8Array, epoch: SecondEpoch): SecondRoomOpened => {
  const { rest } = readEnvelope(envelope);
  const found = placesIn(epoch).get(hexOf(rest.take(8)));
  if (!found) throw unreadable('unknown-tag');
  const { device, chain, from, n } = found;
  const before = rest.before();
  const { key, nonce } = sealOf(seedAfter(chain, n - from));
  const place = [epoch.room, epoch.epochId, device, big(n, 32)];
  const inside = withoutPadding(openSeal(key, nonce, rest.rest(), join(...place, before)));
  insist(inside.length > 64, 'truncated');
  const taker = takerOf(inside);
  const [bytes, signature] = [taker.take(inside.length - 64), taker.take(64)];
  checkSignature(device, signature, label('room content'), ...place, bytes);
  return { device, n, bytes, content: readContent(bytes), signature };
};
