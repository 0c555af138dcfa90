/** The world of `room-model.ts`: devices, what they keep, and what goes between them. */
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeEntry } from '../../../src/protocol/entries/entry.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { DeviceId, OperationId, RoomId, Short } from '../../../src/protocol/ids.ts';
import { headsOf, nodeOf, operationsOf, viewNow } from '../../../src/protocol/rooms/graph.ts';
import { encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { admit, found } from '../../../src/protocol/rooms/room-acts.ts';
import type { Done } from '../../../src/protocol/rooms/room-acts.ts';
import { emptyRoom, seal } from '../../../src/protocol/rooms/room.ts';
import type { Change, Hands, Room } from '../../../src/protocol/rooms/room.ts';
import { at, entriesOf } from '../../../src/protocol/rooms/shared-list.ts';
import type { Signed } from '../../../src/protocol/rooms/signed.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import type { TagTable } from '../../../src/protocol/rooms/tag-table.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';
import { actorOf, diceOf, luckOf, openPolicy, adminPolicy, startMs, slotName } from './stage.ts';
import type { Actor } from './stage.ts';
import { createHearing } from './model-hearing.ts';
import { emptyLoot } from './model-loot.ts';
import type { Loot } from './model-loot.ts';

export interface Said {
  readonly signed: Signed;
  readonly envelope: Uint8Array;
  readonly barred: ReadonlySet<DeviceId>;
  readonly epoch: string;
  readonly by: string;
}

export interface Node {
  readonly actor: Actor;
  readonly name: string;
  readonly luck: Luck;
  /** Keeps what it should erase, and acts on pasts of its choosing. */
  readonly isHostile: boolean;
  room: Room | null;
  table: TagTable;
  stored: {
    operations: Uint8Array[];
    keyring: Uint8Array;
    opened: ReadonlySet<string>;
    entries: ReadonlyMap<string, Signed>;
    seq: number;
  } | null;
  seq: number;
  opened: Set<string>;
  /** K2: slots of what was said before this device was let in: all that everybody had who let it in, when they did. Null: not yet. */
  before: ReadonlySet<string> | null;
  /** All keys it was ever given, the way one hoards who means to read more than they were let in for. */
  readonly loot: Loot;
  /** As sync keeps and moves them. */
  entries: Map<string, Signed>;
  group: number;
}

export type Mail =
  | { readonly kind: 'operation'; readonly bytes: Uint8Array }
  | { readonly kind: 'envelope'; readonly bytes: Uint8Array; readonly id: string }
  | { readonly kind: 'row'; readonly body: Uint8Array }
  | { readonly kind: 'heads'; readonly body: Uint8Array };

function joinedBy(room: Room, id: OperationId): DeviceId {
  const { step } = nodeOf(room.graph, id)!;
  if (!('joins' in step)) throw new Error('Nobody joins');
  return step.joins.certificate.deviceId;
}

// The functions below belong together: each device's life is spread over all of them.
export type World = ReturnType<typeof createWorld>;

export function createWorld(base: Suite, seed: string) {
  const dice = diceOf(`model ${seed}`);
  const used = new Set<string>();
  const trace: string[] = [];
  const count = {
    sealed: 0,
    opened: 0,
    readByOutsiders: 0,
    readFromBefore: 0,
    usedTwice: 0,
    removals: 0,
    uncounted: 0,
    mostSkipped: 0,
    mostTags: 0,
  };
  const suite: Suite = {
    ...base,
    seal: (key, nonce, plain, bound) => {
      const pair = bytesToHex(key) + bytesToHex(nonce);
      if (used.has(pair)) count.usedTwice += 1;
      used.add(pair);
      return base.seal(key, nonce, plain, bound);
    },
  };
  const clock = { nowMs: startMs };
  const nodes: Node[] = [];
  const mail: { to: Node; from: Node; mail: Mail }[] = [];
  /** Of each message: where it was said, and whom its author knew to be out of the room, or never rightly in it. */
  const said = new Map<string, Said>();
  const last = new Map<string, { signed: Signed; parents: readonly Short[] }>();
  const invites: { id: string; secret: Uint8Array }[] = [];

  const nodeFor = (actor: Actor, name: string, isHostile: boolean): Node => {
    const node: Node = {
      actor,
      name,
      luck: luckOf(`${seed} ${name}`),
      isHostile,
      room: null,
      table: createTagTable(suite),
      stored: null,
      seq: 0,
      opened: new Set(),
      before: null,
      loot: emptyLoot(),
      entries: new Map(),
      group: 0,
    };
    nodes.push(node);
    return node;
  };
  const hands = (node: Node): Hands => ({ suite, me: node.actor.device, luck: node.luck, nowMs: clock.nowMs });
  const store = (node: Node): void => {
    const room = node.room!;
    node.stored = {
      operations: operationsOf(room.graph).map((one) => one.bytes),
      keyring: encodeKeyring(room.keyring),
      opened: new Set(node.opened),
      entries: new Map(node.entries),
      seq: node.seq,
    };
  };
  const set = (node: Node, room: Room, isStored = true): void => {
    node.room = room;
    node.table.put(room.id, room.keyring);
    count.mostTags = Math.max(count.mostTags, node.table.size());
    const skipped = room.keyring.epochs.reduce(
      (sum, epoch) => sum + epoch.chains.reduce((all, one) => all + one.skipped.length, 0),
      0,
    );
    count.mostSkipped = Math.max(count.mostSkipped, skipped);
    if (isStored) store(node);
  };
  const send = (from: Node, to: Node, one: Mail): void => {
    if (from === to) return;
    // A tenth is lost, a tenth comes twice.
    const luck = dice(10);
    if (luck === 0 || to.room === null) return;
    mail.push({ from, to, mail: one });
    if (luck === 1) mail.push({ from, to, mail: one });
    if (mail.length > 6_000) mail.splice(dice(mail.length), 1);
  };
  const everybody = (from: Node, one: Mail): void => nodes.forEach((to) => send(from, to, one));
  const hereIn = (room: Room): Set<DeviceId> =>
    new Set(
      [...entriesOf(viewNow(room.graph).devices)].flatMap(([number, device]) =>
        device.state === 'here' ? [room.graph.known.devices.ids[number]!] : [],
      ),
    );
  const barredIn = (room: Room): Set<DeviceId> => {
    const here = hereIn(room);
    const known = operationsOf(room.graph).flatMap((one) =>
      'joins' in nodeOf(room.graph, one.id)!.step ? [joinedBy(room, one.id)] : [],
    );
    return new Set(known.filter((device) => !here.has(device)));
  };
  const byDevice = (device: DeviceId): Node | undefined => nodes.find((one) => one.actor.device.id === device);

  /** What came by sync under an epoch or of a device that were not known yet, or never in by what is known, is nothing of the room. */
  const letIn = (node: Node, done: Change): void => {
    const { graph } = node.room!;
    const wasIn = (number: number | undefined): boolean => number !== undefined && Boolean(at(viewNow(graph).devices, number));
    const isOurs = ({ epochId, device }: Signed): boolean =>
      nodeOf(graph, epochId) !== null && wasIn(graph.known.devices.numbers.get(device));
    const had = [...node.entries].filter(([, signed]) => isOurs(signed)).map(([slot]) => slot);
    for (const { id: operation } of done.operations) {
      if (!('joins' in nodeOf(done.room.graph, operation)!.step)) continue;
      const newcomer = byDevice(joinedBy(done.room, operation))!;
      if (newcomer !== node) newcomer.before = new Set(had.filter((slot) => newcomer.before?.has(slot) ?? true));
    }
  };

  const publish = (node: Node, done: Change | Done): void => {
    if (node.room !== null) letIn(node, done);
    set(node, done.room);
    for (const operation of done.operations) everybody(node, { kind: 'operation', bytes: operation.bytes });
    if (!('rows' in done)) return;
    for (const { devices, body } of done.rows) {
      for (const device of devices) {
        const to = byDevice(device);
        if (to !== undefined) send(node, to, { kind: 'row', body });
      }
    }
    for (const { device, body } of done.heads) {
      const to = byDevice(device);
      if (to !== undefined) send(node, to, { kind: 'heads', body });
    }
    for (const bytes of done.headEntries) say(node, { kind: 'head', bytes });
  };

  const say = (node: Node, body: { kind: 'head'; bytes: Uint8Array } | { kind: 'text'; text: string }): string | null => {
    const room = node.room!;
    const parents = headsOf(room.graph).slice(0, 4).map(shortOf);
    const entry = encodeEntry({ sentAtMs: clock.nowMs, seq: node.seq + 1, parents, body });
    const done = seal(room, hands(node), entry);
    if (isRefusal(done)) return null;
    node.seq += 1;
    const id = bytesToHex(suite.hash(done.envelope)).slice(0, 32);
    said.set(id, {
      signed: done.signed,
      envelope: done.envelope,
      barred: barredIn(room),
      epoch: done.signed.epochId,
      by: node.name,
    });
    count.sealed += 1;
    node.entries.set(slotName(done.signed), done.signed);
    node.opened.add(id);
    set(node, done.room, done.mustCommit || dice(2) === 0);
    last.set(id, { signed: done.signed, parents });
    everybody(node, { kind: 'envelope', bytes: done.envelope, id });
    trace.push(`${node.name} says ${body.kind} ${done.signed.n} past ${said.get(id)!.barred.size}`);
    return id;
  };

  const { openEnvelope, deliver, sync } = createHearing({ suite, trace, count, said, hands, set, hereIn, byDevice, dice });

  const attempt = (node: Node, done: Change | Done | { refused: unknown }): boolean => {
    if ('refused' in done) return false;
    publish(node, done as Done);
    return true;
  };

  const founder = nodeFor(actorOf(suite, `${seed} founder`), 'founder', false);
  founder.before = new Set();
  const begun = found(hands(founder), {
    certificate: founder.actor.certificate,
    called: 'founder',
    name: 'Room',
    policy: dice(2) === 0 ? openPolicy : adminPolicy,
  });
  const id: RoomId = begun.room.id;
  publish(founder, begun);

  const knock = (admitter: Node, invite: { id: string; secret: Uint8Array } | null, newcomer: Node): void => {
    newcomer.room ??= emptyRoom(id);
    const asked = { room: id, invite: (invite?.id ?? null) as never };
    const request = makeRequest(
      suite,
      asked,
      newcomer.actor.device,
      newcomer.actor.certificate,
      newcomer.name,
      invite?.secret ?? null,
    );
    const done = admit(admitter.room!, hands(admitter), request.bytes, invite === null ? null : (invite.id as never));
    if (!attempt(admitter, done)) return;
    trace.push(`${admitter.name} lets in ${newcomer.name}`);
    if (dice(3) > 0 && admitter.group === newcomer.group) sync(admitter, newcomer);
  };

  const pump = (times: number): void => {
    for (let time = 0; time < times && mail.length > 0; time += 1) {
      const [one] = mail.splice(dice(Math.min(mail.length, 400)), 1);
      if (one!.from.group === one!.to.group) deliver(one!.to, one!.mail);
      else if (dice(4) > 0) mail.push(one!);
    }
  };

  return {
    suite,
    dice,
    trace,
    count,
    nodes,
    mail,
    said,
    last,
    invites,
    clock,
    id,
    founder,
    nodeFor,
    hands,
    set,
    everybody,
    hereIn,
    byDevice,
    publish,
    say,
    openEnvelope,
    sync,
    attempt,
    knock,
    pump,
  };
}
