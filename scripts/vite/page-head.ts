/** Writes into the page's head what must begin before any script has run, and which build this is. */
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';
import { stampOf } from './stamp.ts';

type Bundle = Rolldown.OutputBundle;

export interface HeadStart {
  readonly root: string;
  /** The module the shell imports dynamically and certainly. */
  readonly meshModule: string;
  /** What the mesh imports once the first words are out: fetched early, but neither compiled nor run. */
  readonly laterModule: string;
  /** Fetched early. Leave `fetch(url)` with its defaults, or the browser fetches it twice. */
  readonly earlyFetches: readonly string[];
}

export const pageHead = ({ root, meshModule, laterModule, earlyFetches }: HeadStart): Plugin => ({
  name: 'wavu-page-head',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) => {
      const stamp = stampOf(
        root,
        Object.keys(bundle).filter((name) => !name.endsWith('.html')),
      );
      const brought = entryOf(bundle);
      const mesh = startedWith(bundle, meshModule, brought);
      const later = startedWith(bundle, laterModule, [...brought, ...mesh]);
      return [
        tag('meta', { name: 'wavu-build', content: `${stamp.name} ${stamp.builtAtMs}` }),
        ...earlyFetches.map((href) => tag('link', { rel: 'preload', as: 'fetch', crossorigin: '', href })),
        // Without a low priority the mesh would take its share of a slow line from the first paint.
        ...mesh.map((name) => tag('link', { rel: 'modulepreload', crossorigin: '', fetchpriority: 'low', href: `/${name}` })),
        // No `rel` yet: the page gives it one when it is calm (src/adapters/web/later-chunks.ts).
        ...later.map((name) =>
          tag('link', { 'data-later': '', as: 'script', crossorigin: '', fetchpriority: 'low', href: `/${name}` }),
        ),
      ];
    },
  },
});

const tag = (name: string, attrs: Record<string, string>): HtmlTagDescriptor => ({ tag: name, attrs, injectTo: 'head' });

/** The page's own entry and all it imports statically. */
function entryOf(bundle: Bundle): readonly string[] {
  const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
  const brought = new Set<string>();
  if (entry !== undefined) follow(bundle, entry.fileName, brought);
  return [...brought];
}

/** The chunk of a module and all it imports statically, without what is brought already. */
function startedWith(bundle: Bundle, moduleSuffix: string, brought: readonly string[]): readonly string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const start = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(moduleSuffix));
  if (start === undefined) return [];
  const wanted = new Set<string>();
  follow(bundle, start.fileName, wanted);
  return [...wanted].filter((name) => !brought.includes(name));
}

function follow(bundle: Bundle, name: string, into: Set<string>): void {
  const file = bundle[name];
  if (file?.type !== 'chunk' || into.has(name)) return;
  into.add(name);
  for (const next of file.imports) follow(bundle, next, into);
}
