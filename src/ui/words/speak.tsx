/** Hands the words and formats of the chosen language to every view. */
import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useSettings } from '../shell/settings.ts';
import { enFirst } from './en-first.ts';
import { createFormat } from './format.ts';
import type { Format } from './format.ts';
import { firstSpoken, loadWords } from './languages.ts';
import type { FirstWords, Words } from './words.ts';

export interface Speech {
  readonly w: FirstWords;
  readonly f: Format;
  /** Null: English, whose rest comes with the places that say it (all-words.ts). */
  readonly whole: Words | null;
}

const english: Speech = { w: enFirst, f: createFormat(englishHere()), whole: null };
const Spoken = createContext<Speech>(english);

export function useWords(): Speech {
  return useContext(Spoken);
}

export function Speak({ children }: { readonly children: ReactNode }): ReactElement {
  const { language } = useSettings();
  const code = language ?? firstSpoken(navigator.languages);
  const [speech, setSpeech] = useState(english);

  useEffect(() => {
    if (code === 'en') return setSpeech(english);
    let current = true;
    loadWords(code).then(
      (whole) => current && setSpeech(whole ? { w: whole, f: createFormat(whole.lang), whole } : english),
      // The words could not be fetched: English stays.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [code]);

  useEffect(() => {
    document.documentElement.lang = speech.w.lang;
    document.documentElement.dir = speech.w.dir;
  }, [speech]);

  return <Spoken value={speech}>{children}</Spoken>;
}

/** English words, but the clock and dates of the person's own English. */
function englishHere(): string {
  return globalThis.navigator?.languages.find((tag) => tag.toLowerCase().startsWith('en')) ?? 'en';
}
