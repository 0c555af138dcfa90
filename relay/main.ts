/** `node relay/main.ts`: one relay in one process. Says where it is, runs until told to end, leaves nothing behind. */
import process from 'node:process';
import { readSettings } from './flags.ts';
import type { Settings } from './flags.ts';
import { greeting, machineLine } from './greeting.ts';
import { createClock, createEntropy, createLog } from './ports.ts';
import { startRelay } from './start-relay.ts';

const closeWithinMs = 1_800;

const read = readSettings(process.argv.slice(2), process.env);
switch (read.state) {
  case 'help':
    process.stdout.write(read.text);
    break;
  case 'refused':
    refuse(read.lines);
    process.exitCode = 2;
    break;
  case 'run':
    await run(read.settings);
    break;
}

async function run(settings: Settings): Promise<void> {
  const clock = createClock();
  // A person at a terminal gets the greeting; whoever collects the lines gets the events as well.
  const log = createLog(clock, (line) => void (process.stderr.isTTY ? undefined : process.stderr.write(line)));
  // Nobody may read us any more: no reason to fall.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  let end: (code: number) => void = () => undefined;
  const told = new Promise<number>((resolve) => (end = resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
  const onLost = (): void => {
    refuse(['Another relay took over our data folder; this one ends.']);
    end(1);
  };
  // One broken stream of one stranger must not end everybody's relay; a bug of ours outside any promise does.
  process.on('unhandledRejection', (error) => log('unhandled', { what: error instanceof Error ? error.name : typeof error }));

  const started = await startRelay(settings, { clock, entropy: createEntropy(), log, onLost });
  if (started.state === 'refused') {
    refuse(started.lines);
    return process.exit(started.isSetting ? 2 : 1);
  }
  const { relay } = started;
  process.on('exit', relay.releaseFolder);
  const standing = relay.standing();
  process.stdout.write(settings.json ? machineLine(standing, process.pid) : greeting(standing, process.stdout.isTTY));

  const code = await told;
  await Promise.race([relay.close(), new Promise<void>((resolve) => clock.after(closeWithinMs, resolve))]);
  process.exit(code);
}

function refuse(lines: readonly string[]): void {
  process.stderr.write(lines.map((line, at) => `${at === 0 ? 'wavu: ' : '      '}${line}\n`).join(''));
}
