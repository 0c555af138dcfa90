/** [A1] [A2] [A3] A real relay for members: who it lets in, by which key and word, and what nobody gets from it before. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { enterWith } from '../../src/protocol/access/enter.ts';
import { encodeAccessWord } from '../../src/protocol/access/word.ts';
import type { AccessWord } from '../../src/protocol/access/word.ts';
import { hexToBytes } from '../../src/protocol/bytes.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import { claimWith } from '../../src/protocol/square/claim.ts';
import { decodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { encodeOwnerWord } from '../../src/protocol/square/word.ts';
import { never, openPerson, topic, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { runRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const [asha, baraka, neema, zuri] = [1, 2, 3, 4].map((each) => deriveDevice(new Uint8Array(32).fill(each))) as [
  DeviceKey,
  DeviceKey,
  DeviceKey,
  DeviceKey,
];

const start = (data: string, ...more: readonly string[]): RelayProcess =>
  runRelay([
    ...['--host', '127.0.0.1', '--port', '0', '--json', '--access', 'members'],
    ...['--app', writeApp(freshFolder()), '--data', data, ...more],
  ]);

const cardOf = async (relay: RelayProcess) => {
  const { port } = await relay.line;
  const { text } = await ask({ port, path: '/.well-known/wavu.json' });
  const card = readRelayCard(JSON.parse(text));
  if ('refused' in card || card.access === null) throw new Error('not for members');
  return { ...card.access, square: card.square, text };
};

async function visit(relay: RelayProcess): Promise<Person> {
  const { port } = await relay.line;
  const person = await openPerson();
  onTestFinished(() => person.network.close());
  const opened = await person.network.openRelay(`/ip4/127.0.0.1/tcp/${port}/ws`, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  return person;
}

const say = (person: Person, frame: MeetFrame): void => void person.relay().send(encodeMeet(frame));

async function answerTo(person: Person, frame: MeetFrame, isIt: (frame: MeetFrame) => boolean): Promise<MeetFrame> {
  const before = person.met.length;
  say(person, frame);
  return until(() => person.met.slice(before).find(isIt));
}

/** Once the relay has it. */
async function lodge(page: Person, word: Uint8Array): Promise<void> {
  say(page, { kind: 'access', word });
  await answerTo(page, { kind: 'ping', token: 2 }, ({ kind }) => kind === 'pong');
}

const isEntered = (frame: MeetFrame): boolean => frame.kind === 'entered';
const isRefused = (frame: MeetFrame): boolean => frame.kind === 'refused';

/** As whom the relay takes whoever holds this key. */
async function enter(person: Person, key: DeviceKey): Promise<string> {
  const frame = enterWith(key.seed, person.relay().peer, person.network.self);
  const answer = await answerTo(person, frame, (each) => isEntered(each) || isRefused(each));
  return answer.kind === 'entered' ? answer.as : answer.kind === 'refused' ? answer.why : '';
}

async function join(person: Person): Promise<string> {
  const answer = await answerTo(person, { kind: 'join', topics: [topic] }, (each) => each.kind === 'met' || isRefused(each));
  return answer.kind === 'refused' ? answer.why : answer.kind;
}

const ownerWord = (key: DeviceKey, realm: RoomId, seq: number): Uint8Array =>
  encodeOwnerWord(
    {
      ...{ owner: key.id, name: 'Asha', seq, atMs: Date.now(), did: 'began', about: '', closedMs: null },
      ...{ clearedMs: 0, pinned: null, expelled: [] },
    },
    realm,
    key,
  );

const accessWord = (relay: PeerId, keys: readonly DeviceKey[], changes: Partial<AccessWord> = {}, by = asha): Uint8Array =>
  encodeAccessWord(
    { owner: by.id, seq: 1, untilHour: hourOf(Date.now()) + 24, keys: keys.map(({ id }) => id), ...changes },
    relay,
    by,
  );

async function claim(person: Person, relay: RelayProcess, key: DeviceKey, seq = 1): Promise<MeetFrame> {
  const { ownerLink } = await relay.line;
  const { realm } = await cardOf(relay);
  const secret = decodeOwnerLink(ownerLink ?? '') ?? new Uint8Array(32);
  return answerTo(person, claimWith(secret, person.relay().peer, ownerWord(key, realm, seq)), ({ kind }) => kind === 'claimed');
}

/** A relay that Asha owns, and her page, in. */
async function owned(data = freshFolder()): Promise<{ readonly relay: RelayProcess; readonly page: Person }> {
  const relay = start(data);
  const page = await visit(relay);
  expect(await claim(page, relay, asha)).toMatchObject({ outcome: 'yours' });
  expect(await enter(page, asha)).toBe('owner');
  return { relay, page };
}

