/** Two ways to hand bytes to somebody by a server: our relay with thin doors, and a bare forwarder. Each server is a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { createNobleKey } from '../../../src/adapters/libp2p/page-key.ts';
import * as thin from '../../../src/adapters/libp2p/thin-bytes.ts';
import { concat } from '../../../src/protocol/bytes.ts';
import { parseTopic } from '../../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../../src/protocol/meet.ts';
import type { MeetFrame } from '../../../src/protocol/meet.ts';
import { startRelay, stopped } from '../wavu.ts';

/** One who sends to the other of its pair. */
export interface End {
  readonly socket: WebSocket;
  /** The message by which these bytes go there; and the bytes of one that came. */
  wrap(bytes: Uint8Array): Uint8Array;
  unwrap(message: Uint8Array): Uint8Array;
}
export type Pair = readonly [End, End];

export interface Side {
  readonly name: 'wavu' | 'bare';
  openPair(): Promise<Pair>;
  /** Processor time of the server so far. */
  serverMicros(): Promise<number>;
  close(): Promise<void>;
}

export async function openRelaySide(): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), 'wavu-bench-relayed-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Nothing</title>');
  const { relay, origin } = await startRelay(join(folder, 'data'), folder);
  const url = origin.replace('http', 'ws');
  let pairs = 0;
  return {
    name: 'wavu',
    openPair: async () => {
      const topic = parseTopic((pairs += 1).toString(16).padStart(32, '0'))!;
      const [one, other] = [await enter(url), await enter(url)];
      await one.ask({ kind: 'join', topics: [topic] });
      const told = once(one.socket, 'message');
      await other.ask({ kind: 'join', topics: [topic] });
      await told;
      return [one.to(other), other.to(one)];
    },
    serverMicros: () => processorMicros(relay.pid),
    close: async () => {
      await stopped(relay);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function openBareSide(): Promise<Side> {
  const child = fork(fileURLToPath(new URL('./forwarder.ts', import.meta.url)), { stdio: ['ignore', 2, 2, 'ipc'] });
  const [port] = (await once(child, 'message')) as [number];
  let pairs = 0;
  const enterBare = async (): Promise<End> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${pairs}`, { perMessageDeflate: false });
    await once(socket, 'open');
    return { socket, wrap: (bytes) => bytes, unwrap: (message) => message };
  };
  return {
    name: 'bare',
    openPair: async () => {
      pairs += 1;
      return [await enterBare(), await enterBare()];
    },
    serverMicros: () => processorMicros(child.pid),
    close: async () => void child.kill(),
  };
}

interface Page {
  readonly socket: WebSocket;
  /** Says it, and waits for the next answer. */
  ask(frame: MeetFrame): Promise<void>;
  to(other: Page): End;
  readonly key: Uint8Array;
}

async function enter(url: string): Promise<Page> {
  const key = createNobleKey();
  const socket = new WebSocket(url, thin.thinProtocol, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(thin.encodeHello({ pageKey: key.publicKey, nonce: new Uint8Array(thin.nonceBytes) }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  const challenge = thin.decodeChallenge(message);
  if (typeof challenge === 'string') throw new Error(challenge);
  const signature = await key.sign(thin.pageSigns(key.publicKey, challenge.challenge, challenge.relayKey));
  socket.send(thin.encodeProof({ signature }));
  const say = (frame: MeetFrame): Uint8Array => concat([Uint8Array.of(thin.meetChannel), encodeMeet(frame)]);
  return {
    socket,
    key: key.publicKey,
    ask: async (frame) => {
      socket.send(say(frame));
      await once(socket, 'message');
    },
    to: (other) => {
      const peer = thin.peerIdOfKey(other.key);
      return {
        socket,
        wrap: (bytes) => say({ kind: 'pass', to: peer, bytes }),
        unwrap: (got) => {
          const frame = decodeMeet(got.subarray(1));
          return 'kind' in frame && frame.kind === 'passed' ? frame.bytes : new Uint8Array(0);
        },
      };
    },
  };
}

/** Of all its threads, as the scheduler counts it. */
async function processorMicros(pid: number | undefined): Promise<number> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const nanos = await Promise.all(tasks.map(async (task) => readFile(`/proc/${pid}/task/${task}/schedstat`, 'latin1')));
  return nanos.reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1_000, 0);
}
