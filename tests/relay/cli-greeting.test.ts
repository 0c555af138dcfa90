/** What the host reads: true for every way in, and a code that a phone can read. */
import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { greeting, machineLine } from '../../relay/greeting.ts';
import type { Standing } from '../../relay/greeting.ts';
import type { Certificate } from '../../relay/http/certificate.ts';
import { bestForOthers, waysIn } from '../../relay/reach.ts';
import type { Way } from '../../relay/reach.ts';
import { peerId } from './http-world.ts';

const certificate: Certificate = {
  cert: '',
  key: '',
  fingerprint: '',
  names: ['wavu.example', '*.example'],
  validUntilMs: 100 * 86_400_000,
  isSelfSigned: false,
  covers: ({ name }) => name === 'wavu.example',
};
const lan: Way = { url: 'http://192.168.1.5:8470/', gives: 'doorstep', who: 'this network', isBare: true };
const here: Way = { url: 'http://localhost:8470/', gives: 'app', who: 'this machine', isBare: false };

const standing = (changes: Partial<Standing> = {}): Standing => ({
  ways: [here, lan],
  doors: [],
  port: 8470,
  peerId,
  build: '0',
  dataFolder: '/srv/wavu',
  isNewFolder: false,
  square: true,
  access: 'open',
  ownerLink: null,
  behindProxy: false,
  certificate: null,
  authority: null,
  nowMs: 0,
  ...changes,
});

test('each way in says what it gives', () => {
  const gives = (host: string, with_: Certificate | null) =>
    waysIn({ host, port: 8470, certificate: with_, leaf: null }).map((way) => `${way.url} ${way.gives} ${way.who}`);
  expect(gives('127.0.0.1', null)).toEqual(['http://localhost:8470/ app this machine']);
  expect(gives('::1', null)).toEqual(['http://[::1]:8470/ app this machine']);
  expect(gives('192.168.1.5', null)).toEqual(['http://192.168.1.5:8470/ doorstep this network']);
  expect(gives('203.0.113.5', null)).toEqual(['http://203.0.113.5:8470/ doorstep whoever reaches it']);
  expect(gives('192.168.1.5', certificate)).toEqual([
    'https://wavu.example:8470/ app wherever this name leads',
    'https://192.168.1.5:8470/ app-after-warning this network',
  ]);
  expect(gives('127.0.0.1', { ...certificate, isSelfSigned: true })[1]).toBe(
    'https://wavu.example:8470/ app-after-warning wherever this name leads',
  );
});

test('others are shown the way that gives most', () => {
  const ways = waysIn({ host: '192.168.1.5', port: 8470, certificate, leaf: null });
  expect(bestForOthers([here, lan, ...ways])?.url).toBe('https://wavu.example:8470/');
  expect(bestForOthers([here])).toBeNull();
});

test('notes say what the host can do about it', () => {
  expect(greeting(standing(), false)).toContain('For other devices turn HTTPS on');
  expect(greeting(standing({ ways: [here] }), false)).toContain('Nobody else reaches this address');
  expect(greeting(standing({ ways: [here, { ...lan, gives: 'app' }] }), false)).toContain('numbers change');
  expect(greeting(standing({ behindProxy: true }), true)).not.toContain('\x1b');
  expect(greeting(standing({ certificate, nowMs: 90 * 86_400_000 }), false)).toContain('ends on 1970-04-11');
  expect(greeting(standing({ certificate, nowMs: 101 * 86_400_000 }), false)).toContain('ended on 1970-04-11');
  expect(greeting(standing({ square: false, isNewFolder: true }), false)).toMatch(/Square off\n.*back it up/);
  const forMembers = standing({ access: 'members', square: false, ownerLink: { fragment: 'own/x', why: 'first' } });
  expect(greeting(forMembers, false)).toMatch(/For members: .*\n[^]*opens it first owns this relay/);
  expect(greeting(forMembers, false)).not.toContain('owns the Square');
});

