/** Builds small apps with the real build configuration, each with a service worker of another age. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { build } from 'vite';

const repository = join(import.meta.dirname, '../../..');
const script = join(import.meta.dirname, 'offline-page.ts');

export interface BuildWanted {
  /** Stands on the page, so that a test sees which build it looks at. */
  readonly mark: string;
  readonly builtAtSeconds: number;
}

/** Answers with the folder that was built. */
export async function buildApp({ mark, builtAtSeconds }: BuildWanted): Promise<string> {
  const folder = join(repository, '.cache/tests/offline', mark);
  const root = join(folder, 'source');
  await mkdir(join(root, 'src'), { recursive: true });
  await mkdir(join(root, 'public'), { recursive: true });
  await writeFile(join(root, 'public/manifest.webmanifest'), '{"name":"Wavu","start_url":"/"}');
  await writeFile(join(root, 'src/mesh.ts'), `export const mesh = ${JSON.stringify(`mesh of ${mark}`)};\n`);
  await writeFile(
    join(root, 'src/main.ts'),
    `import ${JSON.stringify(script)};\nvoid import('./mesh.ts').then(({ mesh }) => Object.assign(globalThis, { mesh }));\n`,
  );
  await writeFile(
    join(root, 'index.html'),
    `<!doctype html><html lang="en"><head><title>${mark}</title><link rel="manifest" href="/manifest.webmanifest"></head>` +
      '<body><script type="module" src="/src/main.ts"></script></body></html>',
  );
  const outDir = join(folder, 'dist');
  const before = env['SOURCE_DATE_EPOCH'];
  env['SOURCE_DATE_EPOCH'] = String(builtAtSeconds);
  try {
    const configFile = join(repository, 'vite.config.ts');
    await build({ root, configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete env['SOURCE_DATE_EPOCH'];
    else env['SOURCE_DATE_EPOCH'] = before;
  }
  return outDir;
}
