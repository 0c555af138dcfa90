/** Knows when the first words are out: libp2p is heavy to load, and whoever just arrived has something better to do. */
import type { Wire } from './wire.ts';
import { pause } from './waiting.ts';

export interface Calm {
  /** Frames of this wire are what is waited for. */
  watch(wire: Wire): Wire;
  /** At once while nothing is watched, or when aborted. */
  onceCalm(signal: AbortSignal): Promise<void>;
}

/** So long without a frame either way. */
const quietMs = 120;
/** A relay that chatters on is not waited for longer. */
const latestMs = 800;

export function createCalm(): Calm {
  let beganMs = Number.NEGATIVE_INFINITY;
  let heardMs = Number.NEGATIVE_INFINITY;
  const note = (): void => {
    heardMs = performance.now();
  };
  return {
    watch: (wire) => {
      note();
      if (beganMs < 0) beganMs = heardMs;
      return {
        ...wire,
        send: (frame) => {
          note();
          return wire.send(frame);
        },
        listen: (on) =>
          wire.listen({
            ...on,
            onFrame: (frame) => {
              note();
              return on.onFrame(frame);
            },
          }),
      };
    },
    onceCalm: async (signal) => {
      for (;;) {
        const leftMs = Math.min(heardMs + quietMs, beganMs + latestMs) - performance.now();
        if (leftMs <= 0 || signal.aborted) return;
        await pause(leftMs, signal);
      }
    },
  };
}
