/** What we ask of time. */
export interface Clock {
  /** Wall time since 1970, whole milliseconds. May jump. */
  nowMs(): number;
  /** Time since some start, with fractions. Never goes back; only for measuring. */
  ticksMs(): number;
  /** Runs once after the delay, unless stopped first. */
  after(delayMs: number, run: () => void): Stop;
}

/** Ends what was begun. Calling it twice is the same as once. */
export type Stop = () => void;
