/** Turns a fingerprint into one closed cord, woven over and under itself on a 3 × 3 grid. */

export interface KnotPath {
  /** One stroke with gaps where the cord dives under itself; fits the box `-9.5 -9.5 39 39`. */
  readonly d: string;
  /** 0 to 11. */
  readonly hue: number;
}

export const knotBox = '-9.5 -9.5 39 39';

/** The same fingerprint gives the same knot on every device, for ever: a change here is a change of faces. */
export function knotPath(fingerprint: string): KnotPath {
  const luck = stream(fingerprint);
  const hue = luck() % 12;
  for (;;) {
    const pairing = luck() & 1;
    const nodes = Array.from({ length: 9 }, () => tiles[luck() & 7] ?? cross);
    const walked = walk(nodes, pairing);
    if (walked && nodes.filter((tile) => tile === cross).length >= fewestCrossings) return { d: draw(walked), hue };
  }
}

/** A face: of nobody known, a plain ring. */
export const facePath = (fingerprint: string | null): string =>
  fingerprint === null ? 'M10 1a9 9 0 1 1-.01 0z' : knotPath(fingerprint).d;

/** The class of its cord, see knot.css. */
export const hueOf = (fingerprint: string | null): string =>
  fingerprint === null ? 'stranger' : `h${knotPath(fingerprint).hue}`;

/** The mark of Wavu itself: every crossing tied. */
export function wholeKnot(): string {
  return draw(
    walk(
      Array.from({ length: 9 }, () => cross),
      0,
    ) ?? [],
  );
}

const fewestCrossings = 4;
/** From the port a cord comes in by to the one it leaves by: north, east, south, west. */
type Tile = readonly [number, number, number, number];
const cross: Tile = [2, 3, 0, 1];
const bendOne: Tile = [1, 0, 3, 2];
const bendTwo: Tile = [3, 2, 1, 0];
const tiles: readonly Tile[] = [cross, cross, cross, cross, bendOne, bendOne, bendTwo, bendTwo];
const ways = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/** The twelve loose ends around the grid, clockwise: node, port. Neighbours are tied in pairs. */
const rim = [0, 1, 2, 2, 5, 8, 8, 7, 6, 6, 3, 0].map((node, at) => ({ node, port: Math.floor(at / 3) }));

interface Pass {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly under: boolean;
}

/** Follows the cord once around; null when it closes before every strand was used. */
function walk(nodes: readonly Tile[], pairing: number): readonly Pass[] | null {
  const passes: Pass[] = [];
  const first = Math.max(0, nodes.indexOf(cross));
  // Beginning where the cord lies under makes every piece between two dives one stroke.
  const start = first % 2 === 0 ? 0 : 3;
  let node = first;
  let from = start;
  do {
    const tile = nodes[node] ?? cross;
    const to = tile[from] ?? 0;
    const lengthwise = from % 2 === 0;
    passes.push({ node, from, to, under: tile === cross && lengthwise === (node % 2 === 0) });
    const column = (node % 3) + (ways[to]?.[0] ?? 0);
    const row = Math.floor(node / 3) + (ways[to]?.[1] ?? 0);
    if (column >= 0 && column < 3 && row >= 0 && row < 3) {
      node = row * 3 + column;
      from = (to + 2) % 4;
    } else {
      const at = rim.findIndex((end) => end.node === node && end.port === to);
      const other = rim[(at + ((at + pairing) % 2 === 0 ? 1 : 11)) % 12];
      node = other?.node ?? 0;
      from = other?.port ?? 0;
    }
  } while ((node !== first || from !== start) && passes.length < 18);
  return passes.length === 18 && node === first && from === start ? passes : null;
}

const gap = 3.5;
const rimReach = 2.4;

function draw(passes: readonly Pass[]): string {
  const parts: string[] = [];
  passes.forEach((pass, at) => {
    const into = port(pass.node, pass.from, at === 0 ? gap : 5);
    const out = port(pass.node, pass.to);
    if (pass.under) {
      // The first pass is drawn from its far half; its near half comes last.
      if (at > 0) parts.push(`L${port(pass.node, pass.from, gap)}`);
      parts.push(`M${port(pass.node, pass.to, gap)}L${out}`);
    } else if (pass.to === (pass.from + 2) % 4) {
      parts.push(`${at === 0 ? `M${into}` : ''}L${out}`);
    } else {
      parts.push(`C${port(pass.node, pass.from, 3)} ${port(pass.node, pass.to, 3)} ${out}`);
    }
    const next = passes[(at + 1) % passes.length];
    if (next && reach(pass.node, pass.to) === rimReach) parts.push(rimArc(pass, next));
  });
  const first = passes[0];
  if (first) parts.push(`L${port(first.node, first.from, gap)}`);
  return parts.join('');
}

/** Outside the grid a pair of ends is tied by an arc; at a corner by a loop. */
function rimArc(pass: Pass, next: Pass): string {
  const handle = pass.node === next.node ? 11.5 : 5.6;
  return `C${port(pass.node, pass.to, rimReach + handle)} ${port(next.node, next.from, rimReach + handle)} ${port(next.node, next.from)}`;
}

function reach(node: number, side: number): number {
  return rim.some((end) => end.node === node && end.port === side) ? rimReach : 5;
}

function port(node: number, side: number, distance: number = reach(node, side)): string {
  const way = ways[side] ?? ways[0];
  const along = (cell: number, step: number): number => Math.round((cell * 10 + step * distance) * 10) / 10;
  return `${along(node % 3, way[0])} ${along(Math.floor(node / 3), way[1])}`;
}

/** Small numbers drawn from the text, always the same ones: FNV-1a to begin, xorshift to go on. */
function stream(text: string): () => number {
  let state = 2166136261;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16777619);
  state = state === 0 ? 1 : state;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) & 0xffff;
  };
}
