/** Opens the initial of a device that begins a session, and answers with a ratchet key of its own from the first envelope on. */
import { concat } from '../bytes.ts';
import { hourOf } from '../hour.ts';
import type { Bundle, BundleSecrets } from '../people/bundle.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { isGoodDhKey } from '../suite/admission.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { unpad } from '../wire/bucket.ts';
import { outerKey, resetClaim, sessionKeys, transcriptOf } from './handshake.ts';
import type { SessionKeys, Us } from './handshake.ts';
import { decodeInitial, initialFor } from './initial.ts';
import type { Initial } from './initial.ts';
import { makeKeyPair, stepRoot } from './ratchet.ts';
import { firstReceiving } from './receiving.ts';
import { firstSending } from './sending.ts';
import { firstState } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import { firstTagBlock } from './tags.ts';
import { decodeWho } from './who.ts';
import type { Who } from './who.ts';

/** What a device answers initials with. */
export interface Doorway {
  readonly us: Us;
  readonly prekeys: readonly Prekey[];
  /** Null for an invite that is not known here. */
  readonly pskOf: (inviteId: Uint8Array) => Uint8Array | null;
  /** S3. */
  readonly isSeen: (initialId: Uint8Array) => boolean;
}

export interface Prekey {
  readonly bundle: Bundle;
  readonly secrets: BundleSecrets;
}

export interface Accepted {
  /** To be committed, and its initialId as seen, before anything is sealed with it and before `a` is revealed. */
  readonly state: SessionState;
  readonly who: Who;
  readonly content: Uint8Array;
  /** Revealing it acknowledges the initial. */
  readonly a: Uint8Array;
  /** The initialId is remembered through this hour. */
  readonly seenUntilHour: number;
}

/** S2: the last hour in which a bundle's secrets are kept. */
export const prekeyEndsHour = ({ expiresHour }: Pick<Bundle, 'expiresHour'>): number => expiresHour + keptHours;

/** Tells which device it is, not that anybody wants to hear from it: that is for the caller, before the state is committed. */
export function accept(suite: Suite, doorway: Doorway, envelope: Uint8Array, luck: Luck, nowMs: number): Accepted | Refusal {
  const initial = decodeInitial(envelope);
  if (isRefusal(initial)) return initial;
  const found = findPrekey(suite, doorway.prekeys, envelope);
  if (found === null) return refuse('unknown-tag');
  const { prekey, a } = found;
  const initialId = suite.hash(envelope);
  if (doorway.isSeen(initialId)) return refuse('repeated');
  const seenUntilHour = prekeyEndsHour(prekey.bundle);
  if (hourOf(nowMs) > seenUntilHour) return refuse('expired');
  const agreed = agree(suite, doorway, prekey, initial);
  if (isRefusal(agreed)) return agreed;
  const { who, keys } = agreed;
  const { id, root0, chain0, inner } = keys;
  const padded = suite.open(inner.key, inner.nonce, initial.sealedContent, initial.beforeContent);
  if (padded === null) return refuse('bad-seal');
  const content = unpad(padded);
  if (isRefusal(content)) return content;
  if (content.length === 0) return refuse('truncated');
  // S4.
  const own = makeKeyPair(suite, luck);
  const step = stepRoot(suite, root0, own.secret, initial.e, 0, null);
  if (step === null) return refuse('bad-key');
  const state = firstState({
    ...{ side: 'responder', id, initialId, root: step.root, own, steppedMs: nowMs },
    sending: firstSending(firstTagBlock(suite, id, root0, 1), step.chain),
    receiving: firstReceiving(firstTagBlock(suite, id, root0, 0), { theirs: initial.e, epoch: 0, start: 0, chain: chain0 }),
    ...{ luck, nowMs },
  });
  return { state, who, content, a, seenUntilHour };
}

/** S3: what acknowledges an initial once more that was taken before. Null: it was for none of these. */
export const acknowledgementOf = (suite: Suite, prekeys: readonly Prekey[], envelope: Uint8Array): Uint8Array | null =>
  findPrekey(suite, prekeys, envelope)?.a ?? null;

function findPrekey(
  suite: Suite,
  prekeys: readonly Prekey[],
  envelope: Uint8Array,
): { readonly prekey: Prekey; readonly a: Uint8Array } | null {
  for (const prekey of prekeys) {
    const a = initialFor(suite, prekey.bundle, envelope);
    if (a !== null) return { prekey, a };
  }
  return null;
}

/** Reads who it is, checks what they claim, and works the session's keys out. */
function agree(
  suite: Suite,
  { us, pskOf }: Doorway,
  { bundle, secrets }: Prekey,
  initial: Initial,
): { readonly who: Who; readonly keys: SessionKeys } | Refusal {
  const dh3 = isGoodDhKey(initial.e) ? suite.dh(secrets.dhSecret, initial.e) : null;
  const shared = suite.decapsulate(secrets.kemSecret, initial.ciphertext);
  // S1.
  if (dh3 === null || shared === null) return refuse('bad-key');
  const outer = outerKey(suite, bundle, initial, dh3, shared);
  const opened = suite.open(outer.key, outer.nonce, initial.sealedWho, initial.beforeWho);
  if (opened === null) return refuse('bad-seal');
  const said = decodeWho(suite, opened);
  if (isRefusal(said)) return said;
  const { signature, ...who } = said;
  if (who.certificate.deviceId === us.device.id) return refuse('not-lawful');
  const psk = who.inviteId === null ? null : pskOf(who.inviteId);
  if (who.inviteId !== null && psk === null) return refuse('unknown-invite');
  const transcript = transcriptOf(suite, who, bundle, initial);
  // S15. That a reset has a signature and nothing else has, was seen as who was read.
  if (signature !== null && !suite.verify(who.certificate.deviceSignKey, resetClaim(transcript), signature))
    return refuse('bad-signature');
  const dh1 = suite.dh(secrets.dhSecret, who.certificate.deviceDhKey);
  const dh2 = suite.dh(us.device.dhSecret, initial.e);
  if (dh1 === null || dh2 === null) return refuse('bad-key');
  return { who, keys: sessionKeys(suite, psk, concat([dh1, dh2, dh3, shared]), transcript) };
}

/** A week. */
const keptHours = 168;
