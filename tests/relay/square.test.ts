/** [Q1] [Q2] [Q5] [Q6] The Square as its relay keeps it: whose claim it takes, and what it passes on no more. */
import { expect, onTestFinished, test } from 'vitest';
import { createOwner, noOwner, readOwnerRecord, writeOwnerRecord } from '../../relay/owner.ts';
import type { Owner, OwnerRecord } from '../../relay/owner.ts';
import { createSquare } from '../../relay/square.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import { claimWith, keyOfLink } from '../../src/protocol/square/claim.ts';
import type { Claim } from '../../src/protocol/square/claim.ts';
import { closingGraceMs } from '../../src/protocol/square/closing.ts';
import { decodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { openPerson, until } from '../adapters/people.ts';
import { openHouse, systemClock } from '../adapters/relay-house.ts';
import { asha, baraka, say, wordOf } from './owner-words.ts';

const keys = deriveRoomKeys(new Uint8Array(32).fill(7));

const self = parsePeerId('relay')!;
/** As a page that speaks to this relay. */
const claimOf = (link: string, word: Uint8Array): Claim => claimWith(decodeOwnerLink(link)!, self, word);

function createHost(clock: Clock = systemClock): { readonly owner: Owner; readonly square: ReturnType<typeof createSquare> } {
  let kept: OwnerRecord = noOwner;
  let links = 2;
  const entropy = { bytes: (length: number) => new Uint8Array(length).fill((links += 1)) };
  const owner = createOwner(keys.id, self, entropy, { kept, keep: (record) => void (kept = record) });
  return { owner, square: createSquare(keys, owner, clock) };
}

let luck = 0;
function envelopeOf(key: DeviceKey, n: number, sentAtMs: number): Uint8Array {
  const fresh = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, (luck += 1));
    return bytes;
  };
  const message = {
    kind: 'message',
    author: key.id,
    id: newMessageId(fresh(16)),
    n,
    sentAtMs,
    name: 'Baraka',
    text: 'Hodi',
  } as const;
  const sealed = seal(keys, encodeContent(message, keys.id, key), fresh(12));
  if ('refused' in sealed) throw new Error(sealed.refused);
  return sealed;
}

test('[Q2] an owner cannot take the last number there is: whoever opens the next link goes on above', () => {
  const { owner, square } = createHost();
  const last = Number.MAX_SAFE_INTEGER;
  const link = owner.newLink();
  expect(owner.claim(claimOf(link, wordOf(asha, keys, { seq: last })))).toBe('refused');
  expect(owner.claim(claimOf(link, wordOf(asha, keys)))).toBe('yours');
  expect(owner.take(wordOf(asha, keys, { seq: last }))).toBe('too-far-ahead');
  // Whoever hands it on is not to blame.
  expect(square.take(parsePeerId('page')!, { kind: 'square', word: wordOf(asha, keys, { seq: last }) })?.why).toBeNull();
  const seq = (owner.word()?.said.seq ?? 0) + 1;
  expect(owner.claim(claimOf(owner.newLink(), wordOf(baraka, keys, { seq })))).toBe('yours');
});

