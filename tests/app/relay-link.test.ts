/** What a person scans or pastes of a relay becomes its doors, and nothing else does. */
import { expect, test } from 'vitest';
import { placeOf, readRelayLink } from '../../src/app/mesh/relay-link.ts';
import { withSecondDoor } from '../../relay/second-door.ts';

const certhash = `uEi${'A'.repeat(44)}`;
const peer = '12D3KooWA3aq4sfQPNRUy1XLS5W238nULLLebA5kpi22BXFD4kgB';

test.each([
  ['http://192.168.1.5:8470/', ['/ip4/192.168.1.5/tcp/8470/ws', '/ip4/192.168.1.5/tcp/8470/tls/ws']],
  ['  192.168.1.5:8470\n', ['/ip4/192.168.1.5/tcp/8470/ws', '/ip4/192.168.1.5/tcp/8470/tls/ws']],
  ['HTTP://Village-Pi.local:8470', ['/dns4/village-pi.local/tcp/8470/ws', '/dns4/village-pi.local/tcp/8470/tls/ws']],
  ['https://wavu.example', ['/dns4/wavu.example/tcp/443/tls/ws']],
  ['http://[fd00::2]:8470/', ['/ip6/fd00::2/tcp/8470/ws', '/ip6/fd00::2/tcp/8470/tls/ws']],
  [`/ip4/10.0.0.1/tcp/80/ws/p2p/${peer}`, ['/ip4/10.0.0.1/tcp/80/ws']],
  [
    `http://10.0.0.1:80/?udp=8471&certhash=${certhash}`,
    ['/ip4/10.0.0.1/tcp/80/ws', `/ip4/10.0.0.1/udp/8471/webrtc-direct/certhash/${certhash}`, '/ip4/10.0.0.1/tcp/80/tls/ws'],
  ],
  ['http://wavu.lan/?udp=1&certhash=javascript', ['/dns4/wavu.lan/tcp/80/ws', '/dns4/wavu.lan/tcp/80/tls/ws']],
])('%s', (text, doors) => {
  expect(readRelayLink(text)).toEqual(doors);
});

test.each([
  '',
  'wavu',
  'hello there',
  'join/abc',
  'http://localhost:8470/#join/abc',
  'http://wavu.example/page',
  'ftp://wavu.example/',
  'http://wavu.example:99999/',
  'http://a b/',
  'http://user@wavu.example/',
  '/',
  `/ip4/${'1'.repeat(200)}/tcp/1/ws`,
  `http://${'a'.repeat(600)}.example/`,
  'javascript:alert(1)',
])('not a relay: %s', (text) => {
  expect(readRelayLink(text)).toBeNull();
});

test('what the relay shows is what the app reads', () => {
  const doors = [
    `/ip4/127.0.0.1/udp/8470/webrtc-direct/certhash/${certhash}/p2p/${peer}`,
    `/ip4/10.0.0.1/udp/9/webrtc-direct/certhash/${certhash}`,
  ];
  expect(readRelayLink(withSecondDoor('http://10.0.0.1:8470/', doors))).toContain(doors[1]);
  expect(withSecondDoor('http://10.0.0.2:8470/', doors)).toBe('http://10.0.0.2:8470/');
  expect(withSecondDoor('https://10.0.0.1:8470/', doors)).toBe('https://10.0.0.1:8470/');
});

test('all doors of one relay stand at one place', () => {
  expect(readRelayLink(`http://10.0.0.1:8470/?udp=8470&certhash=${certhash}`)?.map(placeOf)).toEqual(
    Array(3).fill('10.0.0.1:8470'),
  );
  expect(placeOf('/memory/far-relay')).toBe('/memory/far-relay');
});
