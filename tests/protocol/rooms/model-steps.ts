/** What the devices of `room-model.ts` do, one thing at a time. */
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { acceptanceOf } from '../../../src/protocol/rooms/act.ts';
import type { Act } from '../../../src/protocol/rooms/act.ts';
import { insert, operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { makeOperation } from '../../../src/protocol/rooms/operation.ts';
import { addDevice, rekey, rekeyDue, remove, revoke } from '../../../src/protocol/rooms/room-acts.ts';
import { act, emptyRoom, resumeRoom } from '../../../src/protocol/rooms/room.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import { actorOf, good, openPolicy, adminPolicy } from './stage.ts';
import type { Node, World } from './model-world.ts';

export function createStep(world: World, seed: string, members: number): () => void {
  const {
    suite,
    dice,
    trace,
    count,
    nodes,
    invites,
    clock,
    id,
    nodeFor,
    hands,
    set,
    everybody,
    hereIn,
    say,
    sync,
    attempt,
    knock,
  } = world;
  let arrivals = members;
  const pick = (): Node => nodes[dice(nodes.length)]!;
  const inRoom = (): Node[] => nodes.filter((one) => one.room !== null && hereIn(one.room).has(one.actor.device.id));

  return () => {
    clock.nowMs += dice(30) === 0 ? 20 * 3_600_000 : dice(60_000);
    const node = pick();
    if (node.room === null) return;
    const room = node.room;
    const target = pick();
    switch (dice(26)) {
      case 0: {
        const lasts = [{ device: target.actor.device.id, seq: target.seq }];
        if (dice(3) > 0 && !node.isHostile) return;
        if (attempt(node, remove(room, hands(node), target.actor.person.id, lasts))) {
          count.removals += 1;
          trace.push(`${node.name} removes ${target.name}`);
        }
        return;
      }
      case 1: {
        // Both at once.
        if (target.room === null || dice(2) === 0) return;
        const one = remove(room, hands(node), target.actor.person.id, []);
        const other = remove(target.room, hands(target), node.actor.person.id, []);
        if (attempt(node, one)) count.removals += 1;
        if (attempt(target, other)) count.removals += 1;
        return;
      }
      case 2: {
        const secret = node.luck(32);
        const what = {
          kind: 'invite',
          key: suite.signPublic(secret),
          uses: 1,
          expiresHour: Math.floor(clock.nowMs / 3_600_000) + 48,
        } as const;
        const change = act(room, hands(node), what);
        if (attempt(node, change) && !isRefusal(change)) invites.push({ id: change.operations[0]!.id, secret });
        return;
      }
      case 3:
      case 4: {
        if (arrivals > members + 8) return;
        arrivals += 1;
        const invite = invites[dice(Math.max(1, invites.length))] ?? null;
        const newcomer = nodeFor(actorOf(suite, `${seed} ${arrivals}`), `n${arrivals}`, dice(5) === 0);
        knock(node, invite, newcomer);
        // A single-use invite, served by two at once.
        const second = pick();
        if (dice(3) === 0 && second.room !== null)
          knock(second, invite, nodeFor(actorOf(suite, `${seed} x${arrivals}`), `x${arrivals}`, dice(5) === 0));
        return;
      }
      case 5: {
        if (arrivals > members + 8) return;
        arrivals += 1;
        const newcomer = nodeFor(
          actorOf(suite, `${seed} d${arrivals}`, node.actor.person),
          `${node.name}+${arrivals}`,
          node.isHostile,
        );
        newcomer.room = emptyRoom(id);
        const acceptance = suite.sign(newcomer.actor.device.signSecret, acceptanceOf(id, newcomer.actor.certificate));
        if (attempt(node, addDevice(room, hands(node), newcomer.actor.certificate, acceptance)))
          trace.push(`${node.name} brings ${newcomer.name}`);
        return;
      }
      case 6: {
        const own = nodes.filter((one) => one.actor.person === node.actor.person && one !== node);
        const lost = own[dice(Math.max(1, own.length))];
        if (lost === undefined || dice(2) === 0) return;
        attempt(
          node,
          revoke(room, hands(node), makeRevocation(suite, node.actor.person, lost.actor.device.id, 498_000), lost.seq),
        );
        return;
      }
      case 7: {
        const acts: readonly Act[] = [
          { kind: 'role', person: target.actor.person.id, role: dice(2) === 0 ? 'admin' : 'member' },
          { kind: 'withdraw', invite: (invites[dice(Math.max(1, invites.length))]?.id ?? '00'.repeat(32)) as never },
          { kind: 'rename', name: `Room ${dice(9)}` },
          { kind: 'policy', policy: dice(2) === 0 ? openPolicy : adminPolicy },
          ...(dice(6) === 0 && inRoom().length > 3 ? [{ kind: 'leave' } as const] : []),
        ];
        attempt(node, act(room, hands(node), acts[dice(acts.length)]!));
        return;
      }
      case 8:
        if (dice(2) === 0) attempt(node, rekey(room, hands(node)));
        return;
      case 9:
        // Falls apart in two, or comes together.
        for (const one of nodes) one.group = dice(3) === 0 ? dice(2) : 0;
        return;
      case 10: {
        if (node.stored === null) return;
        const kept = decodeKeyring(node.stored.keyring);
        node.table = createTagTable(suite);
        node.opened = new Set(node.stored.opened);
        node.entries = new Map(node.stored.entries);
        node.seq = node.stored.seq;
        set(node, resumeRoom(suite, id, node.stored.operations, good(kept)));
        trace.push(`${node.name} crashes`);
        return;
      }
      case 11:
      case 12:
        if (target.room !== null && target !== node && target.group === node.group && !node.isHostile && !target.isHostile)
          sync(node, target);
        return;
      case 13: {
        // A hostile one pretends not to know: its parents lie far back.
        if (!node.isHostile) return;
        const known = operationsOf(room.graph);
        if (known.length === 0) return;
        const parent = known[dice(known.length)]!;
        const what: Act =
          dice(2) === 0
            ? { kind: 'remove', person: target.actor.person.id, lasts: [] }
            : dice(2) === 0
              ? { kind: 'rename', name: 'Taken' }
              : { kind: 'rekey', commitment: suite.hash(node.luck(32)) };
        const operation = makeOperation(suite, node.actor.device, id, clock.nowMs, [parent.id], what);
        everybody(node, { kind: 'operation', bytes: operation.bytes });
        const own = insert(suite, room.graph, operation, clock.nowMs);
        if (!isRefusal(own)) set(node, { ...room, graph: own.graph });
        return;
      }
      default: {
        if (say(node, { kind: 'text', text: `hello from ${node.name}` }) !== null) return;
        const due = rekeyDue(room, hands(node));
        if (due !== null && due.turn <= 2) attempt(node, rekey(room, hands(node)));
      }
    }
  };
}
