/** Removals, revocations and demotions: what stands, what is struck, who may. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { makeRevocation } from '../../../src/protocol/people/revocation.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { whyNot } from '../../../src/protocol/rooms/counting.ts';
import { sendableEpochs } from '../../../src/protocol/rooms/epochs.ts';
import { emptyGraph, insert, leadsTo } from '../../../src/protocol/rooms/graph.ts';
import type { Graph } from '../../../src/protocol/rooms/graph.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import { summaryOf } from '../../../src/protocol/rooms/summary.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { actorOf, adminPolicy, good, openPolicy, startMs, writingOf } from './stage.ts';
import type { Actor, Writing } from './stage.ts';

const [founder, bob, carol, dave, eve] = ['founder', 'bob', 'carol', 'dave', 'eve'].map((name) => actorOf(suite, name)) as [
  Actor,
  Actor,
  Actor,
  Actor,
  Actor,
];

const graphOf = (writing: Writing, operations: readonly Operation[]): Graph =>
  operations.reduce((graph, one) => good(insert(suite, graph, one, startMs)).graph, emptyGraph(writing.room));
const refusalOf = (graph: Graph, operation: Operation): string | null => {
  const inserted = insert(suite, graph, operation, startMs);
  return isRefusal(inserted) ? inserted.refused : null;
};
const called = (graph: Graph): string[] => summaryOf(graph).members.map((member) => member.called);
const why = (graph: Graph, operation: Operation): string | undefined =>
  summaryOf(graph).voids.find((one) => one.operation === operation.id)?.why;

/** Founder, Bob, Carol, Dave, in this seniority. */
function roomOf(policy = openPolicy): { writing: Writing; all: Operation[] } {
  const writing = writingOf(suite, founder, policy);
  const all = [writing.founding];
  for (const who of [bob, carol, dave]) all.push(writing.add(founder, [all.at(-1)!], who));
  return { writing, all };
}

test('[O6] what a removed device dates back is worth nothing, and so is whoever it let in', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const removal = writing.remove(founder, [before], dave);
  const invite = writing.invite(dave, [before], 0);
  const puppet = writing.add(dave, [invite.operation], eve, invite);
  const byPuppet = writing.remove(eve, [puppet], carol);
  const seed = writing.rekey(dave, [before]);
  const operations = [...all, invite.operation, puppet, byPuppet, seed, removal];
  const graph = graphOf(writing, operations);
  expect(called(graph)).toEqual(['founder', 'bob', 'carol']);
  expect(why(graph, byPuppet)).toBe('struck');
  // Whoever knew of the removal first does not even carry them along.
  const other = graphOf(writing, [...all, removal, invite.operation, puppet, byPuppet, seed]);
  expect(called(other)).toEqual(['founder', 'bob', 'carol']);
  expect(other.aside).toHaveLength(4);
  expect(other.tips).toHaveLength(1);
});

test('[O6] Carol keeps what she did while a puppet was removing her', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const invite = writing.invite(dave, [before], 0);
  const puppet = writing.add(dave, [invite.operation], eve, invite);
  const byPuppet = writing.remove(eve, [puppet], carol);
  const byCarol = writing.by(carol, [before], { kind: 'call-me', called: 'Carola' });
  const removal = writing.remove(founder, [before], dave);
  const graph = graphOf(writing, [...all, invite.operation, puppet, byPuppet, byCarol, removal]);
  expect(called(graph)).toEqual(['founder', 'bob', 'Carola']);
});

test('[O5] of a mutual removal one side remains: the higher role, then the senior', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const byBob = writing.remove(bob, [before], carol);
  const byCarol = writing.remove(carol, [before], bob);
  for (const order of [
    [byBob, byCarol],
    [byCarol, byBob],
  ]) {
    const graph = graphOf(writing, [...all, ...order]);
    expect(called(graph)).toEqual(['founder', 'bob', 'dave']);
    // Whoever had Bob's first does not even carry hers along.
    expect(why(graph, byCarol) ?? 'aside').toBe(order[0] === byBob ? 'aside' : 'struck');
  }
  const promoted = writing.promote(founder, [before], carol);
  const stronger = writing.remove(carol, [promoted], bob);
  expect(called(graphOf(writing, [...all, promoted, stronger, byBob]))).toEqual(['founder', 'carol', 'dave']);
});

test('[O5] what somebody did as an admin beside their demotion is struck, what any member may do is not', () => {
  const { writing, all } = roomOf(adminPolicy);
  const admin = writing.promote(founder, [all.at(-1)!], bob);
  const demotion = writing.promote(founder, [admin], bob, 'member');
  const removal = writing.remove(bob, [admin], dave);
  const name = writing.by(bob, [admin], { kind: 'call-me', called: 'Robert' });
  const graph = graphOf(writing, [...all, admin, removal, name, demotion]);
  expect(called(graph)).toEqual(['founder', 'Robert', 'carol', 'dave']);
  expect(why(graph, removal)).toBe('struck');
});

