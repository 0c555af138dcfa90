/** Strangers and members that lie: refused by name, counted in the log, and nobody honest is harmed. */
import { expect, test } from 'vitest';
import { decodeInvite } from '../../src/protocol/invite.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import type { Content, Message } from '../../src/protocol/content.ts';
import { seal } from '../../src/protocol/envelope.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { dayOf, deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import type { Link } from '../../src/ports/network.ts';
import { address, appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

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

test('a member cannot speak for another, say two things under one number, or write from the future', async () => {
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
  expect(textsOf(asha.app, well)).toEqual(['first']);
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

interface Insider {
  readonly relay: Link;
  linkTo(peer: PeerId): Promise<Link>;
  sealed(signed: Uint8Array, nonce: number): Uint8Array;
}

/** Asha and a friend talk in a room; an insider holds its link and speaks the wire by hand. */
async function scene(village: Village) {
  const { person, room, until } = village;
  const [page, friend] = [await person('Asha'), await person('Friend')];
  const well = await room([page, friend]);
  await until('direct', () => roomOf(appOf(page), well).people[0]?.path === 'direct');
  const invite = decodeInvite(roomOf(appOf(page), well).invite ?? '');
  if ('refused' in invite) throw new Error('no invite');
  const keys = deriveRoomKeys(invite.secret);
  const insider = await intrude(village, keys);
  const idOf = (each: typeof page): PeerId => each.running()?.life.network().self ?? ('' as PeerId);
  return {
    well,
    keys,
    insider,
    asha: {
      app: appOf(page),
      id: idOf(page),
      friend,
      friendId: idOf(friend),
      device: appOf(page).view().me?.device ?? ('' as never),
    },
  };
}

async function intrude(village: Village, keys: RoomKeys): Promise<Insider> {
  const { world } = village;
  const network = world.node('Mallory').start().network();
  const met = new Set<PeerId>();
  network.listen({
    onOpen: () => undefined,
    onFrame: (link, bytes) => {
      const frame = decodeMeet(bytes);
      if (link.end === 'relay' && 'kind' in frame && frame.kind === 'met') for (const peer of frame.peers) met.add(peer);
    },
    onClose: () => undefined,
  });
  const opened = await world.finish(network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  opened.link.send(encodeMeet({ kind: 'join', topics: [topicOn(keys, dayOf(village.wallMs()))] }));
  await village.until('met', () => met.size > 0);
  return {
    relay: opened.link,
    linkTo: async (peer) => {
      const link = await world.finish(network.openPeer(peer, opened.link, new AbortController().signal));
      if (link.state !== 'open') throw new Error(link.why);
      return link.link;
    },
    sealed: (signed, nonce) => {
      const envelope = seal(
        keys,
        signed,
        Uint8Array.from({ length: 12 }, (_, at) => (at < 4 ? nonce >> (8 * at) : 0xee)),
      );
      if ('refused' in envelope) throw new Error(envelope.refused);
      return encodeFrame({ kind: 'envelope', bytes: envelope });
    },
  };
}
