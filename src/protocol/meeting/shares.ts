/** One of something for each name, of so many names at once; whoever was quiet for longest is forgotten first. */
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
    const [oldest] = shares.keys();
    if (shares.size > most && oldest !== undefined) shares.delete(oldest);
    return share;
  };
  return Object.assign(shareOf, { forget: (of: string) => void shares.delete(of) });
}
