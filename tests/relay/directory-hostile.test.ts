/** A relay that is a server among too few: it says so, and bears strangers and pages that babble, flood, repeat and come late. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { never, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { encodeDirectory } from '../../src/protocol/directory/message.ts';
import { sealWhereabouts } from '../../src/protocol/directory/whereabouts.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { mayDialFrom } from '../../relay/directory.ts';
import { outward } from '../../relay/outward.ts';
import type { Link, Opened } from '../../src/ports/network.ts';
import { ask, heard, openRing, openStranger, serversOf } from './directory-ring.ts';
import type { Ring, Stranger } from './directory-ring.ts';

let ring: Ring;
let stranger: Stranger;
let answers: unknown[] = [];
beforeAll(async () => {
  ring = await openRing(3);
  stranger = await openStranger((said) => (answers.push(said), null));
  await until(() => ring.houses.every((house) => serversOf(house) === 2));
});
afterAll(async () => {
  await stranger.close();
  await ring.close();
});

const place = new Uint8Array(32).fill(1);
const find = (number: number): Uint8Array => encodeDirectory({ kind: 'find', number, place, from: null });
const count = (name: string): number => ring.houses[0]!.node.counts()[`directory_${name}`] ?? 0;

async function link(): Promise<Link> {
  answers = [];
  const opened = await stranger.directory.open(ring.houses[0]!.address, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.link;
}

/** It still hears others. */
async function stands(): Promise<void> {
  const other = await link();
  other.send(find(7));
  await until(() => answers.length === 1);
  expect(answers).toMatchObject([{ kind: 'near', number: 7, contacts: [{}, {}], record: null }]);
  other.close();
}

test('[D2] among three it sleeps: no page hears of it, and one that asks all the same is told so by name', async () => {
  const page = await ring.page(0);
  const record = sealWhereabouts(suite, { secret: place, day: 1, slot: 0 }, [], Date.now(), (length) => new Uint8Array(length));
  expect(await ask(page, { kind: 'find', number: 1, place, from: null })).toEqual({ kind: 'not-now', number: 1, why: 'asleep' });
  expect(await ask(page, { kind: 'put', number: 2, record })).toEqual({ kind: 'not-now', number: 2, why: 'asleep' });
  expect(heard(page)).toHaveLength(2);
  expect([count('awake'), count('servers'), count('records')]).toEqual([0, 2, 0]);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['garbage', Uint8Array.of(9, 9, 9)],
  ['another version', Uint8Array.of(2, 1, 0, 0, 0, 1)],
  ['a find cut short', find(1).subarray(0, 20)],
  ['thirty-two thousand bytes', new Uint8Array(32_768).fill(1)],
])('a stranger who says %s is let go, and others are answered', async (_what, bytes) => {
  const one = await link();
  one.send(bytes);
  await until(() => one.state() === 'closed');
  expect(answers).toEqual([]);
  await stands();
});

test('answers that nobody asked for, and places that cost nothing, change nothing', async () => {
  const one = await link();
  const { contact } = stranger;
  one.send(encodeDirectory({ kind: 'near', number: 1, contacts: [contact], record: null }));
  for (let number = 0; number < 50; number += 1) one.send(encodeDirectory({ kind: 'kept', number }));
  // By another's name, and with another's number.
  one.send(encodeDirectory({ kind: 'find', number: 1, place, from: { ...contact, peer: parsePeerId('serverAA')! } }));
  one.send(encodeDirectory({ kind: 'find', number: 2, place, from: { ...contact, effort: new Uint8Array(8).fill(255) } }));
  await until(() => answers.length === 2);
  await stands();
  expect(count('servers')).toBe(2);
  one.close();
});

test.each([
  ['/dns4/wavu.example/tcp/443/tls/ws', true, true],
  ['/ip4/192.0.2.7/tcp/8470/ws', true, true],
  ['/ip4/192.168.1.1/tcp/80/ws', false, true],
  ['/dns4/printer.local/tcp/80/ws', false, true],
  ['/ip6/::1/tcp/80/ws', false, true],
  ['/ip4/192.0.2.7/udp/8470/webrtc-direct', false, false],
  ['/ip4/192.0.2.7/tcp/8470', false, false],
  [`/dns4/${'a'.repeat(128)}/tcp/443/ws`, false, false],
])('[D5] on a stranger’s word that a server is at %s a public relay goes there: %s, one of a house: %s', (at, ofAll, ofHouse) => {
  expect(mayDialFrom('/dns4/east.example/tcp/443/tls/ws')(at)).toBe(ofAll);
  expect(mayDialFrom('/ip4/192.168.1.7/tcp/8470/ws')(at)).toBe(ofHouse);
});

const abroad = '/dns4/east.example/tcp/443/tls/ws';
test.each([
  [abroad, ['192.0.2.7', '2001:db8::7'], 1],
  [abroad, ['192.0.2.7', '10.0.0.1'], 0],
  [abroad, ['127.0.0.1'], 0],
  [abroad, ['0.0.0.0'], 0],
  [abroad, ['::ffff:192.168.1.1'], 0],
  [abroad, ['::1'], 0],
  [abroad, [], 0],
  // Whoever is in a house goes there.
  ['/ip4/192.168.1.7/tcp/8470/ws', ['192.168.1.9'], 1],
])('[D5] a relay at %s goes to a name that leads to %s so often: %d', async (own, leadsTo, times) => {
  let opened = 0;
  const open = async (): Promise<Opened> => {
    opened += 1;
    return { state: 'refused', why: 'closed' };
  };
  const named = '/dns4/evil.example/tcp/443/tls/ws';
  await outward(open, own, [], async () => leadsTo)(named, never());
  expect(opened).toBe(times);
  // A sister, whom whoever runs it named.
  await outward(open, own, [named], async () => leadsTo)(named, never());
  expect(opened).toBe(times + 1);
});

test('a stranger who floods is answered so often and no more', async () => {
  const one = await link();
  const [asked, refused] = [count('asked'), count('refused')];
  for (let number = 0; number < 1_000; number += 1) one.send(find(number));
  await until(() => count('asked') - asked + (count('refused') - refused) === 1_000);
  expect(answers.length).toBeLessThanOrEqual(260);
  expect(count('refused') - refused).toBeGreaterThanOrEqual(740);
  one.close();
});

test('a page that asks too often is told so, and one that babbles is let go', async () => {
  const asks = await ring.page(0);
  const before = heard(asks).length;
  for (let number = 10; number < 40; number += 1) asks.relay().send(encodeMeet({ kind: 'directory', word: find(number) }));
  await until(() => heard(asks).length - before === 30);
  expect(heard(asks).filter((each) => each.kind === 'not-now' && each.why === 'too-fast').length).toBeGreaterThanOrEqual(16);
  const babbles: Person = await ring.page(0);
  const { contact } = stranger;
  const words = [new Uint8Array(0), Uint8Array.of(1, 9), encodeDirectory({ kind: 'find', number: 1, place, from: contact })];
  for (const word of words) babbles.relay().send(encodeMeet({ kind: 'directory', word }));
  await until(() => babbles.met.filter((frame) => frame.kind === 'refused' && frame.why === 'malformed').length === words.length);
  for (let at = 0; at < 20; at += 1) babbles.relay()?.send(encodeMeet({ kind: 'directory', word: Uint8Array.of(1, 9) }));
  await until(() => babbles.closes.length > 0);
  expect(await ask(await ring.page(0), { kind: 'find', number: 1, place, from: null })).toMatchObject({ why: 'asleep' });
});