test('[O4] nobody does what they may not: refused by whoever knows what its author knew', () => {
  const { writing, all } = roomOf(adminPolicy);
  const before = all.at(-1)!;
  const graph = graphOf(writing, all);
  const forbidden = [
    writing.remove(bob, [before], carol),
    writing.remove(bob, [before], founder),
    writing.promote(bob, [before], bob),
    writing.by(bob, [before], { kind: 'rename', name: 'Mine' }),
    writing.by(bob, [before], { kind: 'policy', policy: openPolicy }),
    writing.add(bob, [before], eve),
    writing.add(founder, [before], bob),
    writing.by(bob, [before], { kind: 'withdraw', invite: before.id }),
    writing.device(bob, [before], carol),
  ];
  for (const operation of forbidden)
    expect([operation.act.kind, refusalOf(graph, operation)]).toEqual([operation.act.kind, 'not-lawful']);
  expect(refusalOf(graph, writing.by(eve, [before], { kind: 'leave' }))).toBe('unknown-device');
  const revocation = makeRevocation(suite, bob.person, carol.device.id, 498_000);
  const revoke = writing.by(bob, [before], { kind: 'revoke', revocation: revocation.bytes, device: carol.device.id, seq: 0 });
  expect(refusalOf(graph, revoke)).toBe('not-lawful');
  const forged = makeRevocation(suite, carol.person, carol.device.id, 498_000);
  expect(
    refusalOf(graph, writing.by(bob, [before], { kind: 'revoke', revocation: forged.bytes, device: carol.device.id, seq: 0 })),
  ).toBe('bad-id');
});

test('[O4] among admins only the senior removes', () => {
  const { writing, all } = roomOf();
  const first = writing.promote(founder, [all.at(-1)!], bob);
  const second = writing.promote(bob, [first], carol);
  const graph = graphOf(writing, [...all, first, second]);
  expect(refusalOf(graph, writing.remove(carol, [second], bob))).toBe('not-lawful');
  expect(refusalOf(graph, writing.remove(bob, [second], founder))).toBe('not-lawful');
  expect(refusalOf(graph, writing.remove(bob, [second], carol))).toBeNull();
});

test('[O7] a single-use invite serves once, wherever it was used', () => {
  const { writing, all } = roomOf();
  const invite = writing.invite(bob, [all.at(-1)!], 1);
  const frank = actorOf(suite, 'frank');
  const one = writing.add(carol, [invite.operation], eve, invite);
  const other = writing.add(dave, [invite.operation], frank, invite);
  const graph = graphOf(writing, [...all, invite.operation, one, other]);
  // Carol is senior to Dave.
  expect(called(graph)).toEqual(['founder', 'bob', 'carol', 'dave', 'eve']);
  expect(why(graph, other)).toBe('used-up');
  expect(summaryOf(graph).invites[0]!.left).toBe(0);
  // Frank was given the heads: nothing is sent under that epoch any more (K3).
  expect(summaryOf(graph).sendable).toEqual([]);
  const rekey = writing.rekey(bob, [one, other]);
  expect(sendableEpochs(graphOf(writing, [...all, invite.operation, one, other, rekey]))).toEqual([rekey.id]);
});

test('[O7] an invite ends with its hour, when it is withdrawn, and with its maker’s membership', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const short = writing.invite(bob, [before], 0, startMs / 3_600_000 - 30);
  const open = writing.invite(bob, [before], 0);
  const graph = graphOf(writing, [...all, short.operation, open.operation]);
  expect(refusalOf(graph, writing.add(carol, [short.operation], eve, short))).toBe('expired');
  const withdrawn = writing.by(founder, [open.operation], { kind: 'withdraw', invite: open.operation.id });
  expect(refusalOf(good(insert(suite, graph, withdrawn, startMs)).graph, writing.add(carol, [withdrawn], eve, open))).toBe(
    'not-lawful',
  );
  const removal = writing.remove(founder, [open.operation], bob);
  expect(refusalOf(good(insert(suite, graph, removal, startMs)).graph, writing.add(carol, [removal], eve, open))).toBe(
    'not-lawful',
  );
  // And a proof by another key lets nobody in.
  expect(refusalOf(graph, writing.add(carol, [open.operation], eve, { ...open, secret: new Uint8Array(32).fill(7) }))).toBe(
    'bad-signature',
  );
});

