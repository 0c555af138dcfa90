/** Strangers and members that lie: refused by name, counted in the log, and nobody honest is harmed. */
import { expect, test } from 'vitest';
import { deriveDevice } from '../../src/protocol/device.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import type { Content, Message } from '../../src/protocol/content.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { scene } from './insider.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';

const luck = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

test('noise, wrong versions, huge and truncated frames over a link are refused, and the room goes on', async () => {
  const village = createVillage('noise');
  const { asha, well, insider } = await scene(village);
  const noise = [
    new Uint8Array(0),
    Uint8Array.of(0xff),
    Uint8Array.of(9, 1, 2, 3),
    Uint8Array.of(1, 77, 2, 3),
    encodeFrame({ kind: 'envelope', bytes: luck(20_000, 1) }),
    encodeFrame({ kind: 'envelope', bytes: luck(300, 1) }),
    encodeFrame({ kind: 'envelope', bytes: luck(3, 1) }),
  ];
  const link = await insider.linkTo(asha.id);
  for (const bytes of noise) link.send(bytes);
  for (const bytes of noise) insider.relay.send(encodeMeet({ kind: 'pass', to: asha.id, bytes }));
  await village.world.runFor(1_000);
  for (const why of ['truncated', 'unknown-version', 'unknown-kind', 'too-big', 'no-such-room']) {
    expect(village.refusals()).toContain(why);
  }
  await village.world.finish(asha.app.send(well, 'Still well'));
  await village.until('heard', () => textsOf(appOf(asha.friend), well).includes('Still well'));
});

test('a member cannot speak for another, say three things under one number, or write from the future', async () => {
  const village = createVillage('liar');
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const mallory = deriveDevice(luck(32, 7));
  const victim = deriveDevice(luck(32, 8));
  const nowMs = village.wallMs();
  const say = (message: Partial<Message>, key: DeviceKey, n: number): void => {
    const whole: Message = {
      kind: 'message',
      author: key.id,
      id: newMessageId(luck(16, n)),
      n: 1,
      sentAtMs: nowMs,
      name: 'M',
      text: 'x',
      ...message,
    };
    link.send(insider.sealed(encodeContent(whole, keys.id, key), n));
  };
  say({ author: victim.id, text: 'forged' }, mallory, 1);
  say({ sentAtMs: nowMs + 26 * 3_600_000, text: 'from the future' }, mallory, 2);
  say({ text: 'first' }, mallory, 3);
  await village.world.runFor(1_000);
  say({ text: 'second under the same number' }, mallory, 4);
  await village.world.runFor(1_000);
  say({ text: 'third' }, mallory, 5);
  await village.world.runFor(1_000);
  // A device whose disk was set back does not know what it said: what it says then is no lie, and is not lost.
  expect(textsOf(asha.app, well)).toEqual(['first', 'second under the same number']);
  for (const why of ['bad-signature', 'too-far-ahead', 'equivocation']) expect(village.refusals()).toContain(why);
});

test('a gap is filled, not jumped: an author far ahead of itself is held back, and memory with it', async () => {
  const village = createVillage('gap');
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const mallory = deriveDevice(luck(32, 7));
  const base = { kind: 'message', author: mallory.id, sentAtMs: village.wallMs(), name: 'M' } as const;
  for (let n = 2; n < 1_200; n += 1) {
    const id = newMessageId(Uint8Array.from({ length: 16 }, (_, at) => (at < 2 ? n >> (8 * at) : 0)));
    link.send(insider.sealed(encodeContent({ ...base, id, n, text: `${n}` }, keys.id, mallory), n));
  }
  await village.world.runFor(5_000);
  expect(roomOf(asha.app, well).unread).toBe(limits.messagesAboveGap);
  expect(village.refusals()).toContain('too-many');
});

