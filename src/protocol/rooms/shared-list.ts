/** A list that changes by copying a few of its parts, so that thousands of versions share the rest. Holds 32,768 places. */
export type SharedList<Value> = readonly (readonly (readonly (Value | undefined)[] | undefined)[] | undefined)[];

export const noList: SharedList<never> = [];

export const at = <Value>(list: SharedList<Value>, place: number): Value | undefined =>
  list[place >> 10]?.[(place >> 5) & 31]?.[place & 31];

export function put<Value>(list: SharedList<Value>, place: number, value: Value | undefined): SharedList<Value> {
  if (place >> 15 !== 0) throw new Error(`No place ${place} in a shared list`);
  const shelves = list.slice();
  const shelf = shelves[place >> 10]?.slice() ?? [];
  const row = shelf[(place >> 5) & 31]?.slice() ?? [];
  row[place & 31] = value;
  shelf[(place >> 5) & 31] = row;
  shelves[place >> 10] = shelf;
  return shelves;
}

/** What is there, in the order of its places. */
export function* entriesOf<Value>(list: SharedList<Value>): Generator<readonly [number, Value]> {
  for (const [high, shelf] of list.entries()) {
    for (const [middle, row] of shelf?.entries() ?? []) {
      for (const [low, value] of row?.entries() ?? []) {
        if (value !== undefined) yield [(high << 10) | (middle << 5) | low, value];
      }
    }
  }
}
