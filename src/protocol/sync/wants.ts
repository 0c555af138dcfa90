/** Divides what is missing into wants: small ones that an answer can fill, side by side, and at the end one for the rest. */
import { limits } from '../limits.ts';
import type { Range } from './parts.ts';

export function packWants(missing: readonly Range[], most: number): readonly (readonly Range[])[] {
  const wants: Range[][] = [];
  const open = missing.toReversed();
  while (open.length > 0 && wants.length < most) {
    const isLast = wants.length === most - 1;
    const want: Range[] = [];
    let numbers = 0;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      // Nobody knows how much of the last one exists: a device can say any number.
      const to = isLast ? next.to : Math.min(next.to, next.from + limits.syncThings - numbers - 1);
      want.push({ ...next, to });
      numbers += to - next.from + 1;
      if (to < next.to) open.push({ ...next, from: to + 1 });
      if (want.length >= limits.syncThings || (!isLast && numbers >= limits.syncThings)) break;
    }
    wants.push(want);
  }
  return wants;
}
