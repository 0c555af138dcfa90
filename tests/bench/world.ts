/** What every bench is given, and how it takes turns among the sides it compares. */
import type { Browser } from 'playwright-core';
import type { Baselines } from './baseline.ts';
import type { Contender } from './contender.ts';
import type { Row } from './rows.ts';

export type Absent = { readonly absent: string };

export type World = {
  readonly browser: Browser;
  readonly baselines: () => Promise<Baselines>;
  /** Wavu itself, or why it cannot be measured. */
  readonly wavu: () => Promise<Contender | Absent>;
  readonly reps: number;
  /** Counts that prove the absence of something grow with this; undefined when nobody asked. */
  readonly askedReps: number | undefined;
  readonly say: (line: string) => void;
};

export type Bench = {
  readonly ids: readonly string[];
  readonly run: (world: World) => AsyncGenerator<Row>;
};

export type Samples<Value> = { readonly values: readonly Value[]; readonly failed: number };
export type Turn<Value> = { readonly side: string; readonly measure: () => Promise<Value> };

/** Every repetition measures each side once, and each repetition begins with another, so that drift hits all alike. */
export async function takeTurns<Value>(
  turns: readonly Turn<Value>[],
  reps: number,
  say: (line: string) => void,
): Promise<(side: string) => Samples<Value>> {
  const values = new Map<string, Value[]>(turns.map(({ side }) => [side, []]));
  const failed = new Map<string, number>();
  for (let rep = 0; rep < reps; rep += 1) {
    const first = rep % turns.length;
    for (const { side, measure } of [...turns.slice(first), ...turns.slice(0, first)]) {
      try {
        values.get(side)?.push(await measure());
      } catch (error) {
        failed.set(side, (failed.get(side) ?? 0) + 1);
        say(`${side}, repetition ${rep + 1}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return (side) => ({ values: values.get(side) ?? [], failed: failed.get(side) ?? 0 });
}

export const isAbsent = (side: Contender | Absent): side is Absent => 'absent' in side;