test('[Q1] a claim is good for one relay and one word: whoever hears it gains nothing by it', () => {
  const { owner, square } = createHost();
  const link = owner.newLink();
  const secret = decodeOwnerLink(link)!;
  const [first, hers] = [wordOf(asha, keys), wordOf(baraka, keys)];
  const elsewhere = claimWith(secret, parsePeerId('other')!, first);
  const mine = claimOf(link, first);
  expect(Buffer.from(encodeMeet(mine)).includes(Buffer.from(secret))).toBe(false);
  const wrong = [
    // As another relay heard it, and hands it on.
    elsewhere,
    // With another's word in its place.
    { ...mine, word: hers },
    { ...mine, signature: mine.signature.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) },
    { ...mine, signature: new Uint8Array(64) },
    { ...mine, word: new Uint8Array(0) },
    { ...mine, word: new Uint8Array(limits.ownerWordBytes + 1) },
  ];
  for (const claim of wrong) expect(owner.claim(claim)).toBe('refused');
  // The key alone says nothing, and one that is no link's costs no look at its signature.
  expect(owner.claim({ ...claimWith(new Uint8Array(32), self, first), key: keyOfLink(secret) })).toBe('refused');
  for (const key of [new Uint8Array(32), keyOfLink(new Uint8Array(32).fill(1))])
    expect(owner.claim({ ...mine, key })).toBe('unknown');
  expect(owner.word()).toBeNull();
  // As a page of before says it, with the secret.
  const before = Buffer.concat([Uint8Array.of(1, 16), secret, first]);
  expect(decodeMeet(before)).toEqual({ refused: 'unknown-kind' });

  // Another relay's link is answered as such, and is no fault.
  const others = claimWith(new Uint8Array(32).fill(1), self, first);
  expect(square.take(parsePeerId('page')!, others)).toMatchObject({
    answers: [{ kind: 'claimed', outcome: 'unknown' }],
    why: null,
  });
  expect(square.take(parsePeerId('page')!, wrong[0]!)).toMatchObject({ why: 'malformed' });
  expect(square.take(parsePeerId('page')!, mine)?.answers).toEqual([{ kind: 'claimed', outcome: 'yours' }]);
  expect(owner.claim(claimOf(link, hers))).toBe('used');
  expect(owner.claim({ ...mine, signature: new Uint8Array(64) })).toBe('refused');
  expect(owner.claim(mine)).toBe('yours');
});

test('what a relay of before kept of links is kept no more; whose the Square is stays so', () => {
  const word = wordOf(asha, keys);
  const record: OwnerRecord = { waiting: 'ab'.repeat(32), used: ['cd'.repeat(32)], word };
  const bytes = writeOwnerRecord(record);
  expect(readOwnerRecord(bytes)).toEqual(record);
  const before = Uint8Array.from(bytes, (byte, at) => (at === 0 ? 1 : byte));
  expect(readOwnerRecord(before)).toEqual({ waiting: null, used: [], word });
  for (let at = 0; at < 60; at += 1) expect(readOwnerRecord(before.subarray(0, at))).toBeNull();
});

test('what the rules refuse goes no further: too fast, too old, too much, closed, expelled, no message at all', () => {
  const { owner, square } = createHost();
  const nowMs = Date.now();
  expect(square.mayGoOn(envelopeOf(baraka, 1, nowMs - 20_000), 'a')).toBe(true);
  expect(square.mayGoOn(envelopeOf(baraka, 2, nowMs - 15_000), 'a')).toBe(false);
  expect(square.mayGoOn(envelopeOf(baraka, 2, nowMs - 86_400_000), 'a')).toBe(false);
  expect(square.mayGoOn(new Uint8Array(300), 'a')).toBe(false);
  const frame = encodeFrame({ kind: 'envelope', bytes: envelopeOf(baraka, 2, nowMs) });
  expect(square.isKeptBack(frame)).toBe(false);
  expect(owner.claim(claimOf(owner.newLink(), wordOf(asha, keys)))).toBe('yours');
  expect(
    owner.take(wordOf(asha, keys, { seq: 2, did: 'expelled', expelled: [{ device: baraka.id, name: 'Baraka' }] })),
  ).toBeNull();
  expect(square.mayGoOn(envelopeOf(baraka, 2, nowMs), 'a')).toBe(false);
  expect(square.isKeptBack(frame)).toBe(true);
  expect(square.isKeptBack(encodeFrame({ kind: 'envelope', bytes: envelopeOf(asha, 1, nowMs) }))).toBe(false);
  expect(square.isKeptBack(encodeFrame({ kind: 'envelope', bytes: new Uint8Array(300) }))).toBe(false);
  expect(owner.take(wordOf(asha, keys, { seq: 3, did: 'closed', closedMs: nowMs - 1 }))).toBeNull();
  expect(square.mayGoOn(envelopeOf(baraka, 2, nowMs), 'a')).toBe(false);
  expect(square.mayGoOn(envelopeOf(asha, 1, nowMs), 'a')).toBe(true);
  expect(square.counts()).toMatchObject({
    'refused_too-fast': 1,
    'refused_too-old': 1,
    refused_expelled: 1,
    refused_closed: 1,
    kept_back: 1,
  });
});

