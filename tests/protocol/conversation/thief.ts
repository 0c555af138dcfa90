/** Attackers for the tests of theft: what they hold they really hold, and they use the product's own machine, as far as it goes. */
import { concat } from '../../../src/protocol/bytes.ts';
import { walk } from '../../../src/protocol/conversation/ratchet.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { sealKeyOf } from '../../../src/protocol/suite/chain.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';

/** Every key a stolen state holds or gives by going forward: of skipped seeds and of both chains, `ahead` steps each. */
export function seedsIn(suite: Suite, { sending, receiving }: SessionState, ahead: number): readonly Uint8Array[] {
  const theirs = receiving.chain === null ? [] : walk(suite, receiving.chain.chain, ahead).seeds;
  return [...receiving.skipped.map(({ seed }) => seed), ...walk(suite, sending.chain, ahead).seeds, ...theirs];
}

/** Tries each on an envelope, whatever its number and however long its header. */
export const opensWith = (suite: Suite, seeds: readonly Uint8Array[], sessionId: Uint8Array, envelope: Uint8Array): boolean =>
  seeds.some((seed) => {
    const { key, nonce } = sealKeyOf(suite, seed);
    return [51, 52].some(
      (head) => suite.open(key, nonce, envelope.subarray(head), concat([sessionId, envelope.subarray(0, head)])) !== null,
    );
  });

/** Somebody else's KEM: every secret agreed on is another, except for keys the attacker holds. All else is true. */
export const withoutKem = (suite: Suite, held: (secret: Uint8Array) => boolean = () => false): Suite => ({
  ...suite,
  encapsulate: (theirs, luck) => {
    const made = suite.encapsulate(theirs, luck);
    return made && { ...made, shared: suite.hash(made.shared) };
  },
  decapsulate: (secret, ciphertext) => {
    const shared = suite.decapsulate(secret, ciphertext);
    return shared === null || held(secret) ? shared : suite.hash(shared);
  },
});

/** The same for X25519. */
export const withoutDh = (suite: Suite): Suite => ({
  ...suite,
  dh: (secret, theirs) => {
    const shared = suite.dh(secret, theirs);
    return shared && suite.hash(shared);
  },
});

/** Luck that can be drawn again by who replays the machine: from any point on, in the same order. */
export interface ReplayedLuck {
  readonly luck: Luck;
  again(from: number): Luck;
  drawn(): number;
}

export function replayed(source: Luck): ReplayedLuck {
  const draws: Uint8Array[] = [];
  return {
    luck: (length) => {
      const bytes = source(length);
      draws.push(bytes);
      return bytes.slice();
    },
    again: (from) => {
      let at = from;
      return (length) => {
        const bytes = draws[at];
        at += 1;
        if (bytes?.length !== length) throw new Error('the attacker fell out of step');
        return bytes.slice();
      };
    },
    drawn: () => draws.length,
  };
}
