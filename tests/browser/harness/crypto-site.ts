/** Builds the page that runs cryptography on vectors, and serves both: the vectors unpacked, and only where they lie beside the repository. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { vectorFolder, whyNoVectors } from '../../protocol/vectors/vector-files.ts';
import { openStaticSite } from './static-site.ts';
import type { StaticSite } from './static-site.ts';

const repository = join(import.meta.dirname, '../../..');

export async function openCryptoSite(): Promise<StaticSite> {
  const folder = join(repository, '.cache/tests/crypto');
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  const script = join(import.meta.dirname, 'crypto-page.ts');
  await writeFile(
    join(source, 'index.html'),
    `<!doctype html><title>crypto</title><script type="module" src="${script}"></script>`,
  );
  const outDir = join(folder, 'dist');
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, modulePreload: false, minify: false, target: 'chrome120' },
  });
  if (whyNoVectors === null) await unpack(join(outDir, 'vectors'));
  return await openStaticSite(outDir);
}

/** Under the names the checks ask for, `.gz` and all. */
async function unpack(to: string): Promise<void> {
  for (const name of await readdir(vectorFolder, { recursive: true })) {
    if (!/^(wycheproof|acvp|cctv)\b.*\.(json|txt)(\.gz)?$/.test(name)) continue;
    const into = join(to, name);
    await mkdir(join(into, '..'), { recursive: true });
    if (name.endsWith('.gz')) await writeFile(into, gunzipSync(await readFile(join(vectorFolder, name))));
    else await cp(join(vectorFolder, name), into);
  }
}
