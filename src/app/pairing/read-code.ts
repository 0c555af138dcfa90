/** What somebody scanned or pasted: a code of a pairing, or why it is none. */
import type { PairingRefused } from '../view.ts';
import { decodePairingCode } from '../../protocol/contact/pairing-code.ts';
import type { PairingCode } from '../../protocol/contact/pairing-code.ts';
import { isRefusal } from '../../protocol/refusal.ts';

export type ReadCode = { readonly code: PairingCode } | { readonly refused: PairingRefused };

export function readCode(text: string): ReadCode {
  const code = decodePairingCode(text);
  if (!isRefusal(code)) return { code };
  const start = text.trim().slice(0, lookedAt);
  // Any word may read as bytes of some version.
  if (code.refused === 'unknown-version' && pairingLike.test(start)) return { refused: 'other-version' };
  return { refused: inviteLike.test(start) ? 'invite' : 'unreadable' };
}

const pairingLike = /(^|#)pair\//;
/** People mix up the two kinds of codes. */
const inviteLike = /(^|#)join\//;
const lookedAt = 400;
