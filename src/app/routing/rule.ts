/**
 * MeshLink's rule: 0.3 latency + 0.15 uptime + 0.3 reliability + 0.25 route success, each 0 to 1, the more the better.
 * Latency is 100 / (100 + round trip in ms): 1 at once, ½ at 100 ms, 1/11 at a second; ½ while it was never measured.
 * Uptime is the share of the time since we met that the link stood, beginning at ½ (link-features.ts). Reliability is the share
 * of what its far end was to answer that it answered, route success the share of what it was to carry on to others that they
 * acknowledged (evidence.ts); both begin at ½ and keep 0.7 of what was at each new outcome, as the round trip does (link-record.ts).
 * The same as an ONNX graph is models/meshlink; tests/models holds the two together.
 */
import type { Features } from './link-features.ts';

export interface Parts {
  readonly latency: number;
  readonly uptime: number;
  readonly reliability: number;
  readonly success: number;
}

export const partsOf = ({
  rttMs,
  uptime,
  answered,
  carried,
}: Pick<Features, 'rttMs' | 'uptime' | 'answered' | 'carried'>): Parts => ({
  latency: rttMs < 0 ? 0.5 : halfAtMs / (halfAtMs + rttMs),
  uptime,
  reliability: answered,
  success: carried,
});

export const scoreOf = ({ latency, uptime, reliability, success }: Parts): number =>
  0.3 * latency + 0.15 * uptime + 0.3 * reliability + 0.25 * success;

/**
 * The best of them, and as many more as make up for it: one that is clearly good goes alone, of two that nobody knows yet both go, and
 * weak ones by three, as MeshLink sends always. A score is taken as the chance to arrive; some may stay lost, for what is lost is said again.
 */
export function bestFew<Item>(items: Iterable<Item>, score: (item: Item) => number, least: number): readonly Item[] {
  const best = [...items].map((item) => ({ item, value: score(item) })).sort((one, other) => other.value - one.value);
  let lost = 1;
  return best
    .slice(0, mostCopies)
    .filter(({ value }, at) => {
      const isWanted = at < least || lost > mayBeLost;
      lost *= 1 - value;
      return isWanted;
    })
    .map(({ item }) => item);
}

const mostCopies = 3;
const mayBeLost = 0.25;
const halfAtMs = 100;
