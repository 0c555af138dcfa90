/** Small waits that end when they should. */
import type { Stream } from '@libp2p/interface';

/** Resolves after the delay, or at once when aborted. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** The next byte of a stream nobody listens to yet; the rest stays in it. */
export async function readByte(stream: Stream, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      stream.removeEventListener('message', onMessage);
      stream.removeEventListener('close', onClose);
      stream.removeEventListener('remoteCloseWrite', onClose);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onMessage = (event: Event & { data: Uint8Array | { subarray(): Uint8Array } }): void => {
      const bytes = event.data.subarray();
      done(() => resolve(bytes[0]!));
      if (bytes.length > 1) stream.unshift(bytes.subarray(1));
    };
    const onClose = (): void => done(() => reject(new Error('closed')));
    const onAbort = (): void => done(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort);
    stream.addEventListener('close', onClose);
    stream.addEventListener('remoteCloseWrite', onClose);
    stream.addEventListener('message', onMessage);
    if (signal.aborted) onAbort();
    else if (stream.status !== 'open') onClose();
  });
}

/** For promises that never reject: what they settle with, or something else once aborted. */
export async function orWhenAborted<Value>(settled: Promise<Value>, otherwise: Value, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve) => {
    const onAbort = (): void => resolve(otherwise);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    void settled.then((value) => {
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
  });
}

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
