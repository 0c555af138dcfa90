/** Where the names stand in the picture: beside their knot, on no other knot and no other name, and whole or cut with a sign of it. */
import { half, mySize } from './mesh-place.ts';
import type { Spot } from './mesh-place.ts';

export interface Named {
  readonly id: string;
  readonly at: Spot;
  /** Null: nothing to say, but something lies there. */
  readonly says: string | null;
}

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly says: string;
}

/** Left, top, right, bottom. */
export type Box = readonly [number, number, number, number];

/** The larger of the two sizes of letters there are, see mesh.css. */
const letter = 16;
const lineHeight = 18;

/** Names for which there is no place have none: the table beneath names everybody. */
export function labelsOf(all: readonly Named[], knot: number, taken: readonly Box[]): ReadonlyMap<string, Label> {
  const knots = all.map(({ at }) => around(at, knot / 2 + 2));
  const boxes: Box[] = [...taken, ...knots, around({ x: 0, y: 0 }, mySize / 2 + 2)];
  const labels = new Map<string, Label>();
  for (const named of all.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const placed = placeOf(named, all, knot, boxes);
    if (placed === null) continue;
    boxes.push(boxOf(placed));
    labels.set(named.id, placed);
  }
  return labels;
}

export function boxOf({ x, y, anchor, says }: Label): Box {
  const width = widthOf(says);
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  // `y` is the line that letters stand on.
  return [left, y - lineHeight * 0.78, left + width, y + lineHeight * 0.22];
}

function placeOf({ id, at, says }: Named, all: readonly Named[], knot: number, boxes: readonly Box[]): Label | null {
  if (says === null) return null;
  let best: Label | null = null;
  let leastCost = Infinity;
  for (const { letters, price } of lengths) {
    for (const [side, label] of sidesOf(at, knot, cut(says, letters)).entries()) {
      const box = boxOf(label);
      if (isOutside(box) || boxes.some((other) => meet(box, other))) continue;
      const crossed = all.filter((other) => other.id !== id && crosses(other.at, box)).length;
      const cost = side + price + crossed * priceOfCord;
      if (cost >= leastCost) continue;
      best = label;
      leastCost = cost;
    }
  }
  return best;
}

/** Rather whole towards the middle than cut, and rather cut than across the cord of somebody else. */
const lengths = [
  { letters: 18, price: 0 },
  { letters: 9, price: 4 },
  { letters: 5, price: 8 },
];
const priceOfCord = 3;

const cut = (says: string, letters: number): string => {
  const all = [...new Intl.Segmenter().segment(says)].map(({ segment }) => segment);
  return all.length <= letters
    ? says
    : `${all
        .slice(0, letters - 1)
        .join('')
        .trimEnd()}…`;
};

/** Away from the middle first. */
function sidesOf({ x, y }: Spot, knot: number, says: string): readonly Label[] {
  const away = knot / 2 + 4;
  const above: Label = { x, y: y - away - lineHeight * 0.22, anchor: 'middle', says };
  const below: Label = { x, y: y + away + lineHeight * 0.72, anchor: 'middle', says };
  const before: Label = { x: x - away, y: y + letter * 0.35, anchor: 'end', says };
  const after: Label = { x: x + away, y: y + letter * 0.35, anchor: 'start', says };
  const upright = y < 0 ? [above, below] : [below, above];
  const aside = x < 0 ? [before, after] : [after, before];
  return Math.abs(x) > Math.abs(y) * 2
    ? [aside[0]!, upright[0]!, upright[1]!, aside[1]!]
    : [upright[0]!, aside[0]!, aside[1]!, upright[1]!];
}

const around = ({ x, y }: Spot, reach: number): Box => [x - reach, y - reach, x + reach, y + reach];

const meet = (one: Box, other: Box): boolean => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

const isOutside = ([left, top, right, bottom]: Box): boolean => left < -half || right > half || top < -half || bottom > half;

/** Whether the cord from the middle to there lies under the box. */
function crosses(to: Spot, [left, top, right, bottom]: Box): boolean {
  for (let part = 0.05; part < 1; part += 0.05) {
    const [x, y] = [to.x * part, to.y * part];
    if (x > left && x < right && y > top && y < bottom) return true;
  }
  return false;
}

/** Letters of East Asia, and signs, are about as wide as they are high. */
function widthOf(says: string): number {
  let width = 0;
  for (const each of says) width += each > '\u2e7f' ? letter : letter * 0.54;
  return width;
}
