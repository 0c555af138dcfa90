/** How a link to a relay is begun by hand: its page takes the offer in its address, and shows the answer behind this word. */
import { fromBase64url, toBase64url } from './bytes.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export const relayOfferPath = '/pair';
export const relayAnswerPlace = 'relay';

/** Behind the address of its door. */
export const pathWithOffer = (offer: Uint8Array): string => `${relayOfferPath}?offer=${toBase64url(offer)}`;

/** Of what was asked for at that path. */
export function offerIn(target: string): Uint8Array | Refusal {
  const text = /[?&]offer=([\w-]*)(?:&|$)/.exec(target)?.[1] ?? '';
  if (text.length > mostLetters) return refuse('too-big');
  const offer = fromBase64url(text);
  return offer === null || offer.length === 0 ? refuse('not-a-link') : offer;
}

/** In base64url. */
const mostLetters = Math.ceil((limits.signalBytes * 4) / 3);
