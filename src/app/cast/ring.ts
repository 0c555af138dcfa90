/** Who of a room is next to me in it: the same few for as long as they are there, found by everybody alone. */

export interface Standing<One> {
  readonly one: One;
  /** On the room's ring, 32 bits. */
  readonly place: number;
  readonly isDirect: boolean;
}

/**
 * Four: the next on the ring, over whatever path, so that nobody is left out; and of those with links of their own, if there are a few,
 * the next, and two from anywhere. The best of them first.
 */
export function neighboursOn<One>(mine: number, others: readonly Standing<One>[]): readonly One[] {
  const linked = others.filter(({ isDirect }) => isDirect);
  const near = linked.length < few ? others : linked;
  const chosen = new Set<One>();
  const choose = (from: readonly Standing<One>[], distance: (place: number) => number): void => {
    let best: Standing<One> | null = null;
    for (const each of from) {
      if (!chosen.has(each.one) && (best === null || distance(each.place) < distance(best.place))) best = each;
    }
    if (best !== null) chosen.add(best.one);
  };
  const onwards = (place: number): number => (place - mine) >>> 0;
  choose(others, onwards);
  choose(near, onwards);
  // As good as luck, and the same each time.
  for (const factor of factors) choose(near, (place) => Math.imul(place ^ mine, factor) >>> 0);
  return [...chosen];
}

const few = 3;
const factors = [0x9e37_79b1, 0x85eb_ca6b];
