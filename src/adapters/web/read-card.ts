/** Asks the address this page came from for its relay's card. */
import type { ReadCard } from '../../ports/door.ts';
import { relayCardPath } from '../../protocol/relay-card.ts';

/** Null while nobody answers. The page's `<link rel="preload">` has usually fetched it already. */
export const readCard: ReadCard = async (signal) => {
  try {
    const answer = await fetch(relayCardPath, { signal });
    if (!answer.ok) return null;
    const json: unknown = await answer.json();
    return json;
  } catch {
    return null;
  }
};
