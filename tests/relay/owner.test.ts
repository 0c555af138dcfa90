/** [Q1] [Q2] [Q5] [Q6] The owner of a real relay's Square: the link it prints, what it keeps, and what it passes on no more. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import { createOwner, noOwner } from '../../relay/owner.ts';
import type { Owner, OwnerRecord } from '../../relay/owner.ts';
import { createSquare } from '../../relay/square.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import type { ClaimOutcome, MeetFrame } from '../../src/protocol/meet.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';
import { decodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { encodeOwnerWord } from '../../src/protocol/square/word.ts';
import type { OwnerWord } from '../../src/protocol/square/word.ts';
import { openPerson, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { openHouse, systemClock } from '../adapters/relay-house.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { runRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const asha = deriveDevice(new Uint8Array(32).fill(1));
const baraka = deriveDevice(new Uint8Array(32).fill(2));

const start = (data: string, ...more: readonly string[]): RelayProcess =>
  runRelay(['--host', '127.0.0.1', '--port', '0', '--json', '--app', writeApp(freshFolder()), '--data', data, ...more]);

const wordOf = (key: DeviceKey, keys: RoomKeys, changes: Partial<OwnerWord> = {}): Uint8Array => {
  const word = { name: 'Asha', seq: 1, atMs: Date.now(), did: 'began', about: '', closedMs: null, clearedMs: 0 } as const;
  return encodeOwnerWord({ ...word, pinned: null, expelled: [], ...changes, owner: key.id }, keys.id, key);
};

/** A page at that relay, and the keys of its Square. */
async function visit(relay: RelayProcess): Promise<{ readonly person: Person; readonly keys: RoomKeys }> {
  const { port } = await relay.line;
  const card = readRelayCard(JSON.parse((await ask({ port, path: '/.well-known/wavu.json' })).text));
  if ('refused' in card || card.square === null) throw new Error('no Square');
  const person = await openPerson();
  onTestFinished(() => person.network.close());
  await person.enter(`/ip4/127.0.0.1/tcp/${port}/ws`);
  return { person, keys: deriveRoomKeys(card.square.openSecret) };
}

const say = (person: Person, frame: MeetFrame): void => void person.relay().send(encodeMeet(frame));

async function claim(person: Person, link: string | null, word: Uint8Array): Promise<ClaimOutcome> {
  const before = person.met.length;
  say(person, { kind: 'claim', secret: decodeOwnerLink(link ?? '') ?? new Uint8Array(32), word });
  const answer = await until(() => person.met.slice(before).find((frame) => frame.kind === 'claimed'));
  return answer.kind === 'claimed' ? answer.outcome : 'refused';
}

const heard = (person: Person, word: Uint8Array): boolean =>
  person.met.some((frame) => frame.kind === 'square' && Buffer.from(frame.word).equals(word));

