/** Tells time as this browser has it. */
import type { Clock, Stop } from '../../ports/clock.ts';

/** Timers count in 31 bits; a longer wait would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const createClock = (): Clock => ({
  nowMs: () => Date.now(),
  ticksMs: () => performance.now(),
  after: startTimer,
});

function startTimer(delayMs: number, run: () => void): Stop {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : run()), stepMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
