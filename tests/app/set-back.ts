/** A device's disk as it was: copied, and put back in the place of what came later, as a restored profile of a browser is. */
import type { Page } from '../simulation/page.ts';

export interface Copied {
  readonly records: ReadonlyMap<string, Uint8Array>;
}

const everything = { from: '', to: '~', limit: 1_000_000 } as const;

export const copyOf = (page: Page): Copied => ({
  records: new Map(page.node.disk.range(everything).map(({ key, value }) => [key, value.slice()])),
});

/** The device is down. */
export function setBack(page: Page, { records }: Copied): void {
  const gone = page.node.disk.range(everything).filter(({ key }) => !records.has(key));
  const writes = [
    ...gone.map(({ key }) => ({ op: 'delete', key }) as const),
    ...[...records].map(([key, value]) => ({ op: 'put', key, value }) as const),
  ];
  page.node.disk.apply({ writes, durability: 'strict' }, 0);
}

/** The device is down. */
export function lose(page: Page, prefix: string): number {
  const gone = page.node.disk.range(everything).filter(({ key }) => key.startsWith(prefix));
  page.node.disk.apply({ writes: gone.map(({ key }) => ({ op: 'delete', key }) as const), durability: 'strict' }, 0);
  return gone.length;
}
