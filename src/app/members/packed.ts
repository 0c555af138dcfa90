/** Cuts a list into parts of which each fits one envelope, and with it one frame on every path. */
export function packed<One>(all: readonly One[], most: number, bytesOf: (one: One) => number): readonly (readonly One[])[] {
  const parts: One[][] = [];
  let bytes = 0;
  for (const one of all) {
    const last = parts.at(-1);
    bytes += bytesOf(one);
    if (last !== undefined && last.length < most && bytes <= mostBytes) {
      last.push(one);
      continue;
    }
    bytes = bytesOf(one);
    parts.push([one]);
  }
  return parts;
}

/** The largest bucket below the Padmé ones, less what is around. */
const mostBytes = 15_000;