test('a recorded summary, said again from elsewhere, makes nobody present', async () => {
  const village = createVillage('replay');
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const ghost = deriveDevice(luck(32, 9));
  const summary: Content = {
    kind: 'summary',
    author: ghost.id,
    peer: asha.friendId,
    name: 'Ghost',
    about: 'asks',
    heads: [],
  };
  link.send(insider.sealed(encodeContent(summary, keys.id, ghost), 1));
  await village.world.runFor(1_000);
  expect(village.refusals()).toContain('not-here');
  expect(roomOf(asha.app, well).people.map(({ name }) => name)).toEqual(['Friend']);
});

test('receipts and summaries for what was never said move no mark', async () => {
  const village = createVillage('false receipts');
  const { asha, well, insider, keys } = await scene(village);
  village.world.paths.cut(['Asha'], ['Friend']);
  asha.friend.crash('killed');
  await village.world.finish(asha.app.send(well, 'Really?'));
  const link = await insider.linkTo(asha.id);
  const liar = deriveDevice(luck(32, 10));
  const receipt: Content = { kind: 'receipt', author: liar.id, messages: [newMessageId(luck(16, 99))] };
  link.send(insider.sealed(encodeContent(receipt, keys.id, liar), 1));
  // What is signed by nobody else's key, but for another's message, counts for the liar alone.
  const own: Content = { kind: 'receipt', author: asha.device, messages: messagesOf(asha.app, well).map(({ id }) => id) };
  link.send(insider.sealed(encodeContent(own, keys.id, liar), 2));
  await village.world.runFor(2_000);
  expect(messagesOf(asha.app, well)[0]?.mark?.state).not.toBe('received');
});

test("a member cannot put words in the place of another's by taking the same id and time", async () => {
  const village = createVillage('overwritten');
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  await village.world.finish(asha.app.send(well, 'The true word'));
  await village.until('there', () => textsOf(appOf(asha.friend), well).includes('The true word'));
  const [said] = messagesOf(asha.app, well);
  if (said === undefined) throw new Error('nothing said');
  const mallory = deriveDevice(luck(32, 7));
  const { id, sentAtMs } = said;
  const thief: Message = { kind: 'message', author: mallory.id, id, n: 1, sentAtMs, name: 'M', text: 'The false word' };
  link.send(insider.sealed(encodeContent(thief, keys.id, mallory), 1));
  await village.world.runFor(2_000);
  asha.friend.crash('killed');
  await village.world.finish(asha.friend.start([well]));
  expect(textsOf(appOf(asha.friend), well)).toContain('The true word');
});

test('a receipt holds only on the path of who signed it: shown again by another it marks nothing', async () => {
  const village = createVillage('borrowed receipt');
  const { asha, well, insider, keys } = await scene(village);
  village.world.paths.cut(['Asha'], ['Friend', 'relay']);
  await village.world.finish(asha.app.send(well, 'Really?'));
  village.world.paths.heal(['Asha'], ['relay']);
  asha.friend.crash('killed');
  const link = await insider.linkTo(asha.id);
  const [said] = messagesOf(asha.app, well);
  const friend = deriveDevice(luck(32, 12));
  // What a device signed for another message under the same id looks just like this.
  const receipt: Content = { kind: 'receipt', author: friend.id, messages: said === undefined ? [] : [said.id] };
  link.send(insider.sealed(encodeContent(receipt, keys.id, friend), 1));
  await village.world.runFor(2_000);
  expect(messagesOf(asha.app, well)[0]?.mark?.state).not.toBe('received');
});

test('a name with letters that turn or hide others is shown without them', async () => {
  const village = createVillage('turned names');
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const trickster = deriveDevice(luck(32, 13));
  const name = '\u202eFri\u200bend\n \u2066';
  const here: Content = { kind: 'summary', author: trickster.id, peer: insider.id, name, about: 'tells', heads: [] };
  link.send(insider.sealed(encodeContent(here, keys.id, trickster), 1));
  await village.until('seen', () => roomOf(asha.app, well).people.length === 2);
  expect(roomOf(asha.app, well).people.map((person) => person.name)).toEqual(['Friend', 'Friend']);
});
