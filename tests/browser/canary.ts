/** Looks for texts in bytes, however they may be spelt, and tells where each was found. */
import { randomBytes } from 'node:crypto';

export interface Place {
  readonly where: string;
  readonly bytes: Buffer;
}

/** Twenty letters and digits that stand nowhere else; around them what JSON would escape. */
export const newCanary = (): string => `${randomBytes(30).toString('base64').replaceAll(/[+/=]/g, '').slice(0, 20)}`;

/** One line each: what, spelt how, where. */
export function findCanaries(canaries: Readonly<Record<string, string>>, places: readonly Place[]): readonly string[] {
  const needles = Object.entries(canaries).flatMap(([name, canary]) =>
    Object.entries(spellings(canary)).map(([spelling, needle]) => ({ line: `${name} as ${spelling}`, needle })),
  );
  return places.flatMap(({ where, bytes }) =>
    needles.filter(({ needle }) => bytes.includes(needle)).map(({ line }) => `${line} in ${where}`),
  );
}

/** Letters and digits look the same in UTF-8 and in JSON, escaped or not. */
function spellings(canary: string): Readonly<Record<string, Buffer>> {
  const utf8 = Buffer.from(canary);
  // In base64 it depends on how many bytes stand before it; the letters that its neighbours share are left out.
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), utf8]).toString('base64');
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + utf8.length) * 4) / 3) - 1);
  });
  return {
    'UTF-8 or JSON': utf8,
    'UTF-16LE': Buffer.from(canary, 'utf16le'),
    'UTF-16BE': Buffer.from(canary, 'utf16le').swap16(),
    hex: Buffer.from(utf8.toString('hex')),
    HEX: Buffer.from(utf8.toString('hex').toUpperCase()),
    JSON: Buffer.from([...utf8].map((letter) => `\\u00${letter.toString(16)}`).join('')),
    ...Object.fromEntries(
      base64.flatMap((text, before) => [
        [`base64 (${before})`, Buffer.from(text)],
        [`base64url (${before})`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))],
      ]),
    ),
  };
}
