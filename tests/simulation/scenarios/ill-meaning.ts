/** Who of a crowd means ill, and how: each misdeed as often as the others. */
import type { Random } from '../../../src/adapters/memory/random.ts';
import type { Misdeed } from '../hostile.ts';

export const illMeaning = (
  names: readonly string[],
  share: number,
  misdeeds: readonly Misdeed[],
  luck: Random,
): ReadonlyMap<string, Misdeed> =>
  new Map(
    names
      .map((name) => ({ name, drawn: luck.share() }))
      .toSorted((a, b) => a.drawn - b.drawn)
      .slice(0, Math.round(names.length * share))
      .map(({ name }, at) => [name, misdeeds[at % misdeeds.length] ?? 'drop']),
  );
