/**
 * The rules O3 to O9 once more, read slowly: sets of ids, no cuts, no caches, everything folded from the beginning each time. Shares
 * no code with `src/protocol/rooms` but the reading of operations.
 */
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { createActs } from './oracle-acts.ts';
import type { State } from './oracle-acts.ts';

interface Facts {
  admin: boolean;
  rank: string;
  person: string;
  takesAdmin: boolean;
  demotes: boolean;
  view: State;
}

export function createOracle(
  suite: Suite,
  operations: readonly Operation[],
): {
  digest(ids: readonly string[]): string;
  counts(ids: readonly string[]): Set<string>;
  /** O9: how many of its own author's device are before it. */
  place(id: string): number;
} {
  const all = new Map<string, Operation>(operations.map((one) => [one.id, one]));
  const pasts = new Map<string, Set<string>>();
  const factsOf = new Map<string, Facts>();

  const past = (id: string): Set<string> => {
    const known = pasts.get(id);
    if (known) return known;
    const set = new Set<string>();
    for (const parent of all.get(id)!.parents) {
      set.add(parent);
      for (const one of past(parent)) set.add(one);
    }
    pasts.set(id, set);
    return set;
  };
  const concurrent = (one: string, other: string): boolean => one !== other && !past(one).has(other) && !past(other).has(one);
  const before = (one: string, other: string): number =>
    past(one).size - past(other).size || (one < other ? -1 : one > other ? 1 : 0);

  const { may, isOpen, apply, empty } = createActs(suite, before);

  const facts = (id: string): Facts => {
    const known = factsOf.get(id);
    if (known) return known;
    const operation = all.get(id)!;
    const view = fold([...past(id)]);
    const person =
      view.devices.get(operation.author)?.person ?? (operation.act.kind === 'found' ? operation.act.certificate.personId : '');
    const member = view.members.get(person);
    const { act } = operation;
    const made: Facts = {
      view,
      person,
      admin: operation.act.kind === 'found' || member?.role === 'admin',
      rank: member?.rank ?? id,
      takesAdmin: operation.act.kind !== 'found' && !may(view, operation, true),
      demotes: act.kind === 'role' && act.role === 'member' && view.members.get(act.person)?.role === 'admin',
    };
    factsOf.set(id, made);
    return made;
  };

  const stronger = (one: string, other: string): number => {
    const [first, second] = [facts(one), facts(other)];
    if (first.admin !== second.admin) return first.admin ? -1 : 1;
    return before(first.rank, second.rank) || (one < other ? -1 : one > other ? 1 : 0);
  };

  const isStrike = (id: string): boolean => {
    const { kind } = all.get(id)!.act;
    return kind === 'remove' || kind === 'revoke' || (kind === 'role' && facts(id).demotes);
  };
  const strikes = (one: string, other: string): boolean => {
    const { act } = all.get(one)!;
    if (!concurrent(one, other)) return false;
    if (act.kind === 'remove') return facts(other).person === act.person;
    if (act.kind === 'revoke') return all.get(other)!.author === act.device;
    return act.kind === 'role' && facts(other).person === act.person && facts(other).takesAdmin;
  };

  /** Causes first; among the ready ones roles, then the strongest. */
  const ordered = (ids: readonly string[]): string[] => {
    const left = new Set(ids);
    const order: string[] = [];
    while (left.size > 0) {
      const ready = [...left].filter((id) => ![...past(id)].some((one) => left.has(one)));
      ready.sort((one, other) => {
        const [first, second] = [all.get(one)!.act.kind === 'role', all.get(other)!.act.kind === 'role'];
        return first === second ? stronger(one, other) : first ? -1 : 1;
      });
      order.push(ready[0]!);
      left.delete(ready[0]!);
    }
    return order;
  };

  /** Each standing strike after what leads to it: causes first, then the strongest. They come strongest first. */
  const hoisted = (standing: readonly string[], ids: readonly string[]): string[] => {
    const order: string[] = [];
    const left = [...standing];
    while (left.length > 0) {
      const strike = left.splice(
        left.findIndex((one) => !left.some((other) => past(one).has(other))),
        1,
      )[0]!;
      order.push(...ordered(ids.filter((id) => !order.includes(id) && (id === strike || past(strike).has(id)))));
    }
    return [...order, ...ordered(ids.filter((id) => !order.includes(id)))];
  };

  const fold = (ids: readonly string[]): State => {
    const standing: string[] = [];
    const dead = new Set<string>();
    for (const strike of ids.filter(isStrike).toSorted(stronger)) {
      if (dead.has(strike)) continue;
      const own = facts(strike).view;
      const seen = [...past(strike)].filter((id) => own.counts.has(id));
      const still = empty();
      for (const id of hoisted(own.standing, [...past(strike)])) {
        if (seen.includes(id) && !dead.has(id) && may(still, all.get(id)!)) apply(still, all.get(id)!);
      }
      if (seen.some((id) => dead.has(id)) && !may(still, all.get(strike)!)) continue;
      standing.push(strike);
      for (const id of ids) if (strikes(strike, id) && !standing.includes(id)) dead.add(id);
    }
    const state = empty();
    state.standing = standing;
    for (const id of hoisted(standing, ids)) {
      const isOut = isStrike(id) || standing.some((strike) => strikes(strike, id));
      if (standing.includes(id) ? isOpen(state, all.get(id)!) : !isOut && may(state, all.get(id)!)) apply(state, all.get(id)!);
    }
    return state;
  };

  return {
    counts: (ids) => fold(ids).counts,
    place: (id) => [...past(id)].filter((one) => all.get(one)!.author === all.get(id)!.author).length,
    digest: (ids) => {
      const state = fold(ids);
      const members = [...state.members].map(([person, { role, rank, devices }]) => ({
        person,
        role,
        rank,
        called: state.called.get(person),
        devices: [...devices].map((device) => `${device} ${state.devices.get(device)!.since}`).toSorted(),
      }));
      members.sort((one, other) => Number(other.role === 'admin') - Number(one.role === 'admin') || before(one.rank, other.rank));
      return JSON.stringify({
        name: state.name,
        members: members.map(({ person, role, called, devices }) => ({ person, role, called, devices })),
        epochs: state.epochs.toSorted(),
        removals: state.removals.toSorted(),
        gone: [...state.devices]
          .filter(([, one]) => one.state !== 'here')
          .map(([device, one]) => `${device} ${one.state} ${state.called.get(one.person)}`)
          .toSorted(),
      });
    },
  };
}
