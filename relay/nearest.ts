/** Finds the word somebody meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  const [best] = known.map((each) => ({ each, far: howFar(word, each) })).toSorted((one, other) => one.far - other.far);
  return best !== undefined && best.far <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : null;
}

function howFar(word: string, known: string): number {
  // Its beginning, or its letters in another order: one slip each.
  const isSlip = (word.length >= 3 && known.startsWith(word)) || sorted(word) === sorted(known);
  return isSlip ? 1 : distance(word, known);
}

const sorted = (word: string): string => word.split('').toSorted().join('');

/** Letters to change, add or drop (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of one.split('').entries()) {
    const next = [at + 1];
    for (const [column, wanted] of other.split('').entries()) {
      const changed = row[column]! + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
