/** Builds the service worker after the page, with the list of everything the page needs offline. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { Plugin, Rolldown } from 'vite';
import { stampOf } from './stamp.ts';

interface Entry {
  readonly url: string;
  /** Null where the name carries a hash already. */
  readonly revision: string | null;
  /** Holds a cache to its build: while a relay is being updated, a mixture is refused, not kept. */
  readonly integrity: string;
}

/** Pictures for shops and other large things are not worth everyone's disk. */
const MOST_BYTES_OF_A_PUBLIC_FILE = 100_000;

export interface ServiceWorkerSource {
  readonly root: string;
  readonly entry: string;
}

export const serviceWorker = ({ root, entry }: ServiceWorkerSource): Plugin => {
  let publicDir = '';
  return {
    name: 'wavu-service-worker',
    apply: 'build',
    enforce: 'post', // after the page itself has been written into the bundle
    configResolved: (config) => void (publicDir = config.publicDir),
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const names = Object.keys(bundle).filter((name) => !name.endsWith('.html') && !name.startsWith('.vite/'));
        const { version, builtAtMs } = stampOf(root, names);
        const source = await compile(root, entry, {
          __WAVU_PRECACHE__: JSON.stringify([...builtEntries(bundle, false), ...publicEntries(publicDir)]),
          __WAVU_LATER__: JSON.stringify(builtEntries(bundle, true)),
          __WAVU_BUILD__: JSON.stringify({ version, builtAtMs }),
        });
        // Its name never changes: a browser looks for updates at the address it once registered.
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
      },
    },
  };
};

/** A model, its engine and its thread: large, and not for every device. Kept once they were used. */
const isLater = (name: string): boolean => /\.(wasm|onnx|mjs)$|\.worker-[\w-]+\.js$/.test(name);

function builtEntries(bundle: Rolldown.OutputBundle, later: boolean): readonly Entry[] {
  return Object.values(bundle)
    .filter(({ fileName }) => !fileName.startsWith('.vite/') && !fileName.endsWith('.map') && isLater(fileName) === later)
    .map((file): Entry => {
      const content = file.type === 'chunk' ? file.code : file.source;
      const isPage = file.fileName === 'index.html';
      return isPage ? entryOf('/', content) : { ...entryOf(`/${file.fileName}`, content), revision: null };
    });
}

const publicEntries = (publicDir: string): readonly Entry[] =>
  publicDir === '' || !existsSync(publicDir)
    ? []
    : globSync('**/*', { cwd: publicDir })
        .filter((name) => !name.startsWith('screenshots') && isSmallFile(join(publicDir, name)))
        .sort()
        .map((name) => entryOf(`/${name.replaceAll('\\', '/')}`, readFileSync(join(publicDir, name))));

function isSmallFile(path: string): boolean {
  const found = statSync(path);
  return found.isFile() && found.size <= MOST_BYTES_OF_A_PUBLIC_FILE;
}

function entryOf(url: string, content: string | Uint8Array): Entry {
  const hash = (kind: 'sha256' | 'sha384', as: 'hex' | 'base64'): string => createHash(kind).update(content).digest(as);
  return { url, revision: hash('sha256', 'hex').slice(0, 16), integrity: `sha384-${hash('sha384', 'base64')}` };
}

/** One classic script: module workers are the younger path in Firefox, and nothing here needs one. */
async function compile(root: string, entry: string, define: Record<string, string>): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define,
    build: {
      write: false,
      modulePreload: false,
      target: ['chrome120', 'firefox128', 'safari17.4'],
      rolldownOptions: { input: join(root, entry), output: { format: 'iife', entryFileNames: 'service-worker.js' } },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) => ('output' in each ? each.output : []));
  const chunk = outputs.find((file) => file.type === 'chunk');
  if (chunk === undefined) throw new Error('the service worker did not build');
  return chunk.code;
}
