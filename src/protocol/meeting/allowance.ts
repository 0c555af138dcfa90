/** Lets a steady rate through, and bursts up to a cap. */
export interface Allowance {
  /** True, and paid, when there was enough. */
  take(cost: number): boolean;
}

export function createAllowance(perSecond: number, burst: number, ticksMs: () => number): Allowance {
  let level = burst;
  let filledMs = ticksMs();
  return {
    take: (cost) => {
      const nowMs = ticksMs();
      level = Math.min(burst, level + ((nowMs - filledMs) * perSecond) / 1_000);
      filledMs = nowMs;
      if (cost > level) return false;
      level -= cost;
      return true;
    },
  };
}
