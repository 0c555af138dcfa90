/** A share for each who comes, of so many at once: whoever was quiet for longest is forgotten first. */
import { forgetFirst } from '../forget-first.ts';

export interface Shares<One> {
  (of: string): One;
  forget(of: string): void;
}

export function createShares<One>(most: number, create: () => One): Shares<One> {
  const shares = new Map<string, One>();
  const shareOf = (of: string): One => {
    const share = shares.get(of) ?? create();
    shares.delete(of);
    shares.set(of, share);
    forgetFirst(shares, most);
    return share;
  };
  return Object.assign(shareOf, { forget: (of: string) => void shares.delete(of) });
}
