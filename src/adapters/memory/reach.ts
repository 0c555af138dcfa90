/** Who can reach whom at all, just now: cuts, islands, contacts, and who sleeps. */
import type { Core } from './core.ts';

export interface Reach {
  /** Nothing passes between any of these and any of those, until healed. */
  cut(some: readonly string[], others: readonly string[]): void;
  /** Heals every cut between them; without names, all cuts. */
  heal(some?: readonly string[], others?: readonly string[]): void;
  /** Nobody reaches another island. Whoever is named on none is on the mainland, which is one more. No islands: healed. */
  islands(groups: readonly (readonly string[])[]): void;
  /** From now on these reach only whom they are in contact with. Nobody: no longer so. */
  onlyInContact(names: readonly string[]): void;
  contact(one: string, other: string, state: 'up' | 'down'): void;
}

export interface ReachInside extends Reach {
  isCut(one: string, other: string): boolean;
  sleeps(name: string, isAsleep: boolean): void;
  /** Told of whom a change may concern; null: anybody. */
  onChange(changed: (names: readonly string[] | null) => void): void;
}

export const createReach = (core: Core): ReachInside => {
  const cuts = new Map<string, readonly [string, string]>();
  const islandOf = new Map<string, number>();
  const roaming = new Set<string>();
  const contacts = new Set<string>();
  const sleeping = new Set<string>();
  let changed: (names: readonly string[] | null) => void = () => {};

  const change = (some: readonly string[], others: readonly string[], isCut: boolean): void => {
    for (const one of some) {
      for (const other of others) {
        const pair = pairOf(one, other);
        if (one === other || cuts.has(pair) === isCut) continue;
        if (isCut) cuts.set(pair, [one, other]);
        else cuts.delete(pair);
        core.note(isCut ? 'cut' : 'heal', pair);
      }
    }
    changed(some);
  };

  const isRoaming = (one: string, other: string): boolean => roaming.has(one) || roaming.has(other);

  return {
    cut: (some, others) => change(some, others, true),
    heal: (some, others) => {
      if (some !== undefined && others !== undefined) return change(some, others, false);
      for (const [one, other] of [...cuts.values()]) change([one], [other], false);
    },
    islands: (groups) => {
      islandOf.clear();
      for (const [number, names] of groups.entries()) for (const name of names) islandOf.set(name, number);
      core.note('islands', String(groups.length));
      changed(null);
    },
    onlyInContact: (names) => {
      roaming.clear();
      for (const name of names) roaming.add(name);
      core.note('only in contact', String(names.length));
      changed(null);
    },
    contact: (one, other, state) => {
      const pair = pairOf(one, other);
      if (contacts.has(pair) === (state === 'up')) return;
      if (state === 'up') contacts.add(pair);
      else contacts.delete(pair);
      core.note(state, pair);
      changed([one]);
    },
    sleeps: (name, isAsleep) => {
      if (isAsleep) sleeping.add(name);
      else sleeping.delete(name);
      changed([name]);
    },
    isCut: (one, other) =>
      (cuts.size > 0 && cuts.has(pairOf(one, other))) ||
      (islandOf.size > 0 && islandOf.get(one) !== islandOf.get(other)) ||
      (sleeping.size > 0 && (sleeping.has(one) || sleeping.has(other))) ||
      (roaming.size > 0 && isRoaming(one, other) && !contacts.has(pairOf(one, other))),
    onChange: (hear) => void (changed = hear),
  };
};

export const pairOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`);
