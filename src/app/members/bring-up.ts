/** Two devices of a room, of which one lacks operations or keys: told what it lacks, and one that was put out told that. */
import type { Core } from '../core.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { nothingSaid } from '../../protocol/entries/passing.ts';
import type { DeviceId, OperationId, PersonId } from '../../protocol/ids.ts';
import { headsOf, isKnown, nodeOf, operationsOf } from '../../protocol/rooms/graph.ts';
import type { Graph } from '../../protocol/rooms/graph.ts';
import { headsOfAll } from '../../protocol/rooms/room-acts.ts';
import { sendingEpoch } from '../../protocol/rooms/room.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import { operationsFor, wantOperations } from '../../protocol/sync/operations.ts';
import type { OperationShelf } from '../../protocol/sync/operations.ts';
import type { WantOperations } from '../../protocol/sync/parts.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';

export interface BringUp {
  /** They showed how far they are: each gives, and asks, what the other lacks. */
  toUs(turn: Turn, room: Room, them: Behind): void;
  tellWanted(turn: Turn, room: Room, device: DeviceId, want: WantOperations): Promise<void>;
  /** Who was away when they were put out believes to be in. They are told under the keys they have, and no more than led to it. */
  tellRemoval(turn: Turn, room: Room, them: Behind): Promise<void>;
  /**
   * They told us what we cannot take yet, and nothing acknowledges it: that it is us is said once in a while, as what we need may stand
   * behind it.
   */
  sayWho(turn: Turn, them: Pick<Behind, 'device' | 'peer'>): void;
  /** A turn of its own, for what needs what this one brings to the disk. */
  later(room: Room, run: (turn: Turn) => Promise<unknown>): void;
}

export interface Behind {
  readonly device: DeviceId;
  readonly peer: Peer;
  readonly heads: readonly OperationId[];
  /** Under which they speak; null where that is not said, and they ask for what they lack. */
  readonly epochId: OperationId | null;
}

export function createBringUp(core: Core, desk: MembersDesk): BringUp {
  const { vault, post } = desk;
  /** Whom we gave keys of which epoch, in which era of their path: not again at each word. */
  const given = new WeakMap<Peer, { readonly mark: string; readonly atMs: number }>();
  /** When we last said who we are to whom. */
  const saidWhoMs = new WeakMap<Peer, number>();

  const isBusy = (room: Room, device: DeviceId): boolean => {
    const is = post.isBusyWith(device);
    if (is) core.log('message-refused', { why: 'too-many', room: room.id });
    return is;
  };

  /** A turn of its own, for what needs what this one brings to the disk. */
  const later = (room: Room, run: (turn: Turn) => Promise<unknown>): void => {
    void core.lane.run(async () => {
      if (core.rooms.get(room.id) === room) await vault.turn(async (turn) => void (await run(turn)));
    });
  };

  const tellOperations = async (turn: Turn, room: Room, device: DeviceId, ids: readonly OperationId[]): Promise<void> => {
    // They have not taken what they were told.
    if (isBusy(room, device)) return;
    const { graph } = turn.room(room.id)!;
    const operations = ids.flatMap((id) => nodeOf(graph, id)?.operation ?? []);
    await desk.tellOperations(turn, room.id, device, operations);
  };

  const tellKeys = async (turn: Turn, room: Room, device: DeviceId): Promise<void> => {
    if (isBusy(room, device)) return;
    for (const body of headsOfAll(turn.room(room.id)!, vault.keys.us.device.id, device, vault.suite)) {
      await post.send(turn, device, encodeBetween({ kind: 'heads', body }));
    }
  };

  return {
    sayWho: (turn, { device, peer }) => {
      const nowMs = core.clock.ticksMs();
      if (nowMs - (saidWhoMs.get(peer) ?? -whoEveryMs) < whoEveryMs) return;
      saidWhoMs.set(peer, nowMs);
      // What this turn does on the session is taken back.
      turn.after(() => void core.lane.run(() => vault.turn((next) => void post.pass(next, device, nothingSaid, peer))));
    },
    later,
    tellWanted: (turn, room, device, want) =>
      tellOperations(turn, room, device, operationsFor(shelfOf(turn.room(room.id)!.graph), want)),
    toUs: (turn, room, { device, peer, heads, epochId }) => {
      const now = turn.room(room.id)!;
      const shelf = shelfOf(now.graph);
      const want = wantOperations(shelf, heads);
      // The bundle must be on the disk before a session begins with it.
      if (want !== null) turn.after(() => later(room, (next) => desk.tell(next, room.id, device, want)));
      const mine = headsOf(now.graph);
      if (mine.some((head) => !heads.includes(head))) {
        const lacks = { kind: 'want-operations', wanted: mine, known: heads.filter((head) => isKnown(now.graph, head)) } as const;
        turn.after(() => later(room, (next) => tellOperations(next, room, device, operationsFor(shelf, lacks))));
      }
      const best = sendingEpoch(now);
      if (best === null || best === epochId) return;
      const mark = `${room.id}/${best}/${peer.era}`;
      const before = given.get(peer);
      const nowMs = core.clock.ticksMs();
      if (before?.mark === mark && nowMs - before.atMs < givenAgainMs) return;
      given.set(peer, { mark, atMs: nowMs });
      turn.after(() => later(room, (next) => tellKeys(next, room, device)));
    },
    tellRemoval: async (turn, room, { device, peer, heads, epochId }) => {
      const graph = turn.room(room.id)?.graph;
      if (graph === undefined || room.stage !== 'in') return;
      const { gone, removals } = summaryOf(graph);
      const person = gone.find((each) => each.device === device)?.person;
      const theirs = removals.filter((id) => isRemovalOf(graph, id, device, person));
      const mark = `${room.id}/gone/${peer.era}`;
      if (theirs.length === 0 || given.get(peer)?.mark === mark) return;
      given.set(peer, { mark, atMs: core.clock.ticksMs() });
      const ids = operationsFor(shelfOf(graph), { kind: 'want-operations', wanted: theirs, known: heads });
      const operations = ids.flatMap((id) => nodeOf(graph, id)?.operation ?? []);
      if (epochId === null) await desk.tellOperations(turn, room.id, device, operations);
      else desk.castOperations(turn, room, operations, epochId, [peer]);
    },
  };
}

const shelfOf = (graph: Graph): OperationShelf => ({
  order: operationsOf(graph).map(({ id }) => id),
  heads: headsOf(graph),
  has: (id) => isKnown(graph, id),
  parentsOf: (id) => nodeOf(graph, id)?.operation.parents ?? [],
  bytesOf: (id) => nodeOf(graph, id)?.operation.bytes.length ?? 0,
});

function isRemovalOf(graph: Graph, id: OperationId, device: DeviceId, person: PersonId | undefined): boolean {
  const what = nodeOf(graph, id)?.operation.act;
  return what?.kind === 'remove' ? what.person === person : what?.kind === 'revoke' && what.device === device;
}

const givenAgainMs = 60_000;
/** A knock comes as often, and is answered by what we refused. */
const whoEveryMs = 10_000;
