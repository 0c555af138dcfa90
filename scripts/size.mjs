/** Weighs what a first visit loads: brotli (quality 11), kB = 1000 bytes, against the budget of B15. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { fromRoot, say } from './bootstrap/say.mjs';

/**
 * @typedef {{ file: string, src?: string, isEntry?: boolean, imports?: string[], dynamicImports?: string[], css?: string[], assets?: string[] }} Chunk
 * @typedef {{ name: string, value: number, unit: string, baseline: null, ratio: null, goal: number | null }} Row
 */

const page = 'index.html';
/** What a first visit loads beside the shell: at once, and libp2p once a public topic is joined, as the Square's is. */
const beside = ['src/mesh.ts', 'src/adapters/libp2p/node.ts'];
const goalKB = { shell: 90, both: 250 };

/** @param {string[]} args */
export async function run(args) {
  const { build } = await import('./bootstrap/build.mjs');
  const isBuilt = await build();
  if (!existsSync(fromRoot('dist', '.vite', 'manifest.json'))) return 1;
  const rows = measure();
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else process.stdout.write(`${table(rows)}\n`);
  return isBuilt && overBudget() === null ? 0 : 1;
}

/** One line when the page in dist is too heavy, else null. */
export function overBudget() {
  const heavy = measure().filter((row) => row.goal !== null && row.value > row.goal);
  if (heavy.length === 0) return null;
  return `the page is too heavy: ${heavy.map((row) => `${row.name} ${row.value} kB > ${row.goal} kB`).join(', ')} (brotli, kB = 1000 bytes).`;
}

/** @returns {Row[]} */
export function measure() {
  const chunks = /** @type {Record<string, Chunk>} */ (
    JSON.parse(readFileSync(fromRoot('dist', '.vite', 'manifest.json'), 'utf8'))
  );
  const lost = beside.filter((key) => chunks[key] === undefined);
  if (lost.length === 1) throw new Error(`${lost[0]} is no chunk of its own any more: look at size.mjs`);
  const shell = new Set([page, ...namedIn(page), ...loadedWith(chunks, page, 'code')]);
  const both = new Set([...shell, ...beside.flatMap((key) => loadedWith(chunks, key, 'code'))]);
  const fonts = new Set(loadedWith(chunks, page, 'assets'));
  const later = Object.values(chunks)
    .map((chunk) => chunk.file)
    .filter((file) => /\.(js|css)$/.test(file) && !both.has(file));
  return [
    row('shell', shell, goalKB.shell),
    row('mesh', new Set([...both].filter((file) => !shell.has(file))), null),
    row('shell + mesh', both, goalKB.both),
    row('fonts and images the shell names', fonts, null),
    row('code loaded later', new Set(later.filter((file) => !ofModels.test(file))), null),
    modelsRow(),
  ];
}

/** Loaded by a device that has time and room for a model, and kept from then on. As it is served: it was squeezed less. */
const ofModels = /\.(wasm|onnx|mjs)$|\.worker-[\w-]+\.js$/;

/** @returns {Row} */
function modelsRow() {
  const assets = fromRoot('dist', 'assets');
  const bytes = (existsSync(assets) ? readdirSync(assets) : [])
    .filter((file) => ofModels.test(file))
    .map((file) => fromRoot('dist', 'assets', `${file}.br`))
    .reduce((sum, file) => sum + statSync(existsSync(file) ? file : file.slice(0, -'.br'.length)).size, 0);
  return { name: 'models and their engine', value: kB(bytes), unit: 'kB', baseline: null, ratio: null, goal: null };
}

/**
 * @param {string} name
 * @param {Set<string>} files
 * @param {number | null} goal
 * @returns {Row}
 */
function row(name, files, goal) {
  const bytes = [...files].reduce((sum, file) => sum + brotliBytes(file), 0);
  return { name, value: kB(bytes), unit: 'kB', baseline: null, ratio: null, goal };
}

/** @param {number} bytes */
const kB = (bytes) => Math.round(bytes / 100) / 10;

/** @param {string} file */
function brotliBytes(file) {
  return brotliCompressSync(readFileSync(fromRoot('dist', file))).length;
}

/**
 * The chunk, what it imports statically, and their styles (or their assets).
 * @param {Record<string, Chunk>} chunks
 * @param {string} key
 * @param {'code' | 'assets'} what
 * @param {Set<string>} seen
 * @returns {string[]}
 */
function loadedWith(chunks, key, what, seen = new Set()) {
  const chunk = chunks[key];
  if (chunk === undefined || seen.has(key)) return [];
  seen.add(key);
  const own = what === 'code' ? [chunk.file, ...(chunk.css ?? [])] : (chunk.assets ?? []);
  return [...own, ...(chunk.imports ?? []).flatMap((each) => loadedWith(chunks, each, what, seen))];
}

/**
 * Scripts and styles that stand in the page itself, for whatever reason. Hints to fetch the mesh and libp2p early are left
 * out: they come beside the shell, not before it, and have their own row.
 * @param {string} file
 */
function namedIn(file) {
  const html = readFileSync(fromRoot('dist', file), 'utf8').replaceAll(/<link [^>]*(modulepreload|data-later)[^>]*>/g, '');
  const names = [...html.matchAll(/(?:src|href)="[./]*([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  return names.filter((name) => existsSync(fromRoot('dist', name)));
}

/** @param {Row[]} rows */
function table(rows) {
  say('brotli quality 11, kB = 1000 bytes; the shell is the page, its entry, static imports and styles.');
  return rows
    .map(
      ({ name, value, unit, goal }) =>
        `${name.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit}${goal === null ? '' : `   goal ≤ ${goal} ${unit}`}`,
    )
    .join('\n');
}
