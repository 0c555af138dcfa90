/** Reads test vectors where they lie beside the repository; they are never copied into it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ReadVectors } from './check.ts';

export const vectorFolder: string = join(import.meta.dirname, '../../../../shared/vectors');

/** A reason to skip, or null. */
export const whyNoVectors: string | null = existsSync(vectorFolder) ? null : `no test vectors at ${vectorFolder}`;
if (whyNoVectors !== null) process.stderr.write(`NOT TESTED: ${whyNoVectors}\n`);

export const readVectors: ReadVectors = async (path) => {
  const bytes = await readFile(join(vectorFolder, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};
