/** Says which of two builds is the older one. */
export interface BuildMark {
  /** As in package.json: `0.1.0`. */
  readonly version: string;
  readonly builtAtMs: number;
}

/** By version first, so that an old release built again today stays old; then by time. */
export function isOlder(offered: BuildMark, had: BuildMark): boolean {
  const numbers = (mark: BuildMark): readonly number[] => [...mark.version.split('.').map(Number), mark.builtAtMs];
  const theirs = numbers(had);
  for (const [at, ours] of numbers(offered).entries()) {
    const other = theirs[at] ?? 0;
    if (ours !== other) return ours < other;
  }
  return false;
}