test('once it is closed the relay waits two minutes for what was on its way; then a time from before leads nowhere', () => {
  let passedMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => startMs, ticksMs: () => passedMs };
  const startMs = Date.now();
  const { owner, square } = createHost(clock);
  const page = parsePeerId('page')!;
  expect(owner.claim(claimOf(owner.newLink(), wordOf(asha, keys)))).toBe('yours');
  // The owner's clock goes before ours: by the time alone it would never be over.
  const closed = wordOf(asha, keys, { seq: 2, did: 'closed', closedMs: startMs + 3_600_000 });
  expect(square.take(page, { kind: 'square', word: closed })?.news).not.toBeNull();
  const late = (at: number): Uint8Array => envelopeOf(deriveDevice(new Uint8Array(32).fill(40 + at)), 1, startMs - 60_000);
  const frame = (bytes: Uint8Array): Uint8Array => encodeFrame({ kind: 'envelope', bytes });
  passedMs = closingGraceMs;
  expect([square.mayGoOn(late(1), 'a'), square.isKeptBack(frame(late(2)))]).toEqual([true, false]);
  passedMs += 1;
  expect([square.mayGoOn(late(3), 'a'), square.isKeptBack(frame(late(4)))]).toEqual([false, true]);
  expect(square.mayGoOn(envelopeOf(asha, 1, startMs), 'a')).toBe(true);
  expect(square.isKeptBack(frame(envelopeOf(asha, 2, startMs)))).toBe(false);
  const opened = wordOf(asha, keys, { seq: 3, did: 'reopened' });
  expect(square.take(page, { kind: 'square', word: opened })?.news).not.toBeNull();
  expect([square.mayGoOn(late(5), 'a'), square.isKeptBack(frame(late(6)))]).toEqual([true, false]);
});

test('invented devices on one connection are held to that connection’s share, and others are heard', () => {
  const { square } = createHost();
  const passed = Array.from({ length: 300 }, (_, at) => {
    const seed = new Uint8Array(32).fill(9);
    new DataView(seed.buffer).setUint32(0, at);
    return square.mayGoOn(envelopeOf(deriveDevice(seed), 1, Date.now()), 'flood');
  }).filter(Boolean).length;
  expect(passed).toBeLessThan(60);
  expect(square.mayGoOn(envelopeOf(asha, 1, Date.now()), 'else')).toBe(true);
});

test('over real gossip the relay passes on what the rules allow, and nothing of who is expelled', async () => {
  const { owner, square } = createHost();
  owner.claim(claimOf(owner.newLink(), wordOf(asha, keys)));
  owner.take(wordOf(asha, keys, { seq: 2, did: 'expelled', expelled: [{ device: baraka.id, name: 'Baraka' }] }));
  const house = await openHouse({ topics: ['square'], square });
  onTestFinished(() => house.kill());
  const [one, other] = [await openPerson(), await openPerson()];
  onTestFinished(async () => void (await Promise.all([one.network.close(), other.network.close()])));
  await one.enter(house.address);
  await other.enter(house.address);
  const came: string[] = [];
  other.network.join('square', (bytes) => came.push(Buffer.from(bytes).toString('hex')));
  const topic = one.network.join('square', () => undefined);
  const expelled = envelopeOf(baraka, 1, Date.now());
  topic.publish(expelled);
  await until(() => (square.counts()['refused_expelled'] ?? 0) === 1);
  const good = envelopeOf(asha, 1, Date.now());
  topic.publish(good);
  await until(() => came.includes(Buffer.from(good).toString('hex')));
  expect(came).toHaveLength(1);
  // Nor does it carry the word from one page to another.
  const passed = (): readonly MeetFrame[] => other.met.filter(({ kind }) => kind === 'passed');
  for (const bytes of [expelled, good]) {
    say(one, { kind: 'pass', to: other.network.self, bytes: encodeFrame({ kind: 'envelope', bytes }) });
  }
  await until(() => passed().length > 0);
  expect(passed()).toEqual([{ kind: 'passed', from: one.network.self, bytes: encodeFrame({ kind: 'envelope', bytes: good }) }]);
  expect(square.counts()).toMatchObject({ kept_back: 1 });
});
