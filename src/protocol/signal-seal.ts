/**
 * Seals what two pages tell each other to connect, so that nobody who carries it can read it, change it, or say it for them.
 *
 * One way, as Noise's X: a fresh key to the recipient's (e, es), and the sender's own to the recipient's (ss). Both own keys are
 * the PeerIds', mapped from Ed25519 to X25519; they live as long as a page. WIRE.md 9 has the bytes.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, createReader } from './bytes.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isGoodDhKey, isGoodSignKey } from './suite/admission.ts';
import { label, labelled } from './suite/label.ts';
import { sizes } from './suite/suite.ts';
import type { CurveSuite, Luck } from './suite/suite.ts';

/** What one peer and I say to each other. */
export interface SignalSeal {
  seal(plain: DialBytes, luck: Luck): Uint8Array;
  /** `bad-seal` for what others sealed, or sealed for others. */
  open(sealed: Uint8Array): DialBytes | Refusal;
}

export interface DialBytes {
  /** Luck of whoever began this dial: what belongs to another says nothing here. */
  readonly dial: Uint8Array;
  readonly body: Uint8Array;
}

/** An Ed25519 key whose secret we have. */
export interface OwnKey {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

export const dialBytes = 8;

export function createSignalSeal(suite: CurveSuite, mine: OwnKey, theirs: Uint8Array): SignalSeal | Refusal {
  const theirDh = dhKeyOf(theirs);
  const secret = ed25519.utils.toMontgomerySecret(mine.seed);
  const shared = theirDh && suite.dh(secret, theirDh);
  if (theirDh === null || shared === null) return refuse('bad-key');
  const out = labelled('signal', mine.publicKey, theirs);
  const back = labelled('signal', theirs, mine.publicKey);
  const lock = (way: Uint8Array, head: Uint8Array, fresh: Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] => {
    const bytes = suite.kdf(suite.hash(concat([way, head])), concat([fresh, shared]), label('signal seal'), keyBytes);
    return [bytes.subarray(0, sizes.sealKey), bytes.subarray(sizes.sealKey), head];
  };
  return {
    seal: ({ dial, body }, luck) => {
      if (dial.length !== dialBytes) throw new Error('a dial of another length');
      const e = luck(sizes.dhKey);
      const fresh = suite.dh(e, theirDh);
      if (fresh === null) throw new Error('a good key gave no secret');
      const [key, nonce, head] = lock(out, concat([Uint8Array.of(version), suite.dhPublic(e)]), fresh);
      return concat([head, suite.seal(key, nonce, concat([dial, body]), head)]);
    },
    open: (sealed) => {
      if (sealed.length > limits.sealedSignalBytes) return refuse('too-big');
      if (sealed.length > 0 && sealed[0] !== version) return refuse('unknown-version');
      if (sealed.length < headBytes + dialBytes + sizes.sealTag) return refuse('truncated');
      const head = sealed.subarray(0, headBytes);
      const e = head.subarray(1);
      const fresh = isGoodDhKey(e) ? suite.dh(secret, e) : null;
      if (fresh === null) return refuse('bad-key');
      const [key, nonce] = lock(back, head, fresh);
      const plain = suite.open(key, nonce, sealed.subarray(headBytes), head);
      if (plain === null) return refuse('bad-seal');
      const read = createReader(plain);
      return { dial: read.fixed(dialBytes), body: read.rest() };
    },
  };
}

const version = 2;
const headBytes = 1 + sizes.dhKey;
const keyBytes = sizes.sealKey + sizes.nonce;

/** Null for a key that may not be let in (P1), or is no point. */
function dhKeyOf(signKey: Uint8Array): Uint8Array | null {
  if (!isGoodSignKey(signKey)) return null;
  try {
    return ed25519.utils.toMontgomery(signKey);
  } catch {
    return null;
  }
}
