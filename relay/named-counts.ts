/** One part's counts among all of a relay's: each under the name of its part. */
export const named = (part: string, counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${part}_${name}`, value]));
