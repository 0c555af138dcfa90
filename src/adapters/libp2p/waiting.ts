/** Small waits that end when they should. */

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
