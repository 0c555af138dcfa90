/** Draws from measured distributions, given as a few numbers: straight lines between quantiles, so that every engine draws the same. */
import type { Random } from '../../src/adapters/memory/random.ts';

/** Share below, value; rising in both. */
export type Quantiles = readonly (readonly [share: number, value: number])[];

export const draw = (quantiles: Quantiles, luck: Random): number => valueAt(quantiles, luck.share());

export const valueAt = (quantiles: Quantiles, share: number): number => {
  let [lowShare, low] = quantiles[0] ?? [0, 0];
  for (const [highShare, high] of quantiles) {
    if (share < highShare) return low + ((share - lowShare) / (highShare - lowShare || 1)) * (high - low);
    [lowShare, low] = [highShare, high];
  }
  return low;
};

/** Seconds that 78,730 viewers of a live stream stayed (p2p_live_streaming, Europe and North Africa, 7 days of 2020). Median 516 s. */
export const viewerStaysS: Quantiles = [
  [0, 2],
  [0.05, 5.6],
  [0.1, 12],
  [0.2, 43.6],
  [0.3, 128],
  [0.4, 269],
  [0.5, 516],
  [0.6, 965],
  [0.7, 1_761],
  [0.8, 3_540],
  [0.9, 5_781],
  [0.95, 8_937],
  [1, 33_041],
];

/** Seconds that a contact of two of 36 students' phones lasted (Haggle Cambridge, 8,779 contacts in 11.4 days); below a scan's 2 minutes: 0. */
export const contactsS: Quantiles = [
  [0, 0],
  [0.4, 5],
  [0.5, 161],
  [0.6, 573],
  [0.7, 793],
  [0.8, 1_206],
  [0.9, 2_269],
  [0.95, 2_936],
  [1, 5_791],
];

/** Seconds from the end of a contact of two of those phones to their next. */
export const betweenContactsS: Quantiles = [
  [0, 15],
  [0.05, 129],
  [0.1, 392],
  [0.2, 592],
  [0.3, 1_076],
  [0.4, 1_159],
  [0.5, 1_512],
  [0.6, 1_767],
  [0.7, 3_218],
  [0.8, 40_215],
  [0.9, 86_174],
  [0.95, 243_372],
  [1, 425_163],
];

/** Links of a node in ten cities' community meshes (freifunk, meshnet-lab 2020, 8,537 nodes). Mean 4.0. */
export const meshDegrees: Quantiles = [
  [0, 1],
  [0.3, 1],
  [0.4, 2],
  [0.5, 2],
  [0.6, 3],
  [0.7, 3],
  [0.8, 5],
  [0.9, 8],
  [0.95, 12],
  [0.99, 32],
  [1, 60],
];
