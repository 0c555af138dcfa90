/** Rooms as they may come to be: several devices that act on what they know, some of them on what they pretend to know. */
import type { DeviceId, OperationId } from '../../../src/protocol/ids.ts';
import { makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { emptyGraph, insert } from '../../../src/protocol/rooms/graph.ts';
import type { Graph } from '../../../src/protocol/rooms/graph.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { actorOf, adminPolicy, diceOf, openPolicy, startMs, writingOf } from './stage.ts';
import type { Actor } from './stage.ts';

export interface RandomRoom {
  readonly operations: readonly Operation[];
  /** Those every lineage begins with. */
  readonly preamble: number;
}

export function actorsOf(suite: Suite): readonly Actor[] {
  const people = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => actorOf(suite, `p${number}`));
  const second = people.slice(0, 4).map((actor) => actorOf(suite, `${actor.name} too`, actor.person));
  return [...people, ...second];
}

/** `wanted` operations after the preamble. Only lawful ones: the others enter no graph. */
export function randomRoom(suite: Suite, actors: readonly Actor[], seed: string, wanted: number): RandomRoom {
  const dice = diceOf(seed);
  const founder = actors[0]!;
  const writing = writingOf(suite, founder, dice(2) === 0 ? openPolicy : adminPolicy, seed);
  let graph: Graph = emptyGraph(writing.room);
  const operations: Operation[] = [];
  const invites: { operation: Operation; secret: Uint8Array }[] = [];
  const take = (operation: Operation): boolean => {
    const inserted = insert(suite, graph, operation, startMs);
    if (isRefusal(inserted) || inserted.taken.length === 0) return false;
    graph = inserted.graph;
    operations.push(operation);
    return true;
  };
  take(writing.founding);
  for (const who of actors.slice(1, 4)) take(writing.add(founder, [operations.at(-1)!], who));
  if (dice(2) === 0) take(writing.promote(founder, [operations.at(-1)!], actors[1]!));
  if (dice(2) === 0) take(writing.promote(dice(2) === 0 ? founder : actors[1]!, [operations.at(-1)!], actors[2]!));
  if (dice(3) === 0) take(writing.device(actors[1]!, [operations.at(-1)!], actors[9]!));
  const preamble = operations.length;
  for (let tries = 0; operations.length < preamble + wanted && tries < wanted * 12; tries += 1) {
    const author = actors[dice(actors.length)]!;
    // Mostly close to the end, sometimes far back, sometimes joining branches.
    const back = (): Operation =>
      operations[Math.max(dice(4) === 0 ? 0 : preamble - 1, operations.length - 1 - dice(dice(3) === 0 ? 12 : 4))]!;
    const parents = [...new Set(Array.from({ length: 1 + dice(3) }, back))];
    const who = actors[dice(actors.length)]!;
    switch (dice(12)) {
      case 0:
      case 1:
      case 2:
        take(writing.remove(author, parents, who));
        break;
      case 3:
        take(writing.promote(author, parents, who, dice(2) === 0 ? 'admin' : 'member'));
        break;
      case 4: {
        const invite = writing.invite(author, parents, 1 + dice(2));
        if (take(invite.operation)) invites.push(invite);
        break;
      }
      case 5:
      case 6:
        take(writing.add(author, parents, who, invites[dice(Math.max(1, invites.length))] ?? null));
        break;
      case 7:
        take(writing.add(author, parents, who));
        break;
      case 8:
        take(writing.device(author, parents, who));
        break;
      case 9: {
        const revocation = makeRevocation(suite, author.person, who.device.id, 498_000);
        take(
          writing.by(author, parents, {
            kind: 'revoke',
            revocation: revocation.bytes,
            device: who.device.id as DeviceId,
            seq: dice(9),
          }),
        );
        break;
      }
      case 10: {
        const invite = invites[dice(Math.max(1, invites.length))];
        const id = (invite?.operation.id ?? operations[0]!.id) as OperationId;
        const acts = [
          { kind: 'leave' },
          { kind: 'rename', name: `Room ${dice(9)}` },
          { kind: 'policy', policy: dice(2) === 0 ? openPolicy : adminPolicy },
          { kind: 'withdraw', invite: id },
          { kind: 'call-me', called: `N${dice(9)}` },
        ] as const;
        take(writing.by(author, parents, acts[dice(acts.length)]!));
        break;
      }
      default:
        take(writing.rekey(author, parents));
    }
  }
  return { operations, preamble };
}

export function shuffled<Item>(items: readonly Item[], dice: (below: number) => number): Item[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = dice(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
