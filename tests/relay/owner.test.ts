/** [Q1] [Q2] The owner of a real relay's Square: the link it prints, and what it keeps over restarts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ClaimOutcome } from '../../src/protocol/meet.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';
import { claimWith } from '../../src/protocol/square/claim.ts';
import { decodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { openPerson, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { asha, baraka, say, wordOf } from './owner-words.ts';
import { runRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const start = (data: string, ...more: readonly string[]): RelayProcess =>
  runRelay(['--host', '127.0.0.1', '--port', '0', '--json', '--app', writeApp(freshFolder()), '--data', data, ...more]);

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

async function claim(person: Person, link: string | null, word: Uint8Array): Promise<ClaimOutcome> {
  const before = person.met.length;
  say(person, claimWith(decodeOwnerLink(link ?? '') ?? new Uint8Array(32), person.relay().peer, word));
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
