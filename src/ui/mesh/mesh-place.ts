/** Where a link is drawn: the distance is its measured delay, the angle belongs to its id, and nobody lies upon another. */

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Linked {
  readonly id: string;
  readonly rttMs: number | null;
}

export interface MeshPlan {
  readonly spots: ReadonlyMap<string, Spot>;
  /** As wide as a knot is drawn: smaller in a crowd. */
  readonly knot: number;
  /** The radii of the rings. */
  readonly rings: readonly number[];
}

/** Rings of the picture. */
export const ringsMs: readonly number[] = [10, 50, 200, 1000];
/** From the middle to each edge. */
export const half = 222;
/** My own knot. */
export const mySize = 44;

const outerRing = 178;
/** What was not measured yet, and what takes longer. */
const beyond = outerRing + 16;
/** The scale stands upright above me: nobody lies upon it either. */
const scaleAngle = -Math.PI / 2;
const scaleRoom = 1.5;
/** A little more than lies side by side, as long as there is room. */
const mostGap = 0.6;

export function planMesh(links: readonly Linked[]): MeshPlan {
  const knot = links.length <= 9 ? 32 : links.length <= 18 ? 24 : 18;
  const round = links.length + scaleRoom;
  const inner = Math.min(150, Math.max(54, (round * (knot + 4)) / (2 * Math.PI)));
  const rings = ringsMs.map((_, at) => inner + ((outerRing - inner) * (at + 1)) / ringsMs.length);
  const angles = spread(links.map(({ id }) => id).toSorted(), Math.min(mostGap, (2 * Math.PI) / round));
  const spots = links.map(({ id, rttMs }): [string, Spot] => {
    const radius = radiusOf(rttMs, inner, rings);
    const angle = angles.get(id)!;
    return [id, { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius }];
  });
  return { spots: new Map(spots), knot, rings };
}

/** Even steps between the rings, so that each is as wide as the next. */
function radiusOf(rttMs: number | null, inner: number, rings: readonly number[]): number {
  if (rttMs === null) return beyond;
  let [belowMs, below] = [1, inner];
  for (const [at, ringMs] of ringsMs.entries()) {
    const ring = rings[at]!;
    if (rttMs <= ringMs) {
      const part = Math.log(Math.max(rttMs, belowMs) / belowMs) / Math.log(ringMs / belowMs);
      // In steps: a delay that trembles moves nothing.
      return below + (Math.round(part * steps) / steps) * (ring - below);
    }
    [belowMs, below] = [ringMs, ring];
  }
  return beyond;
}

const steps = 6;

/**
 * Each where its id wants it; who is too near to another gives way, both by as much, and to the scale alone. It depends on who is
 * linked and on nothing else, so a picture never turns while the same are there.
 */
function spread(ids: readonly string[], gap: number): ReadonlyMap<string, number> {
  const all = [
    { id: '', angle: scaleAngle, room: scaleRoom },
    ...ids.map((id) => ({ id, angle: scaleAngle + turn(id) * 2 * Math.PI, room: 1 })),
  ].sort((one, other) => one.angle - other.angle);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, one] of all.entries()) {
      const other = all[(at + 1) % all.length]!;
      const apart = other.angle - one.angle + (at + 1 === all.length ? 2 * Math.PI : 0);
      const lacks = gap * ((one.room + other.room) / 2) - apart;
      if (lacks <= 0 || one === other) continue;
      if (one.id !== '') one.angle -= other.id === '' ? lacks : lacks / 2;
      if (other.id !== '') other.angle += one.id === '' ? lacks : lacks / 2;
    }
  }
  return new Map(all.map(({ id, angle }) => [id, angle]));
}

const rounds = 400;

/** 0 to 1, the same for the same text. FNV-1a, its bits mixed once more because ids share beginnings. */
function turn(text: string): number {
  let state = 2166136261;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16777619);
  state = Math.imul(state ^ (state >>> 15), 2246822519);
  return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
}
