/**
 * A room as a world of devices that lose, repeat, delay and reorder what they send each other, fall apart and come together, crash,
 * and of which some are hostile. One seed gives one history; what must never happen is counted.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { whyNot } from '../../../src/protocol/rooms/counting.ts';
import { sendableEpochs } from '../../../src/protocol/rooms/epochs.ts';
import { rekey, rekeyDue } from '../../../src/protocol/rooms/room-acts.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { digestOf } from './digest.ts';
import { actorOf } from './stage.ts';
import { createStep } from './model-steps.ts';
import { readableFromBefore } from './model-loot.ts';
import { createWorld } from './model-world.ts';
import type { Node } from './model-world.ts';

export interface ModelOptions {
  readonly seed: string;
  readonly members: number;
  readonly steps: number;
}

export interface ModelResult {
  /** What was seen, said and done, in one line each, for comparing suites. */
  readonly trace: readonly string[];
  readonly sealed: number;
  readonly opened: number;
  readonly readByOutsiders: number;
  readonly readFromBefore: number;
  readonly usedTwice: number;
  readonly stranded: readonly string[];
  readonly digests: number;
  readonly choices: number;
  readonly removals: number;
  readonly uncounted: number;
  readonly mostSkipped: number;
  readonly mostTags: number;
}

export function runModel(base: Suite, { seed, members, steps }: ModelOptions): ModelResult {
  const world = createWorld(base, seed);
  const {
    dice,
    trace,
    count,
    nodes,
    mail,
    said,
    last,
    founder,
    nodeFor,
    hands,
    hereIn,
    openEnvelope,
    say,
    sync,
    attempt,
    knock,
    pump,
  } = world;
  const hostiles = 1 + Math.floor(members / 6);
  for (let number = 1; number < members; number += 1) {
    const newcomer = nodeFor(actorOf(world.suite, `${seed} ${number}`), `m${number}`, number <= hostiles);
    knock(founder, null, newcomer);
    sync(founder, newcomer);
  }

  const step = createStep(world, seed, members);

  for (let at = 0; at < steps; at += 1) {
    step();
    pump(dice(3 * nodes.length));
  }

  // Everything heals: those who are members and honest meet, pair by pair.
  for (const one of nodes) one.group = 0;
  pump(mail.length);
  const meet = (): Node[] => {
    const there = nodes.filter((one) => one.room !== null && !one.isHostile);
    const ring = (all: readonly Node[]): void => {
      for (let time = 0; time < 2 * all.length; time += 1) sync(all[time % all.length]!, all[(time + 1) % all.length]!);
    };
    ring(there);
    const within = there.filter((one) => hereIn(one.room!).has(one.actor.device.id));
    ring(within);
    // Some things not everybody may hand on (K2): all meet all.
    for (const [at, one] of within.entries()) for (const other of within.slice(at + 1)) sync(one, other);
    return there;
  };
  let there = meet();
  const stranded: string[] = [];
  const members_ = (): Node[] => there.filter((one) => hereIn(one.room!).has(one.actor.device.id));
  // K8: whoever stands nearest, until all may send; hostile members keep what they have, the room cannot wait for them.
  for (let round = 0; round < 4; round += 1) {
    const due = members_()
      .map((one) => ({ one, due: rekeyDue(one.room!, hands(one)) }))
      .filter(({ due: why }) => why?.why === 'no-epoch')
      .toSorted((first, second) => first.due!.turn - second.due!.turn);
    if (due.length === 0) break;
    attempt(due[0]!.one, rekey(due[0]!.one.room!, hands(due[0]!.one)));
    pump(mail.length);
    there = meet();
  }
  const final = members_();
  for (const author of final) {
    mail.splice(0);
    const message = say(author, { kind: 'text', text: 'at the end' });
    if (message === null) {
      stranded.push(`${author.name} cannot send`);
      continue;
    }
    const envelope = mail.find((one) => one.mail.kind === 'envelope' && one.mail.id === message)?.mail;
    if (envelope?.kind !== 'envelope') continue;
    for (const reader of nodes) {
      if (reader === author || reader.room === null) continue;
      const isRead = openEnvelope(reader, envelope.bytes, message) || reader.opened.has(message);
      if (final.includes(reader) && !isRead) stranded.push(`${reader.name} cannot read ${author.name}: ${why(reader, author)}`);
    }
    const { signed, parents } = last.get(message)!;
    const entry = whyNot(final[0]!.room!.graph, { device: signed.device, epochId: signed.epochId, seq: author.seq, parents });
    if (entry !== null) count.uncounted += 1;
  }

  function why(reader: Node, author: Node): string {
    const epoch = said.get([...author.opened].at(-1)!)!.epoch;
    const keys = reader.room!.keyring.epochs.find((one) => one.id === epoch);
    const theirs = author.room!.keyring.epochs.find((one) => one.id === epoch)!;
    const chains = keys?.chains
      .filter((one) => one.device === author.actor.device.id)
      .map((one) => `${one.origin.slice(0, 5)} ${one.n} told ${one.told}`);
    return keys === undefined
      ? `no keys (erased ${reader.room!.keyring.erased.includes(epoch as never)})`
      : `chains ${chains!.join()} author at ${theirs.own?.n} same tags ${bytesToHex(keys.tags) === bytesToHex(theirs.tags)} sure ${keys.isSure} ${theirs.isSure}`;
  }

  for (const one of nodes) {
    for (const found of readableFromBefore(base, one, [...said.values()])) {
      count.readFromBefore += 1;
      trace.push(`BEFORE ${one.name} could read ${found}`);
    }
  }
  // A hostile member may put all the others out. Then they agree on that alone: nobody sees an honest one in.
  const isEmptied = there.every((one) => there.every((other) => !hereIn(one.room!).has(other.actor.device.id)));
  const among = (found: readonly string[]): number => (isEmptied ? 1 : new Set(found).size);
  trace.push(`ends with ${final.length} of ${nodes.length}`);
  return {
    trace,
    ...count,
    stranded,
    digests: among(final.map((one) => digestOf(one.room!.graph))),
    choices: among(final.map((one) => sendableEpochs(one.room!.graph)[0] ?? 'none')),
  };
}
