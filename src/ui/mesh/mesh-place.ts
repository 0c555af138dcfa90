/** Where a link is drawn: the distance is its measured delay, the angle belongs to its id for ever. */

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Rings of the picture. */
export const ringsMs: readonly number[] = [10, 50, 200, 1000];

const nearest = 50;
const perRing = 34;
/** Beyond the last ring: what was not measured yet. */
export const unmeasuredRadius: number = nearest + perRing * ringsMs.length + 14;

/** Even steps between the rings, so that each is as wide as the next. */
export function radiusOf(rttMs: number | null): number {
  if (rttMs === null) return unmeasuredRadius;
  let below = 1;
  for (const [at, ring] of ringsMs.entries()) {
    if (rttMs <= ring) {
      const part = Math.log(Math.max(rttMs, below) / below) / Math.log(ring / below);
      const inner = at === 0 ? nearest : ringRadius(at - 1);
      return inner + part * (ringRadius(at) - inner);
    }
    below = ring;
  }
  return ringRadius(ringsMs.length - 1) + 6;
}

export function ringRadius(at: number): number {
  return nearest + perRing * (at + 1);
}

export function spotOf(id: string, rttMs: number | null): Spot {
  const radius = radiusOf(rttMs);
  const angle = turn(id) * 2 * Math.PI;
  return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
}

/** 0 to 1, the same for the same text. FNV-1a, its bits mixed once more because ids share beginnings. */
function turn(text: string): number {
  let state = 2166136261;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16777619);
  state = Math.imul(state ^ (state >>> 15), 2246822519);
  return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
}
