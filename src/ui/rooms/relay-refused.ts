/** What is said of a relay that was not linked: why, and the next step. */
import type { RelayRefused } from '../../app/view.ts';
import type { Words } from '../words/words.ts';

export function relayRefusedWords(why: RelayRefused, { join }: Words): string {
  switch (why) {
    case 'unreadable':
      return join.relayUnreadable;
    case 'own':
      return join.relayOwn;
    case 'unreachable':
      return join.relayUnreachable;
    case 'stopped':
      return join.relayStopped;
    case 'not-answer':
      return join.notAnswer;
    case 'expired':
      return join.answerExpired;
    case 'not-linked':
      return join.notLinked;
  }
}