test('a stranger is refused by name and gets nothing, neither the Square nor a word of it; the owner’s link opens to its owner', async () => {
  const relay = start(freshFolder());
  const { square, owner, text } = await cardOf(relay);
  expect([square, owner]).toEqual([null, '']);
  expect(text).not.toContain('openSecret');
  const [stranger, page] = [await visit(relay), await visit(relay)];
  expect(await join(stranger)).toBe('members-only');
  for (const frame of [
    { kind: 'pass', to: page.network.self, bytes: new Uint8Array(3) },
    { kind: 'leave', topics: [topic] },
    { kind: 'seek', id: new Uint8Array(8), ttl: 1, hops: 1, from: stranger.network.self, topics: [topic] },
    { kind: 'square', word: new Uint8Array(40) },
    { kind: 'access', word: new Uint8Array(40) },
  ] as const) {
    expect(await answerTo(stranger, frame, isRefused)).toMatchObject({ why: 'members-only' });
  }
  // It may look whether the relay is there.
  await answerTo(stranger, { kind: 'ping', token: 7 }, ({ kind }) => kind === 'pong');
  expect(await enter(stranger, zuri)).toBe('nobody');
  expect(await join(stranger)).toBe('members-only');

  // Owned by nobody, it takes nobody's word.
  expect(await enter(page, asha)).toBe('nobody');
  expect(await claim(page, relay, asha)).toMatchObject({ outcome: 'yours' });
  expect(await join(page)).toBe('members-only');
  expect(await enter(page, asha)).toBe('owner');
  expect(await join(page)).toBe('met');
  expect((await cardOf(relay)).owner).toBe('Asha');
  // The claim was Asha's: nobody comes in with it, and what is said of the owner is not told outside.
  expect(await enter(stranger, zuri)).toBe('nobody');
  expect(stranger.met.some(({ kind }) => kind === 'square')).toBe(false);
  expect(relay.err() + relay.out()).not.toContain(asha.id);
});

test('a new owner link tells who opens it after which word to come, and ends what the owner before said', async () => {
  const data = freshFolder();
  const { relay, page } = await owned(data);
  await lodge(page, accessWord(page.relay().peer, [baraka]));
  const member = await visit(relay);
  expect(await enter(member, baraka)).toBe('member');
  relay.child.kill('SIGTERM');
  await relay.ended;
  const again = start(data, '--owner-link');
  const [next, old, guest] = [await visit(again), await visit(again), await visit(again)];
  expect(await enter(old, asha)).toBe('owner');
  expect(await enter(guest, baraka)).toBe('member');
  expect(await claim(next, again, neema)).toMatchObject({ outcome: 'behind' });
  expect(next.met.at(-2)).toMatchObject({ kind: 'square' });
  expect(await claim(next, again, neema, 2)).toMatchObject({ outcome: 'yours' });
  // Their links are closed.
  await until(() => old.closes.length > 0 && guest.closes.length > 0);
  expect(await enter(next, neema)).toBe('owner');
});

test('members and holders of an invite get in by the owner’s word, meet there, and one who is left out of the next has its link closed', async () => {
  const { relay, page } = await owned();
  const self = page.relay().peer;
  const invite = zuri;
  const [one, other, guest] = [await visit(relay), await visit(relay), await visit(relay)];
  expect(await enter(one, baraka)).toBe('nobody');
  await lodge(page, accessWord(self, [baraka, neema, invite]));
  expect(await enter(one, baraka)).toBe('member');
  expect(await enter(other, neema)).toBe('member');
  expect(await enter(guest, invite)).toBe('member');
  for (const each of [one, other, guest]) expect(await join(each)).toBe('met');
  say(one, { kind: 'pass', to: guest.network.self, bytes: new Uint8Array(300) });
  await until(() => guest.met.some(({ kind }) => kind === 'passed'));
  // A signature is good for one page at one relay; a member's word on who comes in is nobody's.
  const stranger = await visit(relay);
  const stolen = enterWith(baraka.seed, self, one.network.self);
  expect(await answerTo(stranger, stolen, isRefused)).toMatchObject({ why: 'malformed' });
  const elsewhere = enterWith(baraka.seed, stranger.network.self, stranger.network.self);
  expect(await answerTo(stranger, elsewhere, isRefused)).toMatchObject({ why: 'malformed' });
  const mine = accessWord(self, [zuri, baraka], { owner: baraka.id, seq: 9 }, baraka);
  expect(await answerTo(one, { kind: 'access', word: mine }, isRefused)).toMatchObject({ why: 'members-only' });
  // Nor do those behind a member come in with it.
  const before = guest.met.length;
  const behind = await openPerson();
  onTestFinished(() => behind.network.close());
  say(one, { kind: 'seek', id: new Uint8Array(8), ttl: 1, hops: 1, from: behind.network.self, topics: [topic] });
  await answerTo(one, { kind: 'ping', token: 1 }, ({ kind }) => kind === 'pong');
  expect(guest.met.slice(before).filter(({ kind }) => kind === 'joined')).toEqual([]);
  const { port } = await relay.line;
  expect((await ask({ port, path: '/metrics' })).text).toMatch(/meet_guests_refused 1\n/);

  await lodge(page, accessWord(self, [baraka, invite], { seq: 2 }));
  await until(() => other.closes.length > 0);
  expect(one.closes.length + guest.closes.length).toBe(0);
  expect(await enter(await visit(relay), neema)).toBe('nobody');
});

