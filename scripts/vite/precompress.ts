/** Lays a .br and a .gz beside every file worth it, so that the relay never compresses while people wait. */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt', '.xml', '.wasm', '.ico']);
/** Below this a packet is a packet. */
const FEWEST_BYTES = 512;
/** The engine for models, 14 MB: the best quality saves an eighth and takes a minute. */
const MOST_BYTES_AT_LEISURE = 4_000_000;

export const precompress = (): Plugin => {
  let folder = '';
  return {
    name: 'wavu-precompress',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler(error?: Error) {
        if (error !== undefined) return;
        const paths = globSync('**/*', { cwd: folder })
          .map((name) => join(folder, name))
          .filter((path) => compressible.has(extname(path)) && statSync(path).size >= FEWEST_BYTES);
        await Promise.all(paths.map(compressBeside));
      },
    },
  };
};

async function compressBeside(path: string): Promise<void> {
  const plain = readFileSync(path);
  const quality = plain.byteLength > MOST_BYTES_AT_LEISURE ? 9 : 11;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.byteLength };
  const squeezed = await Promise.all([
    promisify(brotliCompress)(plain, { params }).then((bytes) => ({ bytes, ending: '.br' })),
    promisify(gzip)(plain, { level: 9 }).then((bytes) => ({ bytes, ending: '.gz' })),
  ]);
  for (const { bytes, ending } of squeezed) {
    if (bytes.byteLength < plain.byteLength) writeFileSync(path + ending, bytes);
  }
}
