/** Which relay a link names, and which it does not. */
import { expect, test } from 'vitest';
import { withRelayHint } from '../../src/app/mesh/relay-hint.ts';
import { decodeInviteLink } from '../../src/protocol/contact/invite-link.ts';
import { encodeInvite } from '../../src/protocol/invite.ts';
import { appOf, createVillage, roomOf } from './village.ts';
import type { Village } from './village.ts';

async function memberLink({ world, person }: Village): Promise<string> {
  const asha = await person('Asha');
  const room = await world.finish(appOf(asha).startRoom('Family', 'members'));
  const link = await world.finish(appOf(asha).invite(room!));
  expect(roomOf(appOf(asha), room!).invite).toBe(link);
  return link ?? '';
}

const relaysIn = (link: string, nowMs: number): readonly string[] | null => {
  const invite = decodeInviteLink(link, nowMs);
  return 'relays' in invite ? invite.relays : null;
};

test('a door that any page may knock at is named, without the name behind it', async () => {
  const village = createVillage('hint');
  const [link, nowMs] = [await memberLink(village), village.wallMs()];
  const secure = [
    '/dns4/wavu.example/tcp/443/wss',
    '/ip4/192.0.2.7/tcp/8470/tls/sni/wavu.example/ws',
    '/dns4/local.example/tcp/1/wss',
  ];
  for (const door of secure) {
    expect(relaysIn(withRelayHint(link, door, nowMs), nowMs)).toEqual([door]);
    expect(relaysIn(withRelayHint(link, `${door}/p2p/12D3KooWx`, nowMs), nowMs)).toEqual([door]);
  }
  const named = withRelayHint(link, secure[0], nowMs);
  expect(withRelayHint(named, secure[1], nowMs)).toBe(named);
});

test('no other door is, and a link of an open room has no place for one', async () => {
  const village = createVillage('no hint');
  const [link, nowMs] = [await memberLink(village), village.wallMs()];
  const others = [
    undefined,
    '/ip4/127.0.0.1/tcp/8470/ws',
    '/ip4/192.168.1.5/tcp/8470/tls/ws',
    '/ip4/172.31.0.1/tcp/8470/tls/ws',
    '/ip6/fd00::2/tcp/8470/wss',
    '/dns4/village-pi.local/tcp/8470/wss',
    '/dns4/localhost/tcp/8470/wss',
    '/ip4/192.0.2.7/udp/1/webrtc-direct/certhash/x',
    `/dns4/${'w'.repeat(128)}/tcp/443/wss`,
  ];
  for (const door of others) expect(withRelayHint(link, door, nowMs)).toBe(link);
  const open = encodeInvite({ secret: new Uint8Array(32).fill(7), name: 'The well' });
  expect(withRelayHint(open, '/dns4/wavu.example/tcp/443/wss', nowMs)).toBe(open);
});
