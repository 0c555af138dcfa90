/** Which languages there are, and how each arrives: English at once and in two parts, the others whole, when chosen. */
import type { Words } from './words.ts';

export const languages: readonly { readonly code: string; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'sw', name: 'Kiswahili' },
  { code: 'es', name: 'Español' },
];

const loaders: Readonly<Record<string, () => Promise<Words>>> = {
  sw: async () => (await import('./sw.ts')).sw,
  es: async () => (await import('./es.ts')).es,
};

/** Null: a language that is not there yet, or English, which needs no loading. */
export async function loadWords(code: string): Promise<Words | null> {
  return (await loaders[code]?.()) ?? null;
}

/** The first language of the list that we speak; English when none. */
export function firstSpoken(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const code = tag.toLowerCase().split('-')[0];
    const known = languages.find((language) => language.code === code);
    if (known) return known.code;
  }
  return 'en';
}
