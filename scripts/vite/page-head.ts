/** Writes into the page's head what must begin before any script has run, and which build this is. */
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';
import { stampOf } from './stamp.ts';

type Bundle = Rolldown.OutputBundle;

export interface HeadStart {
  readonly root: string;
  /** The module the shell imports dynamically and certainly. */
  readonly meshModule: string;
  /** Fetched early. Leave `fetch(url)` with its defaults, or the browser fetches it twice. */
  readonly earlyFetches: readonly string[];
}

export const pageHead = ({ root, meshModule, earlyFetches }: HeadStart): Plugin => ({
  name: 'wavu-page-head',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) => {
      const stamp = stampOf(
        root,
        Object.keys(bundle).filter((name) => !name.endsWith('.html')),
      );
      return [
        tag('meta', { name: 'wavu-build', content: `${stamp.name} ${stamp.builtAtMs}` }),
        ...earlyFetches.map((href) => tag('link', { rel: 'preload', as: 'fetch', crossorigin: '', href })),
        // Without a low priority the mesh would take its share of a slow line from the first paint.
        ...startedWith(bundle, meshModule).map((name) =>
          tag('link', { rel: 'modulepreload', crossorigin: '', fetchpriority: 'low', href: `/${name}` }),
        ),
      ];
    },
  },
});

const tag = (name: string, attrs: Record<string, string>): HtmlTagDescriptor => ({ tag: name, attrs, injectTo: 'head' });

/** The chunk of a module and all it imports statically, without what the page's own entry brings already. */
function startedWith(bundle: Bundle, moduleSuffix: string): readonly string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const entry = chunks.find((chunk) => chunk.isEntry);
  const mesh = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(moduleSuffix));
  if (mesh === undefined) return [];
  const wanted = new Set<string>();
  const brought = new Set<string>();
  if (entry !== undefined) follow(bundle, entry.fileName, brought);
  follow(bundle, mesh.fileName, wanted);
  return [...wanted].filter((name) => !brought.has(name));
}

function follow(bundle: Bundle, name: string, into: Set<string>): void {
  const file = bundle[name];
  if (file?.type !== 'chunk' || into.has(name)) return;
  into.add(name);
  for (const next of file.imports) follow(bundle, next, into);
}
