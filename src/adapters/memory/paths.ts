/** How far any two nodes are apart: delay, jitter, loss, width; and, asked of others, whether there is a way at all. */
import type { Core } from './core.ts';
import { createLines } from './lines.ts';
import type { LineRules, Lines } from './lines.ts';
import type { Random } from './random.ts';
import { createReach, pairOf } from './reach.ts';
import type { Reach, ReachInside } from './reach.ts';

export interface PathRules {
  readonly delayMs: number;
  /** Added on top: mostly a fraction of this, now and then several times as much. */
  readonly jitterMs: number;
  /** Chance that one packet of 1,200 bytes must be sent again. */
  readonly loss: number;
  /** Of each link, beside its ends' own lines. 0: as wide as one likes. */
  readonly bytesPerMs: number;
}

export const pathRules: PathRules = { delayMs: 20, jitterMs: 5, loss: 0, bytesPerMs: 0 };

/** Between devices at one site. */
const lanRules: PathRules = { delayMs: 1, jitterMs: 2, loss: 0, bytesPerMs: 0 };

export interface Paths extends Reach {
  /** Between any two that have no rules of their own. */
  setAll(rules: Partial<PathRules>): void;
  set(one: string, other: string, rules: Partial<PathRules>): void;
  /** For all pairs without rules of their own: a map, say. The same answer either way round, or the way there is another than back. */
  setBy(rules: (from: string, to: string) => PathRules): void;
  /** A device's own line. Without one it is as wide as one likes and open. */
  setLine(name: string, rules: Partial<LineRules>): void;
  /** Whether nothing passes between them just now. */
  isCut(one: string, other: string): boolean;
  /** Whether a direct link between them would come about. */
  mayMeet(one: string, other: string): boolean;
}

export interface PathsInside extends Paths, Omit<ReachInside, keyof Reach>, Omit<Lines, 'set'> {
  /** One crossing for a small packet. */
  delayMs(one: string, other: string, luck: Random): number;
  /** One crossing for a frame on an ordered channel, losses repaired; null: even the repairs were lost. */
  carryMs(one: string, other: string, bytes: number, luck: Random): number | null;
  widthMs(one: string, other: string, bytes: number): number;
}

const packetBytes = 1_200;
const maxRepairs = 8;

export const createPaths = (core: Core, initial: Partial<PathRules>): PathsInside => {
  let everywhere: PathRules = { ...pathRules, ...initial };
  let byMap: ((from: string, to: string) => PathRules) | null = null;
  const own = new Map<string, Partial<PathRules>>();
  const { set: setLine, ...lines } = createLines(core);

  const rulesOf = (one: string, other: string): PathRules => {
    if (lines.isLan(one, other)) return lanRules;
    const special = own.size === 0 ? undefined : own.get(pairOf(one, other));
    const common = byMap?.(one, other) ?? everywhere;
    return special === undefined ? common : { ...common, ...special };
  };
  const delayOf = (rules: PathRules, luck: Random): number => {
    // Whole numbers and division only: the same on every engine.
    const drawn = luck.share();
    return rules.delayMs + rules.jitterMs * 0.68 * (drawn / (1.125 - drawn));
  };

  return {
    ...createReach(core),
    ...lines,
    setLine,
    setAll: (rules) => void (everywhere = { ...everywhere, ...rules }),
    set: (one, other, rules) => void own.set(pairOf(one, other), rules),
    setBy: (rules) => void (byMap = rules),
    delayMs: (one, other, luck) => delayOf(rulesOf(one, other), luck),
    carryMs: (one, other, bytes, luck) => {
      const rules = rulesOf(one, other);
      let totalMs = delayOf(rules, luck);
      if (rules.loss === 0) return totalMs;
      let whole = 1;
      for (let packet = 0; packet < bytes; packet += packetBytes) whole *= 1 - rules.loss;
      let waitMs = Math.max(100, 3 * rules.delayMs);
      for (let repair = 0; luck.chance(1 - whole); repair += 1) {
        if (repair === maxRepairs) return null;
        totalMs += waitMs;
        waitMs *= 2;
      }
      return totalMs;
    },
    widthMs: (one, other, bytes) => {
      const { bytesPerMs } = rulesOf(one, other);
      return bytesPerMs === 0 ? 0 : bytes / bytesPerMs;
    },
  };
};
