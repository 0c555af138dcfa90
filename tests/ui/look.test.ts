/** The colours of EXPERIENCE.md: text at least 7:1, edges at least 3:1, in both themes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

type Rgb = readonly [number, number, number];
const parts = join(import.meta.dirname, '../../src/ui/parts');
const tokens = readFileSync(join(parts, 'tokens.css'), 'utf8');
const knots = readFileSync(join(parts, 'knot.css'), 'utf8');

const pairs = [...tokens.matchAll(/--([\w-]+): light-dark\((oklch\([^)]+\)), (oklch\([^)]+\))\)/g)];
const themes = { light: palette(2), dark: palette(3) };

describe.each(Object.entries(themes))('%s', (_, colours) => {
  test.each(['paper', 'sheet', 'mine'])('words on %s', (ground) => {
    for (const text of ['ink', 'quiet', 'deep', 'danger'])
      // Danger is never written on a tint of mine; deep is, in buttons that are hovered.
      if (!(ground !== 'paper' && (text === 'danger' || text === 'deep')))
        expect(contrast(colours, text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
  });
  test('words on what is filled', () => {
    expect(contrast(colours, 'paper', 'deep')).toBeGreaterThanOrEqual(7);
    expect(contrast(colours, 'paper', 'danger')).toBeGreaterThanOrEqual(7);
    expect(contrast(colours, 'on-float', 'float')).toBeGreaterThanOrEqual(7);
  });
  test('edges', () => {
    for (const ground of ['paper', 'sheet']) expect(contrast(colours, 'edge', ground)).toBeGreaterThanOrEqual(3);
  });
});

test('every cord a knot is tied of stands out in both themes', () => {
  const cords = [...knots.matchAll(/\.h(\d+) \{\s*--cord: light-dark\((oklch\([^)]+\)), (oklch\([^)]+\))\)/g)];
  expect(cords.map(([, hue]) => Number(hue))).toEqual(Array.from({ length: 12 }, (_, at) => at));
  for (const [, , light = '', dark = ''] of cords) {
    expect(ratio(rgb(light), must(themes.light, 'paper'))).toBeGreaterThanOrEqual(4.5);
    expect(ratio(rgb(dark), must(themes.dark, 'paper'))).toBeGreaterThanOrEqual(4.5);
  }
});

function palette(at: 2 | 3): ReadonlyMap<string, Rgb> {
  return new Map(pairs.map((found) => [found[1] ?? '', rgb(found[at] ?? '')]));
}

function must(colours: ReadonlyMap<string, Rgb>, name: string): Rgb {
  const found = colours.get(name);
  if (!found) throw new Error(`no colour ${name}`);
  return found;
}

function contrast(colours: ReadonlyMap<string, Rgb>, text: string, ground: string): number {
  return ratio(must(colours, text), must(colours, ground));
}

function ratio(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [light(a), light(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function light([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Linear sRGB of an oklch colour. */
function rgb(text: string): Rgb {
  const [l = 0, c = 0, h = 0] = text
    .replace(/oklch\(|\)/g, '')
    .split(' ')
    .map(Number);
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return [
    clamp(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
    clamp(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
    clamp(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short),
  ];
}
