/** Which languages the relay's own pages speak, and which of them somebody is shown. */
import { weightsOf } from '../http/negotiate.ts';
import type { DoorstepWords } from './doorstep-words.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { sw } from './sw.ts';

export type Language = 'en' | 'sw' | 'es';

/** In the order in which the app has them. */
export const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'sw', name: 'Kiswahili' },
  { code: 'es', name: 'Español' },
];

/** What was chosen on the page (`?lang=sw`) comes before what the browser wants; English where neither says a language of ours. */
export function wordsFor(target: string, acceptLanguage: string): DoorstepWords {
  const chosen = /^[^?]*\?(?:[^#]*&)?lang=(\w+)(?:[&#]|$)/.exec(target)?.[1];
  return all[languages.find(({ code }) => code === chosen)?.code ?? mostWanted(acceptLanguage)];
}

/** Of those wanted alike the one that is named first. */
function mostWanted(acceptLanguage: string): Language {
  let found: { readonly code: Language; readonly weight: number } = { code: 'en', weight: 0 };
  for (const [tag, weight] of weightsOf(acceptLanguage)) {
    const code = languages.find((each) => each.code === tag.split('-', 1)[0])?.code;
    if (code !== undefined && weight > found.weight) found = { code, weight };
  }
  return found.code;
}

const all: Readonly<Record<Language, DoorstepWords>> = { en, sw, es };
