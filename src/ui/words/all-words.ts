/** All words, for places that are fetched when somebody goes there; the shell does with `useWords`. */
import { en } from './en.ts';
import { useWords } from './speak.tsx';
import type { Speech } from './speak.tsx';
import type { Words } from './words.ts';

export function useAllWords(): Speech & { readonly w: Words } {
  const speech = useWords();
  return { ...speech, w: speech.whole ?? en };
}
