/** How far two places of the directory are apart: their bits, one against the other. */

/** 32 bytes: a server's id, or a record's key. */
export type Place = Uint8Array;

/** Below zero: `one` is nearer to the target. */
export function nearer(target: Place, one: Place, other: Place): number {
  for (let at = 0; at < 32; at += 1) {
    const apart = (one[at]! ^ target[at]!) - (other[at]! ^ target[at]!);
    if (apart !== 0) return apart;
  }
  return 0;
}

/** Bits from the first on in which both are the same: 256 for one and the same place. */
export function sharedBits(one: Place, other: Place): number {
  for (let at = 0; at < 32; at += 1) {
    const apart = one[at]! ^ other[at]!;
    if (apart !== 0) return at * 8 + Math.clz32(apart) - 24;
  }
  return 256;
}
