/** When a message's words go by themselves (M8). */

/** `shownAtMs`: when this device first showed it, or null. Null: its room had no timer when it was sent. */
export function goneAtMs(sentAtMs: number, timerSeconds: number, shownAtMs: number | null): number | null {
  if (timerSeconds === 0) return null;
  const timerMs = timerSeconds * 1_000;
  // `sent` is another's clock, which M4 bears up to a day off: so much earlier or later this may be.
  const latest = sentAtMs + timerMs + unseenMs;
  return shownAtMs === null ? latest : Math.min(shownAtMs + timerMs, latest);
}

/** For what comes, is waiting to be sent, or is carried. */
export const isGone = (sentAtMs: number, timerSeconds: number, shownAtMs: number | null, nowMs: number): boolean => {
  const at = goneAtMs(sentAtMs, timerSeconds, shownAtMs);
  return at !== null && nowMs >= at;
};

const unseenMs = 604_800_000;
