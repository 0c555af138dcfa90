/** The link that makes whoever opens it first the owner of a relay's Square; its secret stands behind the `#`. */
import { linkBytes, linkText } from '../contact/link-text.ts';

export const ownerSecretBytes = 32;

/** What goes behind `#`. */
export const encodeOwnerLink = (secret: Uint8Array): string => linkText(place, secret);

/** Null: it is another kind of link, or none. */
export function decodeOwnerLink(text: string): Uint8Array | null {
  // A bare code is an invite's.
  if (!text.includes(`${place}/`)) return null;
  const bytes = linkBytes(place, text);
  return 'refused' in bytes || bytes.length !== ownerSecretBytes ? null : bytes;
}

const place = 'own';
