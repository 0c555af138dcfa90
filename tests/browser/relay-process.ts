/** The real relay in a process of its own, which a test may kill and start again where it was. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RelayProcess {
  /** As a person on this machine would type it. */
  readonly url: string;
  readonly port: number;
  /** As the first start printed it. */
  readonly ownerLink: string | null;
  /** Its data folder. */
  readonly data: string;
  readonly pid: () => number;
  /** All it wrote on standard output and standard error. */
  readonly said: () => string;
  /** SIGKILL leaves it no time for a word; SIGTERM is how a host ends it. */
  kill(how: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** The same port, the same data; another built page, if named. Answers when it said that it listens. */
  restart(app?: string): Promise<{ readonly listeningAtMs: number }>;
  /** For good: the data go too. */
  close(): Promise<void>;
}

export interface RelayWanted {
  readonly square?: 'on' | 'off';
  /** Whom it lets in; left out: everybody. For members it keeps no Square. */
  readonly access?: 'members';
  /** The folder of the built page it serves. */
  readonly app?: string;
  /** Otherwise any free one. */
  readonly port?: number;
  /** What people open at another relay of the same mesh. */
  readonly sister?: string;
  /** Modules that run in the relay's process before it. */
  readonly imports?: readonly string[];
}

export async function startRelay(wanted: RelayWanted = {}): Promise<RelayProcess> {
  const { access, square = access === 'members' ? 'off' : 'on', app, port: at = 0, sister, imports = [] } = wanted;
  const data = await mkdtemp(join(tmpdir(), 'wavu-journey-'));
  const said: string[] = [];
  const named = [...(sister === undefined ? [] : ['--sisters', sister]), ...(access === undefined ? [] : ['--access', access])];
  const spawnAt = (where: number, page: string | undefined): Promise<Running> =>
    spawnRelay(where, data, ['--square', square, ...named, ...(page === undefined ? [] : ['--app', page])], imports, said);
  let running = await spawnAt(at, app);
  const { port, ownerLink } = running;
  return {
    url: `http://localhost:${port}/`,
    port,
    ownerLink,
    data,
    pid: () => running.child.pid ?? 0,
    said: () => said.join(''),
    kill: (how) => ended(running.child, how),
    restart: async (other) => {
      running = await spawnAt(port, other ?? app);
      return { listeningAtMs: running.listeningAtMs };
    },
    close: async () => {
      await ended(running.child, 'SIGTERM');
      await rm(data, { recursive: true, force: true });
    },
  };
}

const program = join(import.meta.dirname, '../../relay/main.ts');
const startWithinMs = 60_000;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ownerLink: string | null;
  readonly listeningAtMs: number;
}

async function spawnRelay(
  port: number,
  data: string,
  wanted: readonly string[],
  imports: readonly string[],
  saidAll: string[],
): Promise<Running> {
  const flags = ['--port', String(port), '--host', '127.0.0.1', '--data', data, ...wanted, '--json'];
  const before = imports.flatMap((each) => ['--import', each]);
  const child = spawn(process.execPath, [...before, program, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill); // whatever ends the tests ends their relay
  child.once('exit', () => process.off('exit', kill));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    saidAll.push(text);
    said = (said + text).slice(-2_000);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => void saidAll.push(text));
  return await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      kill();
      reject(new Error(`the relay did not say where it listens: ${said}`));
    }, startWithinMs);
    child.once('exit', (code) => {
      clearTimeout(late);
      const fell = `the relay ended with ${code}: ${said}`;
      reject(new Error(fell));
      // Nobody told it to: a journey that waits for it is to know why it waits in vain.
      if (code !== null && code !== 0) console.error(fell);
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(late);
      const { port: taken, ownerLink } = JSON.parse(line) as Pick<Running, 'port' | 'ownerLink'>;
      resolve({ child, port: taken, ownerLink, listeningAtMs: Date.now() });
    });
  });
}

async function ended(child: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(how);
  await gone;
}
