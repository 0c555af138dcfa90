/** What somebody or a room is called, mine or a stranger's: on one line, of letters that are seen, so that what looks alike is alike. */
import { clip } from './fit.ts';

/** Trimmed and clipped. Empty: it shows nothing. */
export function fitName(text: string, maxBytes: number): string {
  const seen = clip(withoutUnseen(text.normalize('NFC').replaceAll(/\s+/gu, ' ')).trim(), maxBytes);
  // What joined to a letter that was cut off joins nothing now.
  const name = withoutUnseen(seen).trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) ? name : '';
}

const withoutUnseen = (text: string): string => text.replaceAll(joinsOrUnseen, '$<joins>');

/** Scripts whose letters take another shape where they are joined, or kept from it. */
const joinedScripts = 'Arab Syrc Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr'.split(' ');
const joined = `[${joinedScripts.map((script) => `\\p{scx=${script}}`).join('')}]`;
const picture = '\\p{ExtPict}\\p{EMod}?';

/** Joiners do something between such letters, and between pictures; a selector after a picture. Everywhere else they only tell names apart. */
const joins = `(?<=${joined})[\\u200c\\u200d](?=${joined})|(?<=${picture}\\ufe0f?)\\u200d(?=${picture})|(?<=\\p{ExtPict})\\ufe0f`;
/** Control letters, those that turn or hide others, and those drawn as nothing; a braille cell without dots, marks of annotations. */
const joinsOrUnseen = new RegExp(`(?<joins>${joins})|[\\p{Cc}\\p{DI}\\u2800\\ufff9-\\ufffb]`, 'gu');
