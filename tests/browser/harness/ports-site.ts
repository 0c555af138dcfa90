/** Builds the page that speaks the real storage and tabs ports, and serves it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { openStaticSite } from './static-site.ts';
import type { StaticSite } from './static-site.ts';

const repository = join(import.meta.dirname, '../../..');

/** `which` keeps the folders of test files apart that run at the same time. */
export async function openPortsSite(which: string): Promise<StaticSite> {
  const folder = join(repository, '.cache/tests', which);
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  await writeFile(
    join(source, 'index.html'),
    '<!doctype html><title>ports</title><script type="module" src="/@fs/ports-page.ts"></script>'.replace(
      '/@fs/ports-page.ts',
      join(import.meta.dirname, 'ports-page.ts'),
    ),
  );
  const outDir = join(folder, 'dist');
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, modulePreload: false, minify: false, target: 'chrome120' },
  });
  return await openStaticSite(outDir);
}
