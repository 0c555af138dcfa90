/** An owner link that was opened: said to the relay once it is there, until it answers. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ClaimOutcome, MeetFrame } from '../../protocol/meet.ts';
import { claimWith } from '../../protocol/square/claim.ts';
import type { ClaimView } from '../view.ts';

export interface Claim {
  begin(secret: Uint8Array): void;
  /** The relay is there, or the Square. */
  goOn(): void;
  answered(outcome: ClaimOutcome): void;
  state(): ClaimView | null;
  /** The person has seen how it ended. */
  forget(): void;
  close(): void;
}

/** `word`: what the new owner says first; `relay`: who is asked; null: not yet. `say` answers whether it went out. */
export function createClaim(
  core: Core,
  hands: { word(): Uint8Array | null; relay(): PeerId | null; say(frame: MeetFrame): boolean; changed(): void },
): Claim {
  let secret: Uint8Array | null = null;
  let state: ClaimView | null = null;
  let waiting: Stop | null = null;
  let tries = 0;

  const end = (outcome: ClaimView): void => {
    waiting?.();
    secret = null;
    state = outcome;
    hands.changed();
  };
  const claim: Claim = {
    begin: (wanted) => {
      waiting?.();
      [secret, state, tries] = [wanted, 'claiming', 0];
      waiting = core.clock.after(answerMs, () => end('unanswered'));
      hands.changed();
      claim.goOn();
    },
    goOn: () => {
      const [word, relay] = secret === null ? [null, null] : [hands.word(), hands.relay()];
      if (secret === null || word === null || relay === null || tries === mostTries) return;
      // The secret stays here: this relay may be another than the one that made the link.
      if (hands.say(claimWith(secret, relay, word))) tries += 1;
    },
    answered: (outcome) => {
      if (secret === null) return;
      // Somebody's word came between: ours is to be the next after it.
      if (outcome === 'behind' && tries < mostTries) return claim.goOn();
      end(outcome === 'behind' || outcome === 'refused' ? 'unanswered' : outcome);
    },
    state: () => state,
    forget: () => {
      if (secret === null) state = null;
    },
    close: () => waiting?.(),
  };
  return claim;
}

const answerMs = 20_000;
const mostTries = 4;
