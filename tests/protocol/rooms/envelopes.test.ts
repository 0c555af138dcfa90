/** What is said in a room of members: sealed, found by its tag, opened once, and moved by sync. */
import { describe, expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import type { DeviceId } from '../../../src/protocol/ids.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { operationsOf } from '../../../src/protocol/rooms/graph.ts';
import { decodeKeyring, encodeKeyring } from '../../../src/protocol/rooms/keyring-state.ts';
import { open, resumeRoom, seal, takeSigned, tend } from '../../../src/protocol/rooms/room.ts';
import { isEquivocation } from '../../../src/protocol/rooms/signed.ts';
import { createTagTable } from '../../../src/protocol/rooms/tag-table.ts';
import { hopBytes } from '../../../src/protocol/wire/hop.ts';
import { good, startMs } from './stage.ts';

import { ann, ben, cat, dayMs, find, handsOf, read, text, threeOf } from './three.ts';
describe('envelopes', () => {
  const { a, b, c } = threeOf();

  test('B16b: a hundred bytes of text with one parent cost 222 bytes, hop header and all', () => {
    const said = good(seal(a, handsOf(ann), text(a, 1, 'x'.repeat(100))));
    expect(said.envelope.length + hopBytes).toBe(222);
    const longest = good(seal(a, handsOf(ann), text(a, 1, 'x'.repeat(107))));
    expect(longest.envelope.length + hopBytes).toBe(233);
  });

  test('[K1] [K2] what one says every other reads, founder or added', () => {
    for (const [from, actor, others] of [
      [a, ann, [b, c]],
      [b, ben, [a, c]],
      [c, cat, [a, b]],
    ] as const) {
      const said = good(seal(from, handsOf(actor), text(from, 1, `by ${actor.name}`)));
      for (const other of others) expect(good(read(other, said.envelope)).signed).toEqual(said.signed);
    }
  });

  test('[K6] the same number is opened once', () => {
    const said = good(seal(a, handsOf(ann), text(a, 1, 'once')));
    const place = find(b, said.envelope)!;
    const once = good(open(b, { suite, nowMs: startMs }, place, said.envelope));
    expect(open(once.room, { suite, nowMs: startMs }, place, said.envelope)).toEqual({ refused: 'repeated' });
    expect(find(once.room, said.envelope)).toBeNull();
  });

  test('[K6] two contents at one number are equivocation, and each holds', () => {
    const one = good(seal(a, handsOf(ann), text(a, 1, 'yes'))).signed;
    const other = good(seal(a, handsOf(ann), text(a, 1, 'no'))).signed;
    expect([one.n, good(takeSigned(b, suite, one)).signed.n]).toEqual([other.n, other.n]);
    expect(isEquivocation(good(takeSigned(b, suite, one)).signed, good(takeSigned(b, suite, other)).signed)).toBe(true);
    expect(isEquivocation(one, one)).toBe(false);
  });

  test('a member who knows the key cannot speak as another, nor use up their numbers', () => {
    // Cat follows Ann's chain, so she can seal for Ann; she cannot sign for her.
    const said = good(seal(a, handsOf(ann), text(a, 1, 'truly Ann')));
    const asAnn = { id: ann.device.id, signSecret: cat.device.signSecret };
    const forged = good(seal(a, { suite, me: asAnn }, text(a, 1, 'also Ann')));
    expect(read(b, forged.envelope)).toEqual({ refused: 'bad-signature' });
    expect(good(read(b, said.envelope)).signed.entry).toEqual(said.signed.entry);
  });

  test('[K7] a table works out a tag when it is asked for one it does not know, the likeliest first, and each once', () => {
    let count = 0;
    const counting = { ...suite, mac: (...given: Parameters<typeof suite.mac>) => ((count += 1), suite.mac(...given)) };
    const table = createTagTable(counting);
    table.put(a.id, a.keyring);
    expect(count).toBe(0);
    const recognisable = table.size();
    const first = good(seal(b, handsOf(ben), text(b, 1, 'first')));
    expect(table.find(first.envelope)).toMatchObject({ device: ben.device.id, n: 0 });
    // At most one number, and the key to it, of each of the two others.
    expect(count).toBeLessThanOrEqual(4);
    expect(table.find(new Uint8Array(128))).toBeNull();
    const all = count;
    expect([table.size(), table.find(new Uint8Array(128)), count]).toEqual([recognisable, null, all]);
    // Once heard, the next sixty-four are known before they come.
    const heard = good(open(a, { suite, nowMs: startMs }, table.find(first.envelope)!, first.envelope)).room;
    table.put(a.id, heard.keyring);
    const known = count;
    const second = good(seal(first.room, handsOf(ben), text(b, 2, 'second')));
    expect(table.find(second.envelope)).toMatchObject({ device: ben.device.id, n: 1 });
    expect([table.find(first.envelope), count]).toEqual([null, known]);
    table.put(a.id, null);
    expect([table.size(), table.find(second.envelope)]).toEqual([0, null]);
  });

  test('[K7] a stranger’s tag costs as many tags as were said, and whose tag is not found so far is found once the work is done', () => {
    let count = 0;
    const counting = { ...suite, mac: (...given: Parameters<typeof suite.mac>) => ((count += 1), suite.mac(...given)) };
    const table = createTagTable(counting);
    table.put(a.id, a.keyring);
    const recognisable = table.size();
    expect(table.find(new Uint8Array(128), { tags: 6 })).toBeNull();
    // And the keys to the tags of two devices.
    expect(count).toBe(8);
    const third = [1, 2, 3, 4, 5, 6].reduce((room, seq) => good(seal(room, handsOf(cat), text(c, seq, 'x'))).room, c);
    const said = good(seal(third, handsOf(cat), text(c, 7, 'x')));
    expect(table.find(said.envelope, { tags: 2 })).toBeNull();
    // Where it seems to come from is looked at first.
    const known = count;
    expect(table.find(said.envelope, { tags: 8, first: [cat.device.id] })).toMatchObject({ device: cat.device.id, n: 6 });
    expect(count - known).toBeLessThanOrEqual(3);
    const other = good(seal(b, handsOf(ben), text(b, 1, 'x')));
    while (table.work(4)) expect(count).toBeLessThanOrEqual(recognisable + 2);
    expect([count, table.work(4)]).toEqual([recognisable + 2, false]);
    const done = count;
    expect([table.find(other.envelope, { tags: 0 })?.device, table.find(new Uint8Array(128)), count, table.size()]).toEqual([
      ben.device.id,
      null,
      done,
      recognisable,
    ]);
  });

  test('a flipped bit anywhere is refused', () => {
    const { envelope } = good(seal(a, handsOf(ann), text(a, 1, 'bent')));
    const place = find(b, envelope)!;
    for (let at = 0; at < envelope.length; at += 1) {
      const bent = envelope.slice();
      bent[at]! ^= 1 << (at % 8);
      expect([`${at}`, isRefusal(open(b, { suite, nowMs: startMs }, place, bent))]).toEqual([`${at}`, true]);
    }
    expect(open(b, { suite, nowMs: startMs }, place, envelope.subarray(0, -1))).toEqual({ refused: 'bad-bucket' });
    expect(open(b, { suite, nowMs: startMs }, { ...place, n: place.n + 1 }, envelope)).toEqual({ refused: 'bad-seal' });
    expect(open(b, { suite, nowMs: startMs }, { ...place, n: place.n + 2_000 }, envelope)).toEqual({ refused: 'too-far-ahead' });
  });

  test('[Y1] moved by sync, an entry holds in its own room, epoch, device and number alone', () => {
    const { signed } = good(seal(a, handsOf(ann), text(a, 1, 'moved')));
    for (const wrong of [
      { ...signed, n: signed.n + 1 },
      { ...signed, device: ben.device.id },
      { ...signed, epochId: 'ab'.repeat(32) as never },
      { ...signed, entry: signed.entry.slice(1) },
    ]) {
      expect(takeSigned(b, suite, wrong)).toEqual({ refused: 'bad-signature' });
    }
    expect(takeSigned({ ...b, id: '00'.repeat(16) as never }, suite, signed)).toEqual({ refused: 'bad-signature' });
  });

  test('[K7] late and reordered ones are read, of a gap of 300 the last 256', () => {
    let [from, to] = [a, b];
    const said: Uint8Array[] = [];
    for (let count = 0; count < 320; count += 1) {
      const one = good(seal(from, handsOf(ann), text(a, count + 1, `${count}`)));
      from = one.room;
      said.push(one.envelope);
    }
    const jumped = said.findLastIndex((envelope) => find(to, envelope) !== null);
    expect(jumped).toBeGreaterThanOrEqual(256);
    to = good(read(to, said[jumped]!)).room;
    expect(to.keyring.epochs[0]!.chains.find((one) => one.device === ann.device.id)!.skipped).toHaveLength(
      limits.skippedSeedsPerChain,
    );
    expect(read(to, said[0]!)).toEqual({ refused: 'unknown-tag' });
    expect(good(read(to, said[jumped - 100]!)).signed.n).toBe(jumped - 100);
    // Each for seven days.
    const later = tend(to, ben.device.id, startMs + 7 * dayMs + 1);
    expect(later.keyring.epochs[0]!.chains.flatMap((one) => one.skipped)).toEqual([]);
  });

  test('[K7] at most 2,000 skipped seeds in a room, the oldest go first', () => {
    const [{ chains }] = b.keyring.epochs as [(typeof b.keyring.epochs)[number]];
    const many = (count: number, untilMs: number): { n: number; seed: Uint8Array; untilMs: number }[] =>
      Array.from({ length: count }, (_, n) => ({ n, seed: new Uint8Array(32), untilMs: untilMs + n }));
    const full = Array.from({ length: 9 }, (_, at) => ({
      ...chains[0]!,
      device: `${at}`.repeat(64) as DeviceId,
      skipped: many(256, startMs + at * 1_000),
    }));
    const keyring = { ...b.keyring, epochs: [{ ...b.keyring.epochs[0]!, chains: [...chains, ...full] }] };
    const said = good(seal(a, handsOf(ann), text(a, 1, 'more')));
    const after = good(read({ ...b, keyring }, said.envelope)).room.keyring.epochs[0]!.chains;
    expect(after.reduce((sum, chain) => sum + chain.skipped.length, 0)).toBe(limits.skippedSeeds);
    expect(after.find((chain) => chain.device === full[0]!.device)!.skipped).toEqual([]);
    expect(after.find((chain) => chain.device === full[8]!.device)!.skipped).toHaveLength(256);
  });

  test('[K10] a lease is renewed while 64 numbers of it are left, and a crash burns those', () => {
    let now = a;
    let stored = a;
    const commits: number[] = [];
    for (let count = 0; count < 130; count += 1) {
      const said = good(seal(now, handsOf(ann), text(a, 1, 'count')));
      if (said.mustCommit) {
        commits.push(said.signed.n);
        stored = said.room;
      }
      now = said.room;
    }
    // The first of all, and then the first of each lease.
    expect(commits).toEqual([0, 64, 128]);
    const again = resumeRoom(
      suite,
      a.id,
      operationsOf(a.graph).map((one) => one.bytes),
      good(decodeKeyring(encodeKeyring(stored.keyring))),
    );
    const first = good(seal(again, handsOf(ann), text(a, 1, 'after')));
    expect(first.signed.n).toBe(256);
    expect(first.mustCommit).toBe(true);
    // And the others find it, though it jumped.
    expect(good(read(c, first.envelope)).signed).toEqual(first.signed);
  });
});
