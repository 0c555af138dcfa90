/** Y1: how far back somebody is told what was said in a room, by when they came. */
export interface Came {
  /** Of the operation that added them. */
  readonly atMs: number;
  /** 0 none, 255 all. */
  readonly historyDays: number;
}

/** The moment from which on it is for them. Without skew: a day that a joiner is not to have stays closed. */
export const historyFromMs = ({ atMs, historyDays }: Came): number =>
  historyDays === allHistory ? 0 : Math.max(0, atMs - historyDays * dayMs);

const allHistory = 255;
const dayMs = 86_400_000;
