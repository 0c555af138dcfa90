/** Which entries of a conversation are here, by device and number: what is missing can be told, and what is asked for found. */
import { shortOf } from '../ids.ts';
import type { DeviceId, MessageId, Short } from '../ids.ts';
import type { Clock } from '../entries/passing.ts';
import { countIn, gapsIn, highestIn, withNumber } from '../runs.ts';
import type { Runs } from '../runs.ts';

export interface Shelved {
  readonly id: MessageId;
  readonly device: DeviceId;
  readonly seq: number;
  readonly sentAtMs: number;
  /** Of the entry. */
  readonly bytes: number;
  /** M7: its words are no longer here. */
  readonly isGone: boolean;
}

/** In memory, made anew from what is stored. */
export interface Shelf {
  /** Once more under the same id takes the former's place. */
  put(item: Shelved): void;
  clocks(): readonly Clock[];
  highest(device: Short): number;
  gaps(device: Short, upTo: number): Runs;
  /** How many of these seqs are missing. */
  lacks(device: Short, from: number, to: number): number;
  /** Rising; of an equivocation all. Costs what is here, however wide the range. */
  within(device: Short, from: number, to: number): Iterable<Shelved>;
  named(name: Short): readonly Shelved[];
}

export function createShelf(): Shelf {
  const devices = new Map<Short, OfDevice>();
  const names = new Map<Short, readonly Shelved[]>();
  const runsOf = (device: Short): Runs => devices.get(device)?.runs ?? [];
  return {
    put: (item) => {
      const device = shortOf(item.device);
      const known = devices.get(device) ?? { items: new Map<number, readonly Shelved[]>(), runs: [] };
      devices.set(device, known);
      known.items.set(item.seq, replace(known.items.get(item.seq), item));
      known.runs = withNumber(known.runs, item.seq);
      const name = shortOf(item.id);
      names.set(name, replace(names.get(name), item));
    },
    clocks: () => [...devices].map(([device, { runs }]) => ({ device, seq: highestIn(runs) })),
    highest: (device) => highestIn(runsOf(device)),
    gaps: (device, upTo) => gapsIn(runsOf(device), upTo),
    lacks: (device, from, to) => to - from + 1 - countIn(runsOf(device), from, to),
    *within(device, from, to) {
      const known = devices.get(device);
      for (const run of known?.runs ?? []) {
        const last = Math.min(run.to, to);
        for (let seq = Math.max(run.from, from); seq <= last; seq += 1) yield* known?.items.get(seq) ?? [];
      }
    },
    named: (name) => names.get(name) ?? [],
  };
}

interface OfDevice {
  readonly items: Map<number, readonly Shelved[]>;
  runs: Runs;
}

const replace = (all: readonly Shelved[] | undefined, item: Shelved): readonly Shelved[] =>
  all === undefined ? [item] : [...all.filter(({ id }) => id !== item.id), item];
