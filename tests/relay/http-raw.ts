/** A bare TCP connection, for saying what no HTTP client would. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Raw {
  readonly socket: Socket;
  /** Everything heard until the far end closed, or until `patienceMs`. */
  heard(patienceMs?: number): Promise<{ readonly text: string; readonly isClosed: boolean; readonly afterMs: number }>;
}

export async function openRaw(port: number, localAddress = '127.0.0.1'): Promise<Raw> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  onTestFinished(() => void socket.destroy());
  let text = '';
  let isClosed = false;
  const since = performance.now();
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      resolve();
    });
  });
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return {
    socket,
    heard: async (patienceMs = 10_000) => {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
      clearTimeout(timer);
      return { text, isClosed, afterMs: performance.now() - since };
    },
  };
}
