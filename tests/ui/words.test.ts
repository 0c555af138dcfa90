/** Holds the words together: none missing, none unused, none left in a view. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { es } from '../../src/ui/words/es.ts';
import { firstSpoken, languages, loadWords } from '../../src/ui/words/languages.ts';
import { sw } from '../../src/ui/words/sw.ts';

const root = join(import.meta.dirname, '../../src/ui');
const views = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      /\.tsx?$/.test(path) &&
      !/words[\\/]((en|es|sw)(-first|-pair|-mesh|-doctor)?|words|(pair|mesh|doctor)-words)\.ts$/.test(path),
  )
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const groups = Object.entries<unknown>({ ...en }).filter((entry): entry is [string, object] => typeof entry[1] === 'object');

describe('words', () => {
  test('every word is used by some view', () => {
    const all = views.map(({ text }) => text).join('\n');
    const unused = groups.flatMap(([group, words]) =>
      Object.keys(words)
        .filter((word) => !usedSomewhere(all, group, word))
        .map((word) => `${group}.${word}`),
    );
    expect(unused).toEqual([]);
  });

  test('no view says a word of its own', () => {
    const said = views.flatMap(({ path, text }) =>
      [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)*[.…]?)\s*<\/|(?:aria-label|placeholder|title|alt)="([^"]+)"/g)].map(
        (found) => `${path}: ${found[1] ?? found[2]}`,
      ),
    );
    expect(said).toEqual([]);
  });

  test.each([sw, es])('$lang says every sentence, and says which number', (words) => {
    expect(shape(words)).toEqual(shape(en));
    expect(languages.map(({ code }) => code)).toContain(words.lang);
  });

  test('a language that is not there yet loads nothing, and English stays', async () => {
    expect((await loadWords('sw'))?.lang).toBe('sw');
    expect(await loadWords('xx')).toBeNull();
    expect(firstSpoken(['ca-ES', 'es-MX', 'en'])).toBe('es');
    expect(firstSpoken(['tlh'])).toBe('en');
  });
});

/** `w.room.send`, or by a local name of the group: `tide.offline`, `says.storageFull`, `mesh.relayOpen`, `calm.first`. */
function usedSomewhere(all: string, group: string, word: string): boolean {
  const names = group === 'trouble' ? ['trouble', 'says'] : [group];
  return names.some((name) => new RegExp(`\\b${name}\\.${word}\\b`).test(all));
}

/** Which words there are, whether they take an argument, and that counted ones carry `#` in every form. */
function shape(value: unknown): unknown {
  if (typeof value === 'function') return `function of ${value.length}`;
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && value === '' ? 'empty' : typeof value;
  if ('other' in value) return Object.values(value).every((form) => String(form).includes('#')) ? 'counted' : 'a form without #';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}
