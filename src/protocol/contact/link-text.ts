/** Bytes behind the `#` of a link, which no server is ever sent (F3): out as text, and back from whatever people paste. */
import { fromBase64url, toBase64url } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export const linkText = (place: string, bytes: Uint8Array): string => `${place}/${toBase64url(bytes)}`;

/** Takes a whole link, its fragment with or without `#`, or the bare code; nothing that stands before a `#`. */
export function linkBytes(place: string, text: string): Uint8Array | Refusal {
  if (text.length > limits.linkLetters) return refuse('too-big');
  const trimmed = text.trim();
  const at = trimmed.indexOf('#');
  const fragment = trimmed.slice(at + 1);
  const isPlaced = fragment.startsWith(`${place}/`);
  if (at >= 0 && !isPlaced) return refuse('not-a-link');
  const bytes = fromBase64url(isPlaced ? fragment.slice(place.length + 1) : fragment);
  return bytes === null || bytes.length === 0 ? refuse('not-a-link') : bytes;
}