test('a certificate signed by itself is said to be that, and not to name nobody', () => {
  const own: Certificate = { ...certificate, isSelfSigned: true };
  const ways = waysIn({ host: '192.168.1.5', port: 8470, certificate: own, leaf: null });
  const said = greeting(standing({ certificate: own, ways }), false);
  expect(said).toContain('signed by itself: browsers warn');
  expect(said).not.toContain('names no address');
  const nameless: Certificate = { ...certificate, names: ['*.example'], covers: () => false };
  const bare = waysIn({ host: '192.168.1.5', port: 8470, certificate: nameless, leaf: null });
  expect(greeting(standing({ certificate: nameless, ways: bare }), false)).toContain('names no address of this machine');
});

test('with an authority of its own others are led to the doorstep, and the host reads what they compare', () => {
  const leaf = {
    ...certificate,
    names: ['localhost', 'pi.local'],
    covers: ({ name }: { name: string }) => name === '192.168.1.5',
  };
  const gives = (host: string): readonly string[] =>
    waysIn({ host, port: 8470, certificate: null, leaf }).map((way) => `${way.url} ${way.gives}`);
  expect(gives('192.168.1.5')).toEqual(['http://192.168.1.5:8470/ doorstep', 'https://192.168.1.5:8470/ app-once-trusted']);
  expect(gives('203.0.113.5')).toEqual(['http://203.0.113.5:8470/ doorstep']);
  expect(gives('127.0.0.1')).toEqual(['http://localhost:8470/ app']);
  expect(gives('0.0.0.0').slice(0, 2)).toEqual(['http://localhost:8470/ app', 'https://pi.local:8470/ app-once-trusted']);
  const ways = [here, ...waysIn({ host: '192.168.1.5', port: 8470, certificate: null, leaf })];
  expect(bestForOthers(ways)).toEqual(lan);
  const said = greeting(standing({ ways, authority: 'AB:CD' }), false);
  expect(said).toContain('SHA-256 AB:CD');
  expect(said).not.toContain('turn HTTPS on');
});

test('the second door is named with where it stands', () => {
  const door = (ip: string): string => `/ip4/${ip}/udp/8470/webrtc-direct/certhash/uEi/p2p/${peerId}`;
  expect(greeting(standing(), false)).not.toContain('UDP');
  expect(greeting(standing({ doors: [door('127.0.0.1')] }), false)).toContain(
    'UDP port 8470: a second door (webrtc-direct), on 127.0.0.1',
  );
  expect(greeting(standing({ doors: [door('127.0.0.1'), door('192.168.1.5')] }), false)).toMatch(
    /UDP port 8470: .*, on every IPv4 address\n/,
  );
});

test('the code on the terminal leads to the best way in', () => {
  const rows = greeting(standing(), true)
    .split('\n')
    .filter((line) => line.includes('\x1b[97;40m'))
    .map((line) => line.split('\x1b')[1]?.slice('[97;40m'.length) ?? '');
  expect(decodeQR(imageOf(rows))).toBe(lan.url);
});

/** Half blocks as pixels: the letters are light, the ground is dark. */
function imageOf(rows: readonly string[]): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  const scale = 8;
  const width = (rows[0]?.length ?? 0) * scale;
  const data = new Uint8Array(width * rows.length * 2 * scale * 4).fill(255);
  for (let y = 0; y < rows.length * 2 * scale; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const letter = rows[Math.floor(y / scale / 2)]?.[Math.floor(x / scale)] ?? ' ';
      const isLight = letter === '█' || letter === (Math.floor(y / scale) % 2 === 0 ? '▀' : '▄');
      data.fill(isLight ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height: rows.length * 2 * scale, data };
}

test('the owner link is printed with what it does, at the address that gives the app, and once', () => {
  const lines = (changes: Partial<Standing>): string => greeting(standing({ ways: [lan, here], ...changes }), false);
  const first = lines({ ownerLink: { fragment: 'own/abc', why: 'first' } });
  expect(first).toContain('http://localhost:8470/#own/abc');
  expect(first).toContain('Lost it? Start with --owner-link');
  expect(lines({ ownerLink: { fragment: 'own/abc', why: 'again' } })).toContain('Links made before do not work any more');
  expect(lines({})).not.toContain('own');
  const told = JSON.parse(machineLine(standing({ ownerLink: { fragment: 'own/abc', why: 'first' } }), 1)) as object;
  expect(told).toMatchObject({ ownerLink: 'http://localhost:8470/#own/abc' });
});
