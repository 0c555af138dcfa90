/** Begins a session with a device that left a bundle: it need not be there. */
import { concat } from '../bytes.ts';
import type { PersonId } from '../ids.ts';
import type { Bundle } from '../people/bundle.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { asSent } from '../sent.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { pad } from '../wire/bucket.ts';
import { outerKey, resetClaim, sessionKeys, transcriptOf } from './handshake.ts';
import type { Us } from './handshake.ts';
import { initialHead, initialPaddedBytes } from './initial.ts';
import { makeKeyPair } from './ratchet.ts';
import { firstReceiving } from './receiving.ts';
import { firstSending } from './sending.ts';
import { firstState } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import { firstTagBlock } from './tags.ts';
import { encodeWho } from './who.ts';
import type { Who } from './who.ts';

export interface Beginning {
  readonly us: Us;
  /** Theirs, found good (P5). */
  readonly bundle: Bundle;
  readonly content: Uint8Array;
  readonly invite: InviteKey | null;
  /** S15: the initialId of the session this one replaces, or `replacesAll`. */
  readonly replaces: Uint8Array | null;
}

export interface InviteKey {
  readonly id: Uint8Array;
  readonly psk: Uint8Array;
}

export interface Begun {
  /** To be committed before the envelope goes out, and the envelope with it: that is sent until it is acknowledged. */
  readonly state: SessionState;
  readonly who: Who;
  /** Whose device it is for, by its bundle. */
  readonly to: PersonId;
  readonly envelope: Uint8Array;
}

export function begin(suite: Suite, beginning: Beginning, luck: Luck, nowMs: number): Begun | Refusal {
  const { us, bundle, content, invite, replaces } = beginning;
  if (content.length === 0) throw new Error('content has a kind at least');
  if (content.length >= initialPaddedBytes) return refuse('too-big');
  const own = makeKeyPair(suite, luck);
  const made = suite.encapsulate(bundle.kemKey, luck(sizes.kemLuck));
  const dh1 = suite.dh(us.device.dhSecret, bundle.dhKey);
  const dh2 = suite.dh(own.secret, bundle.certificate.deviceDhKey);
  const dh3 = suite.dh(own.secret, bundle.dhKey);
  // S1.
  if (made === null || dh1 === null || dh2 === null || dh3 === null) return refuse('bad-key');
  const shown = { e: own.key, ciphertext: made.ciphertext };
  const who: Who = { certificate: us.certificate, inviteId: invite?.id ?? null, replaces, sentMs: asSent(nowMs) };
  const transcript = transcriptOf(suite, who, bundle, shown);
  // S17: only a reset is signed.
  const signature = replaces === null ? null : suite.sign(us.device.signSecret, resetClaim(transcript));
  const head = initialHead(suite, bundle, shown);
  const outer = outerKey(suite, bundle, shown, dh3, made.shared);
  const beforeContent = concat([head, suite.seal(outer.key, outer.nonce, encodeWho({ ...who, signature }), head)]);
  const { id, root0, chain0, inner } = sessionKeys(suite, invite?.psk ?? null, concat([dh1, dh2, dh3, made.shared]), transcript);
  const sealed = suite.seal(inner.key, inner.nonce, pad(content, initialPaddedBytes), beforeContent);
  const envelope = concat([beforeContent, sealed]);
  const initialId = suite.hash(envelope);
  // S2: of the handshake's secrets only that of `e` lives on, as the first ratchet key.
  const state = firstState({
    ...{ side: 'initiator', id, initialId, root: root0, own, steppedMs: 0 },
    sending: firstSending(firstTagBlock(suite, id, root0, 0), chain0),
    receiving: firstReceiving(firstTagBlock(suite, id, root0, 1), null),
    ...{ luck, nowMs },
  });
  return { state, who, to: bundle.certificate.personId, envelope };
}
