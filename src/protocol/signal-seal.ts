/**
 * Seals what two pages tell each other to connect, so that nobody who carries it can read it, change it, or say it for them.
 *
 * One way, as Noise's X: a fresh key of a dial to the recipient's (e, es), and the sender's own to the recipient's (ss). Both own
 * keys are the PeerIds', mapped from Ed25519 to X25519; they live as long as a page. WIRE.md 9 has the bytes.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, createReader, isEqual } from './bytes.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isGoodDhKey, isGoodSignKey } from './suite/admission.ts';
import { label, labelled } from './suite/label.ts';
import { sizes } from './suite/suite.ts';
import type { CurveSuite, Luck } from './suite/suite.ts';

/** What one peer and I say to each other. */
export interface SignalSeal {
  /** All that I say of one dial: the curve is paid once. Null for more than anybody has to say. */
  begin(dial: Uint8Array, luck: Luck): (body: Uint8Array) => Uint8Array | null;
  /** `bad-seal` for what others sealed, or sealed for others. */
  open(sealed: Uint8Array): DialBytes | Refusal;
  /** That I am who I say, about something we both saw; for them alone. */
  prove(about: Uint8Array): Uint8Array;
  isProof(about: Uint8Array, proof: Uint8Array): boolean;
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
  /** Of all that is said under one fresh key. */
  const lockOf = (way: Uint8Array, e: Uint8Array, fresh: Uint8Array): Lock => {
    const bytes = suite.kdf(suite.hash(concat([way, e])), concat([fresh, shared]), label('signal seal'), lockBytes);
    return { e, key: bytes.subarray(0, sizes.sealKey), nonce: bytes.subarray(sizes.sealKey) };
  };
  /** Theirs, of the dials that are under way. */
  let known: readonly Lock[] = [];
  const proof = (way: Uint8Array, about: Uint8Array): Uint8Array =>
    suite.kdf(suite.hash(concat([way, about])), shared, label('signal proof'), sizes.hash);
  return {
    begin: (dial, luck) => {
      if (dial.length !== dialBytes) throw new Error('a dial of another length');
      const secretOfE = luck(sizes.dhKey);
      const fresh = suite.dh(secretOfE, theirDh);
      if (fresh === null) throw new Error('a good key gave no secret');
      const lock = lockOf(out, suite.dhPublic(secretOfE), fresh);
      let n = 0;
      return (body) => {
        if (n === mostSaid) return null;
        const head = concat([Uint8Array.of(version, n), lock.e]);
        const sealed = suite.seal(lock.key, nonceAt(lock, n), concat([dial, body]), head);
        n += 1;
        return concat([head, sealed]);
      };
    },
    open: (sealed) => {
      if (sealed.length > limits.sealedSignalBytes) return refuse('too-big');
      if (sealed.length > 0 && sealed[0] !== version) return refuse('unknown-version');
      if (sealed.length < headBytes + dialBytes + sizes.sealTag) return refuse('truncated');
      const head = sealed.subarray(0, headBytes);
      const e = sealed.slice(2, headBytes);
      const before = known.find((each) => isEqual(each.e, e));
      const fresh = before === undefined && isGoodDhKey(e) ? suite.dh(secret, e) : null;
      const lock = before ?? (fresh && lockOf(back, e, fresh));
      if (lock === null) return refuse('bad-key');
      const plain = suite.open(lock.key, nonceAt(lock, head[1]!), sealed.subarray(headBytes), head);
      if (plain === null) return refuse('bad-seal');
      if (before === undefined) known = [lock, ...known.slice(0, mostKnown - 1)];
      const read = createReader(plain);
      return { dial: read.fixed(dialBytes), body: read.rest() };
    },
    prove: (about) => proof(out, about),
    isProof: (about, bytes) => isEqual(bytes, proof(back, about)),
  };
}

const version = 2;
const headBytes = 2 + sizes.dhKey;
const lockBytes = sizes.sealKey + sizes.nonce;
const mostSaid = 256;
const mostKnown = 4;

interface Lock {
  readonly e: Uint8Array;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

function nonceAt({ nonce }: Lock, n: number): Uint8Array {
  const own = nonce.slice();
  own[own.length - 1]! ^= n;
  return own;
}

/** Null for a key that may not be let in (P1), or is no point. */
function dhKeyOf(signKey: Uint8Array): Uint8Array | null {
  if (!isGoodSignKey(signKey)) return null;
  try {
    return ed25519.utils.toMontgomery(signKey);
  } catch {
    return null;
  }
}
