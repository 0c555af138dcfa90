/** The clock port on virtual time; wall clocks of different devices may disagree. */
import type { Clock } from '../../ports/clock.ts';
import type { Core } from './core.ts';
import type { Owner } from './queue.ts';

export const createClock = (core: Core, owner: Owner, startMs: number, skewMs: number): Clock => {
  const bornUs = core.nowUs();
  return {
    nowMs: () => startMs + skewMs + Math.floor(core.nowUs() / 1000),
    ticksMs: () => (core.nowUs() - bornUs) / 1000,
    after: (delayMs, run) => core.schedule(delayMs, { kind: 'timer', owner }, run),
  };
};
