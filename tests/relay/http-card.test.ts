/** The relay's card: what is written comes back, what is broken is refused or left out, nothing throws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { encodeRelayCard, readRelayCard } from '../../src/protocol/relay-card.ts';
import type { RelayCard } from '../../src/protocol/relay-card.ts';
import { parseRoomId } from '../../src/protocol/ids.ts';
import { peerId } from './http-world.ts';

const card: RelayCard = {
  build: '0.1.0+abc',
  relay: { peerId, addresses: [`/dns4/wavu.example/tcp/443/tls/ws/p2p/${peerId}`] },
  sisters: ['/dns4/west.example/tcp/443/tls/ws'],
  square: { topic: 'wavu/square/1/00', openSecret: new Uint8Array(32).fill(9) },
  access: null,
};
const json = (changes: object = {}): unknown => ({ ...(JSON.parse(encodeRelayCard(card)) as object), ...changes });

test('comes back as it was written', () => {
  expect(readRelayCard(json())).toEqual(card);
  const realm = parseRoomId('ab'.repeat(16))!;
  for (const access of [null, { realm, owner: 'Asha' }, { realm, owner: '' }]) {
    const without = { ...card, sisters: [], square: null, access };
    expect(readRelayCard(JSON.parse(encodeRelayCard(without)))).toEqual(without);
  }
  // What it cannot read is as if absent.
  expect(readRelayCard(json({ access: { realm, owner: 'x'.repeat(999) } }))).toEqual({ ...card, access: { realm, owner: '' } });
  for (const access of [7, {}, { realm: 'ab' }, [realm]]) expect(readRelayCard(json({ access }))).toEqual(card);
});

test('leaves alone what it does not know', () => {
  expect(readRelayCard(json({ later: true, relay: { ...card.relay, colour: 'blue' } }))).toEqual(card);
});

test('[E4] refuses another version', () => {
  for (const version of [0, 2, '1', null, undefined])
    expect(readRelayCard(json({ version }))).toEqual({ refused: 'unknown-version' });
});

test('refuses what is no card, or names nobody', () => {
  for (const each of [null, 7, 'card', [], [json()]]) expect(readRelayCard(each)).toEqual({ refused: 'unknown-kind' });
  expect(readRelayCard(json({ relay: null }))).toEqual({ refused: 'truncated' });
  for (const wrong of ['', 'short', `${peerId}0`, 7, 'x'.repeat(500)]) {
    expect(readRelayCard(json({ relay: { ...card.relay, peerId: wrong } }))).toEqual({ refused: 'bad-id' });
  }
});

test('a field it cannot read is as if absent', () => {
  const addresses = [
    '/ip4/1.2.3.4/tcp/1/ws',
    7,
    'https://x',
    `/${'a'.repeat(300)}`,
    null,
    ...Array<string>(40).fill('/ip4/1.1.1.1'),
  ];
  expect(readRelayCard(json({ relay: { peerId, addresses } }))).toMatchObject({
    relay: { addresses: ['/ip4/1.2.3.4/tcp/1/ws', ...Array<string>(11).fill('/ip4/1.1.1.1')] },
  });
  expect(readRelayCard(json({ relay: { peerId, addresses: 'none' }, build: 7 }))).toMatchObject({
    build: '',
    relay: { addresses: [] },
  });
  expect(readRelayCard(json({ sisters: ['west', 7, ...Array<string>(9).fill('/dns4/a/tcp/1/ws')] }))).toMatchObject({
    sisters: Array<string>(6).fill('/dns4/a/tcp/1/ws'),
  });
  expect(readRelayCard(json({ sisters: { 0: '/dns4/a/tcp/1/ws' } }))).toMatchObject({ sisters: [] });
  const squares = [
    7,
    {},
    { topic: 't' },
    { topic: '', openSecret: 'A'.repeat(43) },
    { topic: 't', openSecret: 'AAAA' },
    { topic: 't', openSecret: '!' },
  ];
  for (const square of squares) expect(readRelayCard(json({ square }))).toMatchObject({ square: null });
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (relay, square, build) => {
      for (const each of [relay, json({ relay, square, build }), json({ square, build })]) {
        const read = readRelayCard(each);
        expect(isRefusal(read) || read.relay.addresses.length <= 16).toBe(true);
      }
    }),
  );
});
