/** Keeps what is remembered from growing: of one too many, what was put in first goes. Sets and maps keep their order. */
export function forgetFirst<Key>(
  kept: { readonly size: number; keys(): Iterable<Key>; delete(key: Key): boolean },
  most: number,
): void {
  if (kept.size <= most) return;
  for (const first of kept.keys()) return void kept.delete(first);
}
