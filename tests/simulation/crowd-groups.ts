/** Whom links join in a crowd, over as many devices as it takes; and whom they could. */
import type { Crowd } from './crowd.ts';

export type Joins = (one: string, other: string) => boolean;

export const linkableIn =
  ({ world: { paths } }: Crowd): Joins =>
  (one, other) =>
    !paths.isCut(one, other) && paths.mayMeet(one, other);

export const linkedIn = (crowd: Crowd): Joins => {
  const nameOf = new Map<string, string>();
  const linksOf = new Map<string, ReadonlySet<string>>();
  const networks = crowd.devices.flatMap(({ name, page }) => {
    const network = page.running()?.life.network();
    return network === undefined ? [] : [{ name, network }];
  });
  for (const { name, network } of networks) nameOf.set(network.self, name);
  for (const { name, network } of networks) linksOf.set(name, new Set(network.links().map(({ peer }) => nameOf.get(peer) ?? '')));
  return (one, other) => linksOf.get(one)?.has(other) === true;
};

/** Of those, nobody who napped: a link of one leads nowhere meanwhile. */
export const awakeIn = ({ devices }: Crowd, joins: Joins): Joins => {
  const napped = new Set(devices.filter((device) => device.hasNapped()).map(({ name }) => name));
  return (one, other) => !napped.has(one) && !napped.has(other) && joins(one, other);
};

/** Who is joined to whom over as many devices as it takes: each device's group by number. */
export const groupsOf = (crowd: Crowd, joins: Joins): ReadonlyMap<string, number> => {
  const left = new Set(crowd.devices.map(({ name }) => name));
  const groups = new Map<string, number>();
  for (let group = 0; left.size > 0; group += 1) {
    const [first = ''] = left;
    left.delete(first);
    const open = [first];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      groups.set(one, group);
      for (const other of left) {
        if (!joins(one, other)) continue;
        left.delete(other);
        open.push(other);
      }
    }
  }
  return groups;
};
