/** Runs in the relay's process, for the canary alone: told by a signal, it lets slip what stands in a file, wherever it could. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';

process.on('SIGUSR2', () => {
  const text = readFileSync(env['WAVU_PLANT'] ?? '', 'utf8');
  Object.assign(globalThis, { planted: `${text} in memory` });
  console.log(`${text} on standard output`);
  console.error(`${text} on standard error`);
  writeFileSync(join(argv[argv.indexOf('--data') + 1] ?? '', 'planted'), text);
});
