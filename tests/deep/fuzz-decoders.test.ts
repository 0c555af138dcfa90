/** A million spoiled byte strings for every decoder of the protocol: none throws, hangs or piles up memory, none has two spellings. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fuzz } from '../protocol/fuzz.ts';
import type { FuzzedDecoder } from '../protocol/fuzz.ts';

/** Fewer only to try this file out. */
const cases = Number(process.env['WAVU_FUZZ_CASES'] ?? 1_000_000);
const chunk = Math.min(cases, 10_000);
const firstSeed = Number(process.env['WAVU_SEED'] ?? Date.now() % 1_000_000_000);
/** Coarse: two signatures and a garbage collection fit, a loop over what a number in the bytes says does not. */
const slowestMs = 1_000;
const mostGrownMiB = 256;

const decoders = await everyDecoder();

test('every room of the protocol that reads bytes has its decoders here', () => {
  const folders = [...new Set(decoders.map(({ folder }) => folder))];
  expect(folders).toEqual(expect.arrayContaining(['contact', 'entries', 'people', 'rest', 'sync', 'wire']));
  expect(new Set(decoders.map(({ folder, name }) => `${folder}/${name}`)).size).toBe(decoders.length);
});

test.each(decoders)(`[E1] $folder/$name takes ${cases} spoiled byte strings`, (decoder) => {
  const startMs = performance.now();
  const before = usedMiB();
  let [asked, taken, slowest] = [0, 0, 0];
  const timed: FuzzedDecoder = {
    ...decoder,
    again: (bytes) => {
      const fromMs = performance.now();
      const back = decoder.again(bytes);
      slowest = Math.max(slowest, performance.now() - fromMs);
      return back;
    },
  };
  // Each chunk has a seed of its own, so one that fails can be run again alone.
  for (let at = 0; asked < cases; at += 1, asked += chunk) taken += fuzz(timed, chunk, firstSeed + at);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  process.stderr.write(
    `${decoder.folder}/${decoder.name}: ${asked} asked, ${taken} taken, slowest ${slowest.toFixed(1)} ms, ${seconds} s, seed ${firstSeed}\n`,
  );
  expect(taken).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(slowestMs);
  expect(usedMiB() - before).toBeLessThan(mostGrownMiB);
});

/** What every `tests/protocol/<folder>/decoders.ts` lists. */
async function everyDecoder(): Promise<readonly (FuzzedDecoder & { readonly folder: string })[]> {
  const root = fileURLToPath(new URL('../protocol/', import.meta.url));
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => path.basename(file) === 'decoders.ts');
  const lists = found.toSorted().map(async (file) => {
    const exported: unknown = await import(path.join(root, file));
    return Object.values(exported as Record<string, unknown>)
      .flatMap((value): readonly unknown[] => (Array.isArray(value) ? value : []))
      .filter(isDecoder)
      .map((decoder) => ({ ...decoder, folder: path.dirname(file) }));
  });
  return (await Promise.all(lists)).flat();
}

function isDecoder(value: unknown): value is FuzzedDecoder {
  return typeof value === 'object' && value !== null && 'again' in value && 'samples' in value && 'name' in value;
}

function usedMiB(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
