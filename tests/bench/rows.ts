/** Makes the rows a bench prints, and the medians in them. */

export type Row = {
  /** Starts with the id of the goal: `B1a first message vs raw`. */
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
  /** The most the ratio, or where `holds` says so the value, may be; null: the row is there to be read. */
  readonly goal: number | null;
  readonly holds: 'ratio' | 'value' | null;
  /** Whether the goal holds; null where there is nothing to judge. */
  readonly met: boolean | null;
  readonly counted: string;
  readonly path?: string;
  readonly samples?: number;
  readonly failed?: number;
  readonly baselineSamples?: number;
  readonly baselineFailed?: number;
  readonly why?: string;
};

/** A limit on the ratio, on the value itself, or none: the row is there to be read. */
export type Goal =
  | { readonly of: 'ratio'; readonly atMost: number }
  | { readonly of: 'value'; readonly atMost: number }
  | { readonly of: 'nothing' };

export type Finding = Omit<Row, 'ratio' | 'goal' | 'holds' | 'met'> & { readonly limit: Goal };

export function row({ limit, ...finding }: Finding): Row {
  const ratio = divide(finding.value, finding.baseline);
  return {
    ...finding,
    value: round(finding.value),
    baseline: round(finding.baseline),
    ratio: round(ratio),
    goal: limit.of === 'nothing' ? null : limit.atMost,
    holds: limit.of === 'nothing' ? null : limit.of,
    met: isMet(limit, finding.value, ratio),
  };
}

export function median(samples: readonly number[]): number | null {
  return percentile(samples, 0.5);
}

/** Nearest-rank between neighbours: the value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (at - Math.floor(at));
}

/** `B1` asks for B1a and B1b, but not for B15a. No list asks for all. */
export function isAskedFor(id: string, only: readonly string[] | undefined): boolean {
  if (only === undefined) return true;
  return only.some((asked) => id === asked || (id.startsWith(asked) && /^[a-z]/.test(id.slice(asked.length))));
}

/** One line per row, for people. */
export function table(rows: readonly Row[]): string {
  const head = ['name', 'value', 'unit', 'baseline', 'ratio', 'goal', 'met'];
  const cells = rows.map(({ name, value, unit, baseline, ratio, goal, holds, met }) =>
    [
      name,
      value ?? '–',
      unit,
      baseline ?? '–',
      ratio ?? '–',
      goalText(goal, holds, unit),
      met === null ? '–' : met ? 'yes' : 'NO',
    ].map(String),
  );
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string => texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ');
  return [head, ...cells].map(line).join('\n');
}

const divide = (value: number | null, by: number | null): number | null =>
  value === null || by === null || by === 0 ? null : value / by;

const round = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(4)));

function goalText(goal: number | null, holds: Row['holds'], unit: string): string {
  if (goal === null) return 'report';
  return holds === 'ratio' ? `≤ ${goal} ×` : `≤ ${goal} ${unit}`;
}

function isMet(limit: Goal, value: number | null, ratio: number | null): boolean | null {
  if (limit.of === 'nothing') return null;
  const judged = limit.of === 'ratio' ? ratio : value;
  return judged === null ? null : judged <= limit.atMost;
}
