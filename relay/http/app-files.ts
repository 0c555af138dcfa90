/** The built page in memory: only what lay in its folder at the start can ever be asked for. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../error-code.ts';
import { httpLimits } from './http-limits.ts';

export interface AppFile {
  readonly type: string;
  /** Base64url, without quotes; each coding adds its own ending. */
  readonly hash: string;
  readonly isImmutable: boolean;
  readonly plain: Uint8Array;
  readonly br: Uint8Array | null;
  readonly gzip: Uint8Array | null;
}

export interface AppFiles {
  /** By path, `/` for the page itself. */
  readonly byPath: ReadonlyMap<string, AppFile>;
  /** Changes with any byte of it. */
  readonly build: string;
  readonly bytes: number;
}

export type LoadedApp =
  | { readonly state: 'loaded'; readonly files: AppFiles }
  | { readonly state: 'refused'; readonly lines: readonly string[] };

export function loadApp(folder: string): LoadedApp {
  let names: readonly string[];
  try {
    names = listFiles(folder, '');
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    return refused(`The built page cannot be read (${code}): ${folder}`);
  }
  if (!names.includes('index.html')) return refused(`There is no built page in ${folder}`);
  const bytes = names.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  if (bytes > httpLimits.appBytes) return refused(`The built page is too big for memory (${bytes} bytes): ${folder}`);
  const byPath = new Map<string, AppFile>();
  const whole = createHash('sha256');
  for (const name of names) {
    const original = /^(.+)\.(?:br|gz)$/.exec(name)?.[1];
    if (original !== undefined && names.includes(original)) continue;
    const file = load(folder, name, names);
    byPath.set(`/${name}`, file);
    whole.update(`${name} ${file.hash}\n`);
  }
  byPath.set('/', byPath.get('/index.html')!);
  return { state: 'loaded', files: { byPath, build: whole.digest('hex').slice(0, 12), bytes } };
}

const refused = (line: string): LoadedApp => ({
  state: 'refused',
  lines: [line, '`npm start` builds it first; `npm run build` does only that.'],
});

/** Regular files, with forward slashes, in a stable order. Links and names with a leading dot stay out. */
function listFiles(folder: string, under: string): readonly string[] {
  return readdirSync(path.join(folder, under), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = under + entry.name;
      if (entry.isDirectory()) return listFiles(folder, `${name}/`);
      return entry.isFile() ? [name] : [];
    });
}

function load(folder: string, name: string, names: readonly string[]): AppFile {
  const plain = readFileSync(path.join(folder, name));
  const beside = (ending: string): Uint8Array | null =>
    names.includes(name + ending) ? readFileSync(path.join(folder, name + ending)) : null;
  return {
    type: types.get(path.extname(name).toLowerCase()) ?? 'application/octet-stream',
    hash: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
    // The build puts a hash of the content into these names.
    isImmutable: name.startsWith('assets/'),
    plain,
    br: beside('.br'),
    gzip: beside('.gz'),
  };
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.map', 'application/json'],
  ['.webmanifest', 'application/manifest+json'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.xml', 'application/xml'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.webp', 'image/webp'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.wasm', 'application/wasm'],
  ['.onnx', 'application/octet-stream'],
]);
