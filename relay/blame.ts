/** Finds out who has the port we want, as far as anybody may know. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { isRefusal } from '../src/protocol/refusal.ts';
import { readRelayCard, relayCardPath } from '../src/protocol/relay-card.ts';
import { isEverywhere } from './everywhere.ts';

/**
 * A program on 127.0.0.1 and ours on 0.0.0.0 may both "have" a port on some systems, and browsers then meet the other one.
 * The address that answers, or null.
 */
export async function whoAnswersAlready(port: number, host: string): Promise<string | null> {
  const here = isEverywhere(host) ? ['127.0.0.1', '::1'] : host.startsWith('127.') || host === '::1' ? [host] : [];
  const answers = await Promise.all(here.map(async (each) => ((await isOpen(each, port)) ? each : null)));
  return answers.find((each) => each !== null) ?? null;
}

/** In words, such as "a Wavu relay, process 4711 (node)"; empty when nothing can be said. */
export async function nameHolder(port: number, at: string): Promise<string> {
  const isWavu = await answersAsWavu(port, at);
  const pid = process.platform === 'linux' ? listenerOn(port) : null;
  const known = [isWavu ? 'a Wavu relay' : '', pid === null ? '' : `process ${pid} (${nameOf(pid)})`];
  return known.filter((each) => each !== '').join(', ');
}

const patienceMs = 700;

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
  });
}

function answersAsWavu(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = get({ host, port, path: relayCardPath, timeout: patienceMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > 65_536) asking.destroy();
      });
      response.on('end', () => resolve(isCard(text)));
      response.on('close', () => resolve(false));
    });
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => resolve(false));
  });
}

function isCard(text: string): boolean {
  try {
    return !isRefusal(readRelayCard(JSON.parse(text)));
  } catch {
    return false;
  }
}

/** Through /proc: the listening socket's number, then the process that holds it. Other people's processes stay unseen. */
function listenerOn(port: number): number | null {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of attempt(() => readFileSync(table, 'latin1'), '').split('\n')) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === '0A' && local.endsWith(`:${wanted}`)) sockets.add(`socket:[${inode}]`);
    }
  }
  for (const pid of attempt(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name))) {
    const held = attempt(() => readdirSync(`/proc/${pid}/fd`), []);
    const holds = (fd: string): boolean => sockets.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''));
    if (sockets.size > 0 && held.some(holds)) return Number(pid);
  }
  return null;
}

const nameOf = (pid: number): string =>
  attempt(() => readFileSync(`/proc/${pid}/comm`, 'latin1'), '?')
    .replace(/[^\x20-\x7e]/g, '')
    .trim();

function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
