/** How this browser likes to be looked at: theme, text size, language. Kept in localStorage, nowhere else. */
import { useSyncExternalStore } from 'react';

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  /** Per cent. */
  readonly textSize: number;
  /** Null: as the browser. */
  readonly language: string | null;
  /** Somebody had a name here the last time: paint the frame, not the question. */
  readonly named: boolean;
}

export const textSizes: readonly number[] = [90, 100, 115, 130, 150];

const place = 'wavu.look';
const usual: Settings = { theme: 'system', textSize: 100, language: null, named: false };
let current: Settings = usual;
const listeners = new Set<() => void>();

/** Reads what was kept and applies it; call before the first paint. */
export function openSettings(): void {
  current = { ...usual, ...kept() };
  apply();
}

export function settings(): Settings {
  return current;
}

export function changeSettings(change: Partial<Settings>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(place, JSON.stringify(current));
  } catch {
    // Not kept, but it holds until the page closes.
  }
  apply();
  for (const changed of listeners) changed();
}

export function useSettings(): Settings {
  return useSyncExternalStore(listen, settings, () => usual);
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function apply(): void {
  const root = document.documentElement;
  if (current.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = current.theme;
  // The bar of the system around the page follows too.
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[data-theme-of]')) {
    const { themeOf = '' } = bar.dataset;
    if (current.theme === 'system') bar.media = `(prefers-color-scheme: ${themeOf})`;
    else bar.media = current.theme === themeOf ? 'all' : 'not all';
  }
  root.style.fontSize = current.textSize === 100 ? '' : `${current.textSize}%`;
}

/** Storage may be absent or hold anything: only what fits is taken. */
function kept(): Partial<Settings> {
  let found: unknown;
  try {
    found = JSON.parse(localStorage.getItem(place) ?? '{}');
  } catch {
    return {};
  }
  if (typeof found !== 'object' || found === null) return {};
  const { theme, textSize, language, named } = found as Record<string, unknown>;
  return {
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(typeof textSize === 'number' && textSizes.includes(textSize) ? { textSize } : {}),
    ...(typeof language === 'string' ? { language } : {}),
    ...(named === true ? { named } : {}),
  };
}
