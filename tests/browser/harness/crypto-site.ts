/** Builds the page that runs cryptography on vectors, and serves both: the vectors unpacked, and only where they lie beside the repository. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { vectorFolder, whyNoVectors } from '../../protocol/vectors/vector-files.ts';
import { buildPage } from './page-site.ts';
import { openStaticSite } from './static-site.ts';
import type { StaticSite } from './static-site.ts';

export async function openCryptoSite(): Promise<StaticSite> {
  const built = await buildPage('crypto', 'crypto-page.ts');
  if (whyNoVectors === null) await unpack(join(built, 'vectors'));
  return await openStaticSite(built);
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
