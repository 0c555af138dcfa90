/** How far any two nodes are apart: delay, jitter, loss, width, and whether there is a way at all. */
import type { Core } from './core.ts';
import type { Random } from './random.ts';

export interface PathRules {
  readonly delayMs: number;
  /** Added on top: mostly a fraction of this, now and then several times as much. */
  readonly jitterMs: number;
  /** Chance that one packet of 1,200 bytes must be sent again. */
  readonly loss: number;
  /** 0: as wide as one likes. */
  readonly bytesPerMs: number;
}

export const pathRules: PathRules = { delayMs: 20, jitterMs: 5, loss: 0, bytesPerMs: 0 };

export interface Paths {
  /** Between any two that have no rules of their own. */
  setAll(rules: Partial<PathRules>): void;
  set(one: string, other: string, rules: Partial<PathRules>): void;
  /** Nothing passes between any of these and any of those, until healed. */
  cut(some: readonly string[], others: readonly string[]): void;
  /** Heals every cut between them; without names, all. */
  heal(some?: readonly string[], others?: readonly string[]): void;
}

export interface PathsInside extends Paths {
  isCut(one: string, other: string): boolean;
  /** One crossing for a small packet. */
  delayMs(one: string, other: string, luck: Random): number;
  /** One crossing for a frame on an ordered channel, losses repaired; null: even the repairs were lost. */
  carryMs(one: string, other: string, bytes: number, luck: Random): number | null;
  widthMs(one: string, other: string, bytes: number): number;
  onChange(changed: (one: string, other: string, cut: boolean) => void): void;
}

const packetBytes = 1_200;
const maxRepairs = 8;

export const createPaths = (core: Core, initial: Partial<PathRules>): PathsInside => {
  let everywhere: PathRules = { ...pathRules, ...initial };
  const own = new Map<string, Partial<PathRules>>();
  const cuts = new Map<string, readonly [string, string]>();
  let tell: (one: string, other: string, cut: boolean) => void = () => {};

  const rulesOf = (one: string, other: string): PathRules => {
    if (own.size === 0) return everywhere;
    const special = own.get(pairOf(one, other));
    return special === undefined ? everywhere : { ...everywhere, ...special };
  };
  const isCut = (one: string, other: string): boolean => cuts.size > 0 && cuts.has(pairOf(one, other));
  const delayMs = (one: string, other: string, luck: Random): number => {
    const rules = rulesOf(one, other);
    // Whole numbers and division only: the same on every engine.
    const drawn = luck.share();
    return rules.delayMs + rules.jitterMs * 0.68 * (drawn / (1.125 - drawn));
  };

  const change = (some: readonly string[], others: readonly string[], cut: boolean): void => {
    for (const one of some) {
      for (const other of others) {
        const pair = pairOf(one, other);
        if (one === other || cuts.has(pair) === cut) continue;
        if (cut) cuts.set(pair, [one, other]);
        else cuts.delete(pair);
        core.note(cut ? 'cut' : 'heal', pair);
        tell(one, other, cut);
      }
    }
  };

  return {
    setAll: (rules) => void (everywhere = { ...everywhere, ...rules }),
    set: (one, other, rules) => void own.set(pairOf(one, other), rules),
    cut: (some, others) => change(some, others, true),
    heal: (some, others) => {
      if (some !== undefined && others !== undefined) return change(some, others, false);
      for (const [one, other] of [...cuts.values()]) change([one], [other], false);
    },
    isCut,
    delayMs,
    carryMs: (one, other, bytes, luck) => {
      const rules = rulesOf(one, other);
      let totalMs = delayMs(one, other, luck);
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
    onChange: (changed) => void (tell = changed),
  };
};

export const pairOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`);
