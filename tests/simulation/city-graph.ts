/** Graphs like those of community meshes: many leaves, a few hubs, near ones linked to near ones, and a city in several pieces. */
import type { Random } from '../../src/adapters/memory/random.ts';
import { draw, meshDegrees } from './quantiles.ts';

export interface CityGraph {
  readonly links: readonly ReadonlySet<number>[];
  /** Of each node, the piece it is in. */
  readonly pieces: readonly number[];
  /** Over so many links; null: not of one piece. */
  hops(one: number, other: number): number | null;
}

/** Aachen's pieces (freifunk, 1,971 nodes): 1,259, 268, 206, 195 and 43. Of ten cities six are in one piece, Stuttgart is in 66. */
const pieceShares = [0.64, 0.14, 0.1, 0.1, 0.02];
/** Who stands so near in order may be linked. */
const reach = 40;

export const createCityGraph = (nodes: number, luck: Random): CityGraph => {
  const links = Array.from({ length: nodes }, () => new Set<number>());
  const pieces: number[] = [];
  const link = (one: number, other: number): void => {
    links[one]?.add(other);
    links[other]?.add(one);
  };
  let from = 0;
  for (const [piece, share] of pieceShares.entries()) {
    const until = piece === pieceShares.length - 1 ? nodes : Math.min(nodes, from + Math.round(nodes * share));
    growPiece(from, until, luck, links, link);
    for (let node = from; node < until; node += 1) pieces.push(piece);
    from = until;
  }
  const distances = distancesIn(links);
  return {
    links,
    pieces,
    hops: (one, other) => {
      const far = distances[one * nodes + other] ?? unreached;
      return far === unreached ? null : far;
    },
  };
};

/** Each takes a place near others, by one link; then whoever wants more finds others near who want more too. */
const growPiece = (
  from: number,
  until: number,
  luck: Random,
  links: readonly ReadonlySet<number>[],
  link: (one: number, other: number) => void,
): void => {
  const wanted = Array.from({ length: until - from }, () => Math.floor(draw(meshDegrees, luck)));
  const open = (node: number): number => (wanted[node - from] ?? 0) - (links[node]?.size ?? 0);
  for (let node = from + 1; node < until; node += 1) {
    const near = Math.max(from, node - reach);
    let best = near + luck.below(node - near);
    for (let other = near; other < node; other += 1) if (open(other) > open(best)) best = other;
    link(node, best);
  }
  for (let node = from; node < until; node += 1) {
    for (let other = node + 1; other < Math.min(until, node + reach) && open(node) > 0; other += 1) {
      if (open(other) > 0 && links[node]?.has(other) === false && luck.chance(0.7)) link(node, other);
    }
  }
};

const unreached = 255;

const distancesIn = (links: readonly ReadonlySet<number>[]): Uint8Array => {
  const nodes = links.length;
  const distances = new Uint8Array(nodes * nodes).fill(unreached);
  for (let start = 0; start < nodes; start += 1) {
    const row = distances.subarray(start * nodes, (start + 1) * nodes);
    row[start] = 0;
    let edge = [start];
    for (let far = 1; edge.length > 0 && far < unreached; far += 1) {
      const next: number[] = [];
      for (const node of edge) {
        for (const other of links[node] ?? []) {
          if (row[other] !== unreached) continue;
          row[other] = far;
          next.push(other);
        }
      }
      edge = next;
    }
  }
  return distances;
};
