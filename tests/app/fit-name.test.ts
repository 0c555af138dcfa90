/** Names that look alike are alike, and names that show nothing are none. */
import { describe, expect, test } from 'vitest';
import { byteLength } from '../../src/app/fit.ts';
import { fitName } from '../../src/app/fit-name.ts';

const fit = (text: string): string => fitName(text, 48);

describe('a name', () => {
  test.each([
    ['a joiner at its end', 'Asha\u200D'],
    ['a non-joiner within', 'As\u200Cha'],
    ['a grapheme joiner', 'As\u034Fha'],
    ['a Hangul filler', 'Asha\u3164'],
    ['a narrow Hangul filler', 'As\uFFA0ha'],
    ['a braille cell without dots', 'Asha\u2800'],
    ['a selector', 'Asha\uFE0F'],
    ['a tag', 'Asha\u{E0061}'],
    ['a Khmer vowel that is not drawn', 'Asha\u17B4'],
    ['a Mongolian separator', 'Asha\u180E'],
    ['marks of an annotation', 'Asha\uFFF9\uFFFB'],
    ['a soft hyphen', 'As\u00ADha'],
    ['letters that turn the line', '\u202EAsha\u2066'],
    ['a control letter', 'As\u0007ha'],
    ['spaces of any kind around it', '\u00A0 Asha\u3000'],
  ])('is the same without %s', (_what, text) => expect(fit(text)).toBe('Asha'));

  test('is the same however its accents are spelt', () => expect(fit('Asha\u0301')).toBe('Ash\u00E1'));

  test('has one space where there were many, and lines become one', () =>
    expect(fit('Asha\u2003\u2028of\t the\nwell')).toBe('Asha of the well'));

  test.each(['', ' ', '\u3164', '\uFFA0', '\u2800', '\u200D', '\uFE0F', '\u0336\u0301', '\u{E0061}'])(
    'that shows nothing is none: %j',
    (text) => expect(fit(text)).toBe(''),
  );

  test.each([
    ['\u0646\u0627\u0645\u200C\u0647', 'a non-joiner between Arabic letters'],
    ['\u0915\u094D\u200D\u0937', 'a joiner in Devanagari'],
    ['\u0DC1\u0DCA\u200D\u0DBB\u0DD3', 'a joiner in Sinhala'],
    ['\u{1F469}\u200D\u{1F33E}', 'a farmer'],
    ['\u{1F469}\u{1F3FD}\u200D\u{1F33E}', 'a farmer with a colour'],
    ['\u2764\uFE0F\u200D\u{1F525}', 'a heart on fire'],
    ['Ng\u2019ang\u2019a', 'an apostrophe'],
    ['\u05D0\u05D1', 'Hebrew'],
    ['7', 'a number'],
  ])('keeps what it is written with: %s, %s', (text) => expect(fit(text)).toBe(text));

  test('is cut at whole letters, and nothing hangs on at the cut', () => {
    expect(byteLength(fit('\u{1F30A}'.repeat(40)))).toBe(48);
    expect(fitName('\u{1F469}\u200D\u{1F33E}', 7)).toBe('\u{1F469}');
    expect(fitName('Asha Juma', 5)).toBe('Asha');
  });
});
