/** Fingerprints as people read them: short groups. */

export function groups(device: string): readonly string[] {
  return device.match(/.{1,4}/g) ?? [];
}

/** Enough to tell two equal names apart at a glance. */
export function shortPrint(device: string): string {
  return groups(device).slice(0, 2).join(' ');
}

/** The names that more than one of them carries, or that look as if; one that shows nothing tells nobody from anybody. */
export function sharedNames(people: readonly { readonly name: string }[]): ReadonlySet<string> {
  const looks = people.map(({ name }) => lookOf(name));
  const isAlone = (look: string): boolean => look !== '' && looks.indexOf(look) === looks.lastIndexOf(look);
  return new Set(people.flatMap(({ name }, at) => (isAlone(looks[at] ?? '') ? [] : name)));
}

/** Without what the eye passes over: width, case, spaces, letters that are not drawn. */
const lookOf = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{DI}\u2800]/gu, '');
