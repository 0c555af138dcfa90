/** Counts who is connected, and refuses the newest past a cap. */
import type { HttpLimits } from './http-limits.ts';
import { distanceOf, householdOf, streetOf } from './remote.ts';

export type Admission =
  | { readonly state: 'in'; readonly leave: () => void }
  | { readonly state: 'refused'; readonly why: 'full' | 'too-many-from-there' };

export interface Crowd {
  enter(address: string): Admission;
  size(): number;
}

export function createCrowd(limits: Pick<HttpLimits, 'connections' | 'perHousehold' | 'perStreet'>): Crowd {
  let size = 0;
  const groups = new Map<string, number>();
  return {
    size: () => size,
    enter: (address) => {
      if (size >= limits.connections) return { state: 'refused', why: 'full' };
      const mine: readonly (readonly [string, number])[] =
        distanceOf(address) === 'this-machine'
          ? []
          : [
              [`house ${householdOf(address)}`, limits.perHousehold],
              [`street ${streetOf(address)}`, limits.perStreet],
            ];
      if (mine.some(([group, cap]) => (groups.get(group) ?? 0) >= cap)) return { state: 'refused', why: 'too-many-from-there' };
      size += 1;
      for (const [group] of mine) groups.set(group, (groups.get(group) ?? 0) + 1);
      let isIn = true;
      const leave = (): void => {
        if (!isIn) return;
        isIn = false;
        size -= 1;
        for (const [group] of mine) {
          const rest = (groups.get(group) ?? 1) - 1;
          if (rest === 0) groups.delete(group);
          else groups.set(group, rest);
        }
      };
      return { state: 'in', leave };
    },
  };
}
