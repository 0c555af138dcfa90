/** Builds the page, its mesh and its service worker into dist/. */
import { env } from 'node:process';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import type { UserConfigFnObject } from 'vite';
import { leanLibp2p } from './scripts/vite/lean-libp2p.ts';
import { pageHead } from './scripts/vite/page-head.ts';
import { precompress } from './scripts/vite/precompress.ts';
import { serviceWorker } from './scripts/vite/service-worker.ts';

const root = import.meta.dirname;

const config: UserConfigFnObject = defineConfig(({ command, mode }) => {
  // Whoever builds from within a test hands on NODE_ENV=test, and React would come with its development half (180 kB).
  if (command === 'build') env['NODE_ENV'] = 'production';
  return {
    root,
    plugins: [
      react(),
      leanLibp2p(),
      pageHead({
        root,
        meshModule: '/src/mesh.ts',
        laterModule: '/src/adapters/libp2p/node.ts',
        earlyFetches: ['/.well-known/wavu.json'],
      }),
      serviceWorker({ root, entry: 'src/workers/service-worker.ts' }),
      precompress(),
    ],
    // The engine's own parts stay files of their own: whoever never loads a model loads none of them.
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    worker: { format: 'es' },
    // Measuring code and its doors exist in `--mode bench` alone.
    define: { __WAVU_BENCH__: JSON.stringify(mode === 'bench') },
    build: {
      // The oldest with everything libp2p 3 itself asks for (Promise.withResolvers).
      target: ['chrome120', 'firefox128', 'safari17.4'],
      manifest: true,
      modulePreload: {
        // Every browser of the target preloads modules by itself; the polyfill would be bytes in the shell.
        polyfill: false,
        // So would the names of what each dialog needs. What a first message waits for is fetched at once.
        resolveDependencies: (chunk, all, { hostType }) =>
          hostType === 'html' || /\/(?:mesh|members)-[\w-]{8}\.js$/.test(chunk)
            ? all
            : all.filter((each) => each.endsWith('.css')),
      },
      // The page's rules (CSP) admit no data: addresses.
      assetsInlineLimit: 0,
      // scripts/size measures brotli, on the real files.
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000,
    },
  };
});

export default config;