test('the first start prints the link; it makes one owner, and a restart knows the owner and what was said last', async () => {
  const data = freshFolder();
  const relay = start(data);
  const { ownerLink } = await relay.line;
  expect(ownerLink).toMatch(/^http:\/\/localhost:\d+\/#own\/[\w-]{43}$/);
  expect(relay.err()).not.toContain('own/');
  const [one, other] = [await visit(relay), await visit(relay)];
  const first = wordOf(asha, one.keys);
  expect(await claim(other.person, `own/${'A'.repeat(43)}`, wordOf(baraka, one.keys))).toBe('unknown');
  expect(await claim(other.person, ownerLink, wordOf(baraka, deriveRoomKeys(new Uint8Array(32))))).toBe('refused');
  expect(await claim(one.person, ownerLink, first)).toBe('yours');
  await until(() => heard(other.person, first));
  expect(await claim(other.person, ownerLink, wordOf(baraka, one.keys, { seq: 2 }))).toBe('used');
  expect(await claim(one.person, ownerLink, first)).toBe('yours');

  const second = wordOf(asha, one.keys, { seq: 2, did: 'closed', closedMs: Date.now() });
  // A word of the owner may come by anybody.
  say(other.person, { kind: 'square', word: second });
  await until(() => heard(one.person, second));
  const file = path.join(data, 'owner');
  const kept = readFileSync(file, 'latin1');
  // Older, a stranger's, forged, garbage: nothing is kept, and who is behind hears what holds.
  other.person.met.length = 0;
  for (const word of [first, wordOf(baraka, one.keys, { seq: 9 })]) say(other.person, { kind: 'square', word });
  await until(() => heard(other.person, second));
  say(other.person, { kind: 'square', word: wordOf(asha, deriveRoomKeys(new Uint8Array(32)), { seq: 9 }) });
  await until(() => other.person.met.some((frame) => frame.kind === 'refused' && frame.why === 'malformed'));
  expect(readFileSync(file, 'latin1')).toBe(kept);

  relay.child.kill('SIGKILL');
  await relay.ended;
  const again = start(data);
  expect((await again.line).ownerLink).toBeNull();
  const later = await visit(again);
  await until(() => heard(later.person, second));
  expect(await claim(later.person, ownerLink, wordOf(baraka, one.keys, { seq: 3 }))).toBe('used');
});

test('--owner-link makes a new one: the old, unused, works no more, and whoever opens the new goes on above', async () => {
  const data = freshFolder();
  const relay = start(data);
  const { ownerLink: lost } = await relay.line;
  relay.child.kill('SIGTERM');
  await relay.ended;
  const second = start(data);
  expect((await second.line).ownerLink).toBeNull();
  second.child.kill('SIGTERM');
  await second.ended;
  const third = start(data, '--owner-link');
  const { ownerLink } = await third.line;
  const { person, keys } = await visit(third);
  expect(await claim(person, lost, wordOf(asha, keys))).toBe('unknown');
  expect(await claim(person, ownerLink, wordOf(asha, keys, { seq: 5 }))).toBe('yours');
  third.child.kill('SIGTERM');
  await third.ended;
  const fourth = start(data, '--owner-link');
  const next = await visit(fourth);
  const { ownerLink: newest } = await fourth.line;
  expect(await claim(next.person, newest, wordOf(baraka, keys, { seq: 5 }))).toBe('behind');
  expect(await claim(next.person, newest, wordOf(baraka, keys, { seq: 6 }))).toBe('yours');
  // Its address is in the greeting of a person as well.
  expect(fourth.out()).toContain('#own/');
});

test('no link without a Square', async () => {
  expect((await start(freshFolder(), '--square', 'off').line).ownerLink).toBeNull();
});

const keys = deriveRoomKeys(new Uint8Array(32).fill(7));

function createHost(clock: Clock = systemClock): { readonly owner: Owner; readonly square: ReturnType<typeof createSquare> } {
  let kept: OwnerRecord = noOwner;
  let links = 2;
  const entropy = { bytes: (length: number) => new Uint8Array(length).fill((links += 1)) };
  const owner = createOwner(keys.id, entropy, { kept, keep: (record) => void (kept = record) });
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
  const link = decodeOwnerLink(owner.newLink())!;
  expect(owner.claim(link, wordOf(asha, keys, { seq: last }))).toBe('refused');
  expect(owner.claim(link, wordOf(asha, keys))).toBe('yours');
  expect(owner.take(wordOf(asha, keys, { seq: last }))).toBe('too-far-ahead');
  // Whoever hands it on is not to blame.
  expect(square.take(parsePeerId('page')!, { kind: 'square', word: wordOf(asha, keys, { seq: last }) })?.why).toBeNull();
  const seq = (owner.word()?.said.seq ?? 0) + 1;
  expect(owner.claim(decodeOwnerLink(owner.newLink())!, wordOf(baraka, keys, { seq }))).toBe('yours');
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
  expect(owner.claim(decodeOwnerLink(owner.newLink())!, wordOf(asha, keys))).toBe('yours');
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
  expect(owner.claim(decodeOwnerLink(owner.newLink())!, wordOf(asha, keys))).toBe('yours');
  // The owner's clock goes before ours: by the time alone it would never be over.
  const closed = wordOf(asha, keys, { seq: 2, did: 'closed', closedMs: startMs + 3_600_000 });
  expect(square.take(page, { kind: 'square', word: closed })?.news).not.toBeNull();
  const late = (at: number): Uint8Array => envelopeOf(deriveDevice(new Uint8Array(32).fill(40 + at)), 1, startMs - 60_000);
  const frame = (bytes: Uint8Array): Uint8Array => encodeFrame({ kind: 'envelope', bytes });
  passedMs = limits.squareGraceMs;
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
  owner.claim(decodeOwnerLink(owner.newLink())!, wordOf(asha, keys));
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