test('an older word said again, one of another relay, a forged and a torn one change nothing; one that ran out lets in the owner alone', async () => {
  const data = freshFolder();
  const { relay, page } = await owned(data);
  const self = page.relay().peer;
  const first = accessWord(self, [baraka]);
  const second = accessWord(self, [neema], { seq: 2 });
  for (const word of [first, second]) await lodge(page, word);
  // Whoever is behind hears what holds.
  const held = await answerTo(page, { kind: 'access', word: first }, isEntered);
  expect(held.kind === 'entered' && Buffer.from(held.word).equals(second)).toBe(true);
  const kept = readFileSync(path.join(data, 'access'), 'latin1');
  const forged = accessWord(self, [zuri], { seq: 3 }, asha).fill(0, 40, 44);
  for (const word of [
    accessWord(page.network.self, [zuri], { seq: 3 }),
    forged,
    accessWord(self, [zuri], { seq: 4 }).subarray(0, 90),
    new Uint8Array(0),
  ]) {
    expect(await answerTo(page, { kind: 'access', word }, isRefused)).toMatchObject({ why: 'malformed' });
  }
  expect(readFileSync(path.join(data, 'access'), 'latin1')).toBe(kept);
  const [one, other] = [await visit(relay), await visit(relay)];
  expect(await enter(one, baraka)).toBe('nobody');
  expect(await enter(other, neema)).toBe('member');

  // A clock that is a day off is borne.
  const over = accessWord(self, [neema], { seq: 3, untilHour: hourOf(Date.now()) - 26 });
  await lodge(page, over);
  await until(() => other.closes.length > 0);
  expect(await enter(await visit(relay), neema)).toBe('nobody');
  expect(await enter(await visit(relay), asha)).toBe('owner');
});

test('a restart knows the owner and the word, as far as the disk was told', async () => {
  const data = freshFolder();
  const { relay, page } = await owned(data);
  const self = page.relay().peer;
  const word = accessWord(self, [baraka]);
  await lodge(page, word);
  relay.child.kill('SIGKILL');
  await relay.ended;
  const again = start(data);
  const [owner, member, stranger] = [await visit(again), await visit(again), await visit(again)];
  expect(await enter(member, baraka)).toBe('member');
  expect(await enter(stranger, zuri)).toBe('nobody');
  const answer = await answerTo(owner, enterWith(asha.seed, self, owner.network.self), isEntered);
  expect(answer.kind === 'entered' && Buffer.from(answer.word).equals(word)).toBe(true);
});

test('a flood of enters is bounded, and a member gets in beside it', async () => {
  const { relay, page } = await owned();
  await lodge(page, accessWord(page.relay().peer, [baraka]));
  const flood = await visit(relay);
  const frame = enterWith(zuri.seed, flood.relay().peer, flood.network.self);
  for (let at = 0; at < 300; at += 1) say(flood, frame);
  await until(() => flood.met.filter(isRefused).length > 50);
  expect(flood.met.filter(isEntered).length).toBeLessThan(30);
  // By a member's key, without the member's signature: that closes the link.
  const forger = await visit(relay);
  const forged = { ...enterWith(zuri.seed, forger.relay().peer, forger.network.self), key: hexToBytes(baraka.id) };
  for (let at = 0; at < 40; at += 1) say(forger, forged);
  await until(() => forger.closes.length > 0);
  expect(await enter(await visit(relay), baraka)).toBe('member');
});
