/** The clock port on virtual time. Wall clocks of different devices may disagree, and each may go a little fast or slow. */
import type { Clock } from '../../ports/clock.ts';
import type { Core } from './core.ts';
import type { Owner } from './queue.ts';

export interface ClockRules {
  /** What the wall clock shows at the beginning of the world, and how far off that is. */
  readonly startMs: number;
  readonly skewMs: number;
  /** So many millionths fast; slow below 0. */
  readonly driftPpm: number;
}

export const createClock = (core: Core, owner: Owner, { startMs, skewMs, driftPpm }: ClockRules): Clock => {
  const bornUs = core.nowUs();
  const rate = 1 + driftPpm / 1e6;
  return {
    nowMs: () => startMs + skewMs + Math.floor((core.nowUs() * rate) / 1000),
    ticksMs: () => ((core.nowUs() - bornUs) * rate) / 1000,
    after: (delayMs, run) => core.schedule(delayMs / rate, { kind: 'timer', owner }, run),
  };
};
