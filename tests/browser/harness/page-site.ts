/** Builds a page that holds one script of ours and nothing else. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const repository = join(import.meta.dirname, '../../..');

/** `which` keeps the folders of those that run at the same time apart. Answers where the built page lies. */
export async function buildPage(which: string, script: string): Promise<string> {
  const folder = join(repository, '.cache/tests', which);
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  const path = join(import.meta.dirname, script);
  await writeFile(
    join(source, 'index.html'),
    `<!doctype html><title>${which}</title><script type="module" src="${path}"></script>`,
  );
  const outDir = join(folder, 'dist');
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, modulePreload: false, minify: false, target: 'chrome120' },
  });
  return outDir;
}
