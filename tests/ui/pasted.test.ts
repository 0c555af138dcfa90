/** What is pasted or scanned goes to the verb that can read it. */
import { expect, test } from 'vitest';
import { readRelayLink } from '../../src/app/mesh/relay-link.ts';
import { linkText } from '../../src/protocol/contact/link-text.ts';
import { encodeInvite } from '../../src/protocol/invite.ts';
import { relayAnswerPlace } from '../../src/protocol/relay-by-hand.ts';
import { isLikeAnswer, isLikeRelay } from '../../src/ui/rooms/pasted.ts';

const invite = encodeInvite({ secret: new Uint8Array(32).fill(7), name: 'Choir' });
const answer = linkText(relayAnswerPlace, new Uint8Array(400).fill(9));
const relays = [
  'http://192.168.1.5:8470',
  ' https://wavu.example/\n',
  'wavu.local:8470',
  'http://[fd00::1]:8470/?udp=8470',
  '/ip4/192.168.1.5/tcp/8470/ws',
];

test('the answer of a relay’s page is known by its word', () => {
  expect(isLikeAnswer(answer)).toBe(true);
  for (const other of [...relays, invite, `https://wavu.example/#${invite}`])
    expect([other, isLikeAnswer(other)]).toEqual([other, false]);
});

test('whatever the app reads as a relay’s address looks like one, and neither an invite nor an answer does', () => {
  for (const relay of relays) expect([relay, readRelayLink(relay) !== null, isLikeRelay(relay)]).toEqual([relay, true, true]);
  for (const other of [invite, `https://wavu.example/#${invite}`, answer, 'hello'])
    expect([other, isLikeRelay(other)]).toEqual([other, false]);
});
