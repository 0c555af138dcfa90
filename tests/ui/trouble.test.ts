/** Every trouble has a sentence of its own. */
import { expect, test } from 'vitest';
import type { Trouble } from '../../src/app/view.ts';
import { troubleWords } from '../../src/ui/shell/trouble.ts';
import { en } from '../../src/ui/words/en.ts';
import { es } from '../../src/ui/words/es.ts';
import { sw } from '../../src/ui/words/sw.ts';

// A record, so that a new trouble does not compile until it stands here.
const troubles: Readonly<Record<Trouble, true>> = {
  'storage-newer': true,
  'storage-blocked': true,
  'storage-absent': true,
  'storage-locked': true,
  'storage-failed': true,
  'storage-full': true,
  'bad-link': true,
  'link-expired': true,
  'members-not-loaded': true,
  'keys-not-read': true,
  'no-secure-context': true,
  'message-too-long': true,
  'too-many-rooms': true,
};

test.each([en, es, sw])('$lang', (words) => {
  const said = Object.keys(troubles).map((trouble) => troubleWords(trouble as Trouble, words));
  expect(new Set(said).size).toBe(said.length);
  for (const sentence of said) expect(sentence).toMatch(/^\p{Lu}.*\.$/su);
});