test('[O7] a removal ends the invites made before it: the removed may know their secrets', () => {
  const { writing, all } = roomOf();
  const invite = writing.invite(bob, [all.at(-1)!], 0);
  const removal = writing.remove(founder, [invite.operation], dave);
  const later = writing.invite(bob, [removal], 0);
  const graph = graphOf(writing, [...all, invite.operation, removal, later.operation]);
  expect(refusalOf(graph, writing.add(carol, [later.operation], eve, invite))).toBe('not-lawful');
  expect(refusalOf(graph, writing.add(carol, [later.operation], eve, later))).toBeNull();
  // Whoever let somebody in without knowing of the removal did right.
  expect(
    called(graphOf(writing, [...all, invite.operation, writing.add(carol, [invite.operation], eve, invite), removal])),
  ).toContain('eve');
});

test('[O8] somebody let in again is a new member, the youngest', () => {
  const { writing, all } = roomOf();
  const removal = writing.remove(founder, [all.at(-1)!], bob, 5);
  const again = writing.add(founder, [removal], bob);
  expect(called(graphOf(writing, [...all, removal, again]))).toEqual(['founder', 'carol', 'dave', 'bob']);
});

test('[P4] [O8] a revoked device never comes back, and the last one takes its person along', () => {
  const { writing, all } = roomOf();
  const second = actorOf(suite, 'bob too', bob.person);
  const brought = writing.device(bob, [all.at(-1)!], second);
  const revoke = (who: Actor, parents: Operation[], lost: Actor): Operation => {
    const revocation = makeRevocation(suite, bob.person, lost.device.id, 498_000);
    return writing.by(who, parents, { kind: 'revoke', revocation: revocation.bytes, device: lost.device.id, seq: 3 });
  };
  const lost = revoke(second, [brought], bob);
  const graph = graphOf(writing, [...all, brought, lost]);
  expect(summaryOf(graph).members[1]!.devices.map((one) => one.device)).toEqual([second.device.id]);
  expect(refusalOf(graph, writing.device(second, [lost], bob))).toBe('revoked');
  expect(refusalOf(graph, writing.by(bob, [lost], { kind: 'leave' }))).toBe('revoked');
  const last = revoke(second, [lost], second);
  expect(called(graphOf(writing, [...all, brought, lost, last]))).toEqual(['founder', 'carol', 'dave']);
});

test('[M2] [M3] what a removed device said counts up to its last entry, and nothing is sealed past a removal its author knew', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const removal = writing.remove(founder, [before], dave, 4);
  const rekey = writing.rekey(founder, [removal]);
  const graph = graphOf(writing, [...all, removal, rekey]);
  const said = (epoch: Operation, who: Actor, seq: number, parent: Operation): string | null =>
    whyNot(graph, { device: who.device.id, epochId: epoch.id, seq, parents: [shortOf(parent.id)] })?.refused ?? null;
  const { founding } = writing;
  expect(said(founding, dave, 4, before)).toBeNull();
  expect(said(founding, dave, 5, before)).toBe('revoked');
  expect(said(founding, bob, 9, before)).toBeNull();
  expect(said(founding, bob, 9, removal)).toBe('stale-epoch');
  expect(said(founding, bob, 9, rekey)).toBe('stale-epoch');
  expect(said(rekey, bob, 9, rekey)).toBeNull();
  expect(said(before, bob, 9, before)).toBe('bad-epoch');
  expect(said(rekey, eve, 1, rekey)).toBe('unknown-device');
  // Let in again, Dave counts under what came after.
  const again = writing.add(founder, [rekey], dave);
  const later = good(insert(suite, graph, again, startMs)).graph;
  expect(whyNot(later, { device: dave.device.id, epochId: rekey.id, seq: 7, parents: [] })).toBeNull();
  expect(whyNot(later, { device: dave.device.id, epochId: founding.id, seq: 7, parents: [] })?.refused).toBe('revoked');
});

test('[K3] [K4] a removed device cannot make the room rekey again by letting puppets in', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const removal = writing.remove(founder, [before], dave);
  const rekey = writing.rekey(founder, [removal]);
  const invite = writing.invite(dave, [before], 0);
  const puppet = writing.add(dave, [invite.operation], eve, invite);
  // Bob had heard of the puppet, and names it.
  const merge = writing.by(bob, [puppet, rekey], { kind: 'call-me', called: 'bob' });
  const graph = graphOf(writing, [...all, invite.operation, puppet, removal, rekey, merge]);
  expect(graph.aside).toEqual([]);
  expect(leadsTo(graph, puppet.id, merge.id)).toBe(true);
  expect(sendableEpochs(graph)).toEqual([rekey.id]);
});

test('[K4] of two rekeys at once the deeper past, then the lower id', () => {
  const { writing, all } = roomOf();
  const before = all.at(-1)!;
  const [one, other] = [writing.rekey(bob, [before]), writing.rekey(carol, [before])];
  const deeper = writing.rekey(dave, [one]);
  expect(sendableEpochs(graphOf(writing, [...all, one, other])).slice(0, 2)).toEqual([one.id, other.id].toSorted());
  expect(sendableEpochs(graphOf(writing, [...all, other, one, deeper]))[0]).toBe(deeper.id);
});
