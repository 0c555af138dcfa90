/** The rows a simulation prints, in the form of GOALS.md. */

export interface Row {
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
  /** What there should have been, where that is known. */
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly goal: number | null;
  /** Null: the row is there to be read. */
  readonly met: boolean | null;
  readonly counted: string;
}

export const report = (name: string, value: number | string, unit: string, counted: string): Row => ({
  name,
  value: rounded(value),
  unit,
  baseline: null,
  ratio: null,
  goal: null,
  met: null,
  counted,
});

/** It must be exactly that. */
export const exactly = (name: string, value: number, goal: number, unit: string, counted: string): Row => ({
  ...report(name, value, unit, counted),
  goal,
  met: value === goal,
});

/** No more than that. */
export const atMost = (name: string, value: number, goal: number, unit: string, counted: string): Row => ({
  ...report(name, value, unit, counted),
  goal,
  met: value <= goal,
});

/** All that there should be. */
export const allOf = (name: string, value: number, baseline: number, unit: string, counted: string): Row => {
  const ratio = baseline === 0 ? 1 : value / baseline;
  return { ...report(name, value, unit, counted), baseline, ratio: Number(ratio.toPrecision(6)), goal: 1, met: ratio === 1 };
};

export const isMet = (rows: readonly Row[]): boolean => rows.every((row) => row.met !== false);

/** The sample below which so great a share lies; the lower neighbour, never one that was not measured. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const rounded = (value: number | string): number | string =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
