/** What stands for a while, and those who want to hear of each: of what is there as of what comes. */
export interface Standing<Item> {
  /** Until `gone` is aborted. */
  add(item: Item, gone: AbortSignal): void;
  each(on: (item: Item) => void): void;
  count(): number;
}

export function createStanding<Item>(): Standing<Item> {
  const items = new Set<Item>();
  const ears: ((item: Item) => void)[] = [];
  return {
    add: (item, gone) => {
      if (gone.aborted) return;
      items.add(item);
      gone.addEventListener('abort', () => items.delete(item), { once: true });
      for (const on of ears) on(item);
    },
    each: (on) => {
      ears.push(on);
      for (const item of [...items]) on(item);
    },
    count: () => items.size,
  };
}
