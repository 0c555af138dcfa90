/** Whose names their fingerprints must tell apart. */
import { expect, test } from 'vitest';
import { sharedNames } from '../../src/ui/parts/fingerprint.ts';

const shared = (...names: readonly string[]): readonly string[] => [...sharedNames(names.map((name) => ({ name })))];

test('names that differ need no fingerprint', () => {
  expect(shared('Asha', 'Juma', 'Ash\u00E1', 'Asha 2')).toEqual([]);
});

test('equal names do', () => expect(shared('Asha', 'Juma', 'Asha')).toEqual(['Asha']));

test.each([
  ['asha', 'case'],
  ['As ha', 'a space'],
  ['As\u00A0ha', 'a space that does not break'],
  ['\uFF21\uFF53\uFF48\uFF41', 'width'],
  ['\u{1D400}\u{1D42C}\u{1D421}\u{1D41A}', 'weight'],
  ['As\u200Cha', 'a letter that is not drawn'],
])('as do names that look alike: %s, by %s', (name) => expect(shared('Asha', 'Juma', name)).toEqual(['Asha', name]));

test('and one that shows nothing', () => expect(shared('Asha', '')).toEqual(['']));
