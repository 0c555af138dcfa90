/** Small words that ask for much: what goes out for them is little more than all that there is, once, and nobody else waits for it. */
import { expect, test } from 'vitest';
import { abbreviate, encodeContent } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { nonceBytes, seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { decodeInvite } from '../../src/protocol/invite.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { dayOf, deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';
import { address, appOf, createVillage, roomOf } from './village.ts';
import type { Village } from './village.ts';
import type { Page } from '../simulation/page.ts';

const messages = 120;
const bytesEach = 7_900;

interface Asker {
  /** To the relay, and from it. */
  readonly bytes: { out: number; in: number };
  /** As if it had so many of her messages. */
  ask(upTo: number): void;
  /** Times that she was gone from the relay. */
  lost(): number;
}

/** Somebody with the link who takes no direct path. */
async function askerOf(village: Village, asha: Page, room: RoomId): Promise<Asker> {
  const { world } = village;
  const invite = decodeInvite(roomOf(appOf(asha), room).invite ?? '');
  if (isRefusal(invite)) throw new Error(invite.refused);
  const keys = deriveRoomKeys(invite.secret);
  const me = deriveDevice(new Uint8Array(32).fill(9));
  const network = world.node('Stranger').start().network();
  const bytes = { out: 0, in: 0 };
  let to: PeerId | null = null;
  let lost = 0;
  network.listen({
    onOpen: (link) => {
      if (link.end !== 'relay') link.close();
    },
    onClose: () => undefined,
    onFrame: (_link, frame) => {
      const said = decodeMeet(frame);
      if (isRefusal(said)) throw new Error(said.refused);
      if (said.kind === 'met') to ??= said.peers[0] ?? null;
      if (said.kind === 'left') lost += 1;
      if (said.kind === 'passed' && said.from === to) bytes.in += said.bytes.length;
    },
  });
  const opened = await world.finish(network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  opened.link.send(encodeMeet({ kind: 'join', topics: [topicOn(keys, dayOf(village.wallMs()))] }));
  await village.until('they meet', () => to !== null);
  let sealed = 0;
  return {
    bytes,
    lost: () => lost,
    ask: (upTo) => {
      const heads = [{ device: abbreviate(appOf(asha).view().me!.device), upTo }];
      const summary = { kind: 'summary', author: me.id, peer: network.self, name: 'S', about: 'tells', heads } as const;
      const nonce = new Uint8Array(nonceBytes).fill((sealed += 1) % 256);
      nonce[0] = sealed >> 8;
      const envelope = seal(keys, encodeContent(summary, room, me), nonce);
      if (isRefusal(envelope)) throw new Error(envelope.refused);
      const frame = encodeFrame({ kind: 'envelope', bytes: envelope });
      bytes.out += frame.length;
      opened.link.send(encodeMeet({ kind: 'pass', to: to!, bytes: frame }));
    },
  };
}

async function talkative(village: Village): Promise<{ readonly asha: Page; readonly room: RoomId }> {
  const asha = await village.person('Asha');
  const room = await village.room([asha]);
  for (let n = 1; n <= messages; n += 1) await village.world.finish(appOf(asha).send(room, `${n} ${'x'.repeat(bytesEach - 5)}`));
  return { asha, room };
}

test.each([
  ['more each time', (at: number) => at % messages],
  ['less each time', (at: number) => messages - 1 - (at % messages)],
  ['now this, now that', (at: number) => (at * 37) % messages],
  ['nothing at all', () => 0],
])('whoever says to have %s is given all of it once, and a little of it again', { timeout: 60_000 }, async (what, upTo) => {
  const village = createVillage(`asks ${what}`);
  const { asha, room } = await talkative(village);
  const asker = await askerOf(village, asha, room);
  for (let at = 0; at < 300; at += 1) {
    asker.ask(upTo(at));
    await village.world.runFor(100);
  }
  // Each message is 8,500 bytes on the way.
  expect(asker.bytes.in).toBeLessThan(messages * 8_500 + 600_000 + 30 * 20_000 + 300 * 300);
  // And the relay had nothing to refuse.
  expect(village.refusals()).not.toContain('too-fast');
  expect(village.refusals()).not.toContain('strikes');
  expect(asker.lost()).toBe(0);
});

test('somebody else comes late meanwhile, and is given everything by the relay in its time', { timeout: 60_000 }, async () => {
  const village = createVillage('asks, and others');
  const { world, until } = village;
  const { asha, room } = await talkative(village);
  const asker = await askerOf(village, asha, room);
  world.paths.cut(['Asha'], ['Chiku']);
  const chiku = await village.person('Chiku');
  await world.finish(appOf(chiku).joinRoom(roomOf(appOf(asha), room).invite ?? ''));
  for (let at = 0; at < 100; at += 1) {
    asker.ask(at);
    await world.runFor(100);
  }
  await until('all of it', () => roomOf(appOf(chiku), room).unread === messages, 20_000);
  await world.finish(appOf(asha).send(room, 'and what I say now'));
  const saidMs = world.nowMs();
  await until('the newest', () => roomOf(appOf(chiku), room).last?.text === 'and what I say now', 5_000);
  expect(world.nowMs() - saidMs).toBeLessThan(1_000);
});
