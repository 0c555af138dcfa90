/** Fingerprints as people read them: short groups. */

export function groups(device: string): readonly string[] {
  return device.match(/.{1,4}/g) ?? [];
}

/** Enough to tell two equal names apart at a glance. */
export function shortPrint(device: string): string {
  return groups(device).slice(0, 2).join(' ');
}

/** The names that more than one of them carries. */
export function sharedNames(people: readonly { readonly name: string }[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of people) (seen.has(name) ? twice : seen).add(name);
  return twice;
}
