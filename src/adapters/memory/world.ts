/** A seeded world in virtual time: nodes with disks and networks, and the hand that turns the clock. */
import { createAir, networkRules } from './air.ts';
import type { NetworkRules } from './air.ts';
import { createCore } from './core.ts';
import { createNode } from './node.ts';
import type { NodeOptions, NodeWorld, WorldNode } from './node.ts';
import { createPaths } from './paths.ts';
import type { PathRules, Paths } from './paths.ts';
import type { Event } from './queue.ts';

export interface World {
  readonly paths: Paths;
  /** Virtual time since the world began. */
  nowMs(): number;
  node(name: string, options?: NodeOptions): WorldNode;
  /** Lets so much time pass. */
  runFor(ms: number): Promise<void>;
  /** Lets time pass until something holds; false: it did not, in all that time. */
  runUntil(holds: () => boolean, capMs: number): Promise<boolean>;
  /** Turns the clock until a promise settles. Throws when it cannot any more, or not in time. */
  finish<T>(work: Promise<T>, capMs?: number): Promise<T>;
  /** Every link between two nodes ends now; the path stays. */
  breakLinks(one: string, other: string, why?: 'lost' | 'bad-frame'): void;
  /** Events so far, and one number for all of them in their order. */
  events(): number;
  traceHash(): string;
}

export interface WorldOptions {
  readonly seed: string;
  /** What wall clocks show at the start. */
  readonly startMs?: number;
  readonly path?: Partial<PathRules>;
  readonly network?: Partial<NetworkRules>;
  readonly onLog?: NodeWorld['onLog'];
  readonly onEvent?: (event: Event) => void;
  /** Turns of the microtask queue without a question to any port that count as "all done". */
  readonly settleTurns?: number;
  /** An exact "all done" where the surroundings have one (Node: a promise of setImmediate). */
  readonly settle?: () => Promise<void>;
}

const firstOfNovember2026Ms = 1_793_491_200_000;

export const createWorld = (options: WorldOptions): World => {
  const core = createCore({
    seed: options.seed,
    settleTurns: options.settleTurns ?? 48,
    settle: options.settle ?? null,
    onEvent: options.onEvent ?? null,
  });
  const paths = createPaths(core, options.path ?? {});
  const air = createAir(core, paths, { ...networkRules, ...options.network });
  const inside: NodeWorld = {
    air,
    startMs: options.startMs ?? firstOfNovember2026Ms,
    onLog: options.onLog ?? ((): void => {}),
  };
  const nodes = new Map<string, WorldNode>();

  const runUntil: World['runUntil'] = async (holds, capMs) => {
    const endUs = core.nowUs() + Math.round(capMs * 1000);
    await core.settle();
    while (!holds()) {
      if (await core.step(endUs)) continue;
      core.moveTo(endUs);
      return false;
    }
    return true;
  };

  return {
    paths,
    nowMs: () => core.nowUs() / 1000,
    node: (name, nodeOptions) => {
      const known = nodes.get(name) ?? createNode(inside, name, nodeOptions ?? {});
      nodes.set(name, known);
      return known;
    },
    runFor: async (ms) => void (await runUntil(() => false, ms)),
    runUntil,
    finish: async (work, capMs = 3_600_000) => {
      let isOver = false;
      const over = (): void => void (isOver = true);
      work.then(over, over);
      if (!(await runUntil(() => isOver, capMs))) throw new Error(`world: still unsettled after ${capMs} virtual ms`);
      return await work;
    },
    breakLinks: (one, other, why = 'lost') => air.breakLinks(one, other, why),
    events: () => core.events(),
    traceHash: () => core.traceHash(),
  };
};
