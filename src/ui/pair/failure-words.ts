/** What is said of a pairing that failed, and of a code that was not taken: why, and the one next step. */
import type { PairingFailure, PairingRefused } from '../../app/view.ts';
import type { Words } from '../words/words.ts';

export function failureWords(why: PairingFailure, { pair }: Words): string {
  switch (why) {
    case 'unreachable':
      return pair.unreachable;
    case 'expired':
      return pair.expired;
    case 'interrupted':
      return pair.interrupted;
    case 'not-ready':
      return pair.notReady;
  }
}

export function refusalWords(why: PairingRefused, { pair }: Words): string {
  switch (why) {
    case 'unreadable':
      return pair.unreadable;
    case 'invite':
      return pair.isInvite;
    case 'other-version':
      return pair.otherVersion;
    case 'own':
      return pair.own;
    case 'other-pairing':
      return pair.otherPairing;
    case 'busy':
      return pair.busy;
  }
}
