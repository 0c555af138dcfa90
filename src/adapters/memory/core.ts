/** The heart of a memory world: one virtual time, one queue, one trace. Everything else asks it. */
import type { Stop } from '../../ports/clock.ts';
import { createQueue } from './queue.ts';
import type { Event, Owner } from './queue.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { createTrace } from './trace.ts';

export interface Core {
  nowUs(): number;
  /** Puts something on the queue: the only way anything ever happens here. */
  schedule(afterMs: number, what: Happening, run: () => void): Stop;
  /** What was parked goes on now, in its order. */
  goOn(parked: readonly Event[]): void;
  /** Notes something in the trace that happened inside an event. */
  note(kind: string, who: string): void;
  random: Random;
}

export interface Happening {
  readonly kind: string;
  /** It never happens once its owner is gone. */
  readonly owner: Owner | null;
  readonly other?: string;
  readonly bytes?: Uint8Array;
}

export interface CoreRun extends Core {
  /** Runs the next event at or before that time and lets all that hangs on it finish. False: there is none. */
  step(untilUs: number): Promise<boolean>;
  /** Lets everything finish that already may. */
  settle(): Promise<void>;
  moveTo(us: number): void;
  events(): number;
  waiting(): number;
  traceHash(): string;
}

export interface CoreOptions {
  readonly seed: string;
  /** How many quiet turns of the microtask queue count as "all done". */
  readonly settleTurns: number;
  /** Replaces the turns by something exact where the surroundings have it (Node: setImmediate). */
  readonly settle: (() => Promise<void>) | null;
  readonly onEvent: ((event: Event) => void) | null;
}

export const createCore = (options: CoreOptions): CoreRun => {
  const queue = createQueue();
  const trace = createTrace();
  trace.text(options.seed);
  let nowUs = 0;
  let asked = 0;
  let happened = 0;

  // Whoever goes on after an event does so in microtasks and ends in a question to a port, which
  // moves `asked`. So: quiet for long enough means that all of them wait for the queue again.
  const oneTurn = Promise.resolve();
  const turns = async (): Promise<void> => {
    let seen = asked;
    for (let quiet = 0; quiet < options.settleTurns; quiet += 1) {
      await oneTurn;
      if (seen === asked) continue;
      seen = asked;
      quiet = 0;
    }
  };
  const settle = options.settle ?? turns;

  const record = (event: Event): void => {
    trace.word(event.atUs / 2 ** 32);
    trace.word(event.atUs);
    trace.text(event.kind);
    trace.text(event.owner?.name ?? '');
    trace.text(event.other);
    if (event.bytes !== null) trace.bytes(event.bytes);
    options.onEvent?.(event);
  };

  return {
    nowUs: () => nowUs,
    random: createRandom(`world ${options.seed}`),
    schedule: (afterMs, what, run) => {
      asked += 1;
      const atUs = nowUs + Math.max(0, Math.round(afterMs * 1000));
      const event: Event = {
        atUs,
        order: asked,
        kind: what.kind,
        owner: what.owner,
        other: what.other ?? '',
        bytes: what.bytes ?? null,
        run,
        state: 'waiting',
      };
      if (what.owner?.alive() === false) event.state = 'over';
      else queue.add(event);
      return () => {
        const { state } = event;
        if (state !== 'waiting' && state !== 'parked') return;
        event.state = 'stopped';
        if (state === 'waiting') queue.forget();
      };
    },
    goOn: (parked) => {
      for (const event of parked) {
        if (event.state !== 'parked') continue;
        event.state = 'waiting';
        event.atUs = nowUs;
        asked += 1;
        event.order = asked;
        queue.add(event);
      }
    },
    note: (kind, who) => {
      trace.text(kind);
      trace.text(who);
    },
    step: async (untilUs) => {
      const event = queue.take(untilUs);
      if (event === null) return false;
      nowUs = event.atUs;
      happened += 1;
      record(event);
      event.run();
      await settle();
      return true;
    },
    settle: () => settle(),
    moveTo: (us) => {
      nowUs = Math.max(nowUs, us);
    },
    events: () => happened,
    waiting: () => queue.waiting(),
    traceHash: () => trace.hash(),
  };
};
