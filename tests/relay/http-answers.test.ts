/** What the relay says to whom: the page and its cache rules, the card, the numbers, and the headers on everything. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import type { RelayCard } from '../../src/protocol/relay-card.ts';
import { appPaths, appScript, ask, openTestDoor, peerId } from './http-world.ts';

describe('the page', () => {
  test('is served to this machine, by every name a browser trusts', async () => {
    const { door } = await openTestDoor();
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'wavu.localhost', '127.0.0.1', '127.8.9.1', '[::1]']) {
      const told = await ask({ port: door.port, headers: { host: `${host}:${door.port}` } });
      expect([host, told.status, told.text.includes('app-4f1a.js')]).toEqual([host, 200, true]);
    }
  });

  test('comes in the smallest coding the browser reads, and says so', async () => {
    const { door } = await openTestDoor();
    const get = (accept: string) => ask({ port: door.port, path: '/assets/app-4f1a.js', headers: { 'accept-encoding': accept } });
    const [br, gzip, refusedBr, none, any] = await Promise.all(
      ['gzip, deflate, br, zstd', 'gzip', 'br;q=0, gzip;q=0.5', '', '*'].map(get),
    );
    expect(br?.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br!.body).toString()).toBe(appScript);
    expect(gzip?.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip!.body).toString()).toBe(appScript);
    expect(refusedBr?.headers['content-encoding']).toBe('gzip');
    expect(none?.headers['content-encoding']).toBeUndefined();
    expect(none?.text).toBe(appScript);
    expect(any?.headers['content-encoding']).toBe('br');
    for (const told of [br, gzip, none]) expect(told?.headers['vary']).toBe('accept-encoding');
    expect(new Set([br, gzip, none].map((told) => told?.headers.etag)).size).toBe(3);
  });

  test('keeps hashed assets for ever, and asks again for all else', async () => {
    const { door } = await openTestDoor();
    for (const path of ['/', ...appPaths]) {
      const told = await ask({ port: door.port, path });
      const isAsset = path.startsWith('/assets/');
      expect([path, told.headers['cache-control']]).toEqual([path, isAsset ? 'public, max-age=31536000, immutable' : 'no-cache']);
    }
  });

  test('is not sent twice to whoever has it', async () => {
    const { door } = await openTestDoor();
    const first = await ask({ port: door.port, headers: { 'accept-encoding': 'br' } });
    const etag = first.headers.etag ?? '';
    for (const held of [etag, `W/${etag}`, `"old", ${etag}`, '*']) {
      const again = await ask({ port: door.port, headers: { 'accept-encoding': 'br', 'if-none-match': held } });
      expect([held, again.status, again.body.length, again.headers.etag]).toEqual([held, 304, 0, etag]);
    }
    const other = await ask({ port: door.port, headers: { 'if-none-match': '"old"' } });
    expect(other.status).toBe(200);
  });

  test('answers HEAD with the same headers and no body, and no other method', async () => {
    const { door } = await openTestDoor();
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => ask({ port: door.port, method })));
    expect([head?.status, head?.headers['content-length'], head?.body.length]).toEqual([200, get?.headers['content-length'], 0]);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
      const told = await ask({ port: door.port, method });
      expect([method, told.status, told.headers.allow]).toEqual([method, 405, 'GET, HEAD']);
    }
    const posted = await ask({ port: door.port, method: 'POST', body: 'x'.repeat(1000) });
    expect([posted.status, posted.headers.connection]).toEqual([405, 'close']);
  });

  test('has nothing but the files it was built of', async () => {
    const { door } = await openTestDoor();
    const outside = [
      '/../package.json',
      '/assets/../../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets',
      '/assets/',
    ];
    const hidden = [
      '/.vite/manifest.json',
      '/assets/app-4f1a.js.br',
      '//index.html',
      '/index.html%00',
      '/INDEX.HTML',
      '/constructor',
    ];
    for (const path of [...outside, ...hidden, '/rooms']) {
      expect([path, (await ask({ port: door.port, path })).status]).toEqual([path, 404]);
    }
    expect((await ask({ port: door.port, path: '/?room=1' })).status).toBe(200);
  });
});

describe('every answer', () => {
  test('forbids what the page does not need', async () => {
    const { door } = await openTestDoor();
    const paths = ['/', ...appPaths, '/healthz', '/metrics', '/.well-known/wavu.json', '/nothing'];
    // Over plain HTTP from elsewhere no browser takes COOP: it only complains.
    for (const host of [`localhost:${door.port}`, '192.168.1.5:8470', '***']) {
      for (const path of paths) {
        for (const method of ['GET', 'POST']) {
          const { headers } = await ask({ port: door.port, path, method, headers: { host } });
          const said = {
            coop: headers['cross-origin-opener-policy'],
            coep: headers['cross-origin-embedder-policy'],
            nosniff: headers['x-content-type-options'],
            referrer: headers['referrer-policy'],
            hsts: headers['strict-transport-security'],
          };
          expect(said).toEqual({
            coop: host.startsWith('localhost') ? 'same-origin' : undefined,
            coep: 'require-corp',
            nosniff: 'nosniff',
            referrer: 'no-referrer',
            hsts: undefined,
          });
          expect(headers['cross-origin-resource-policy']).toMatch(/^(same|cross)-origin$/);
          expect(headers['permissions-policy']).toContain('geolocation=()');
          expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
          expect(headers['content-security-policy']).not.toMatch(/unsafe-inline|'unsafe-eval'/);
        }
      }
    }
  });

  test('isolates the page behind a proxy as well', async () => {
    const { door } = await openTestDoor({ behindProxy: true });
    const { headers } = await ask({ port: door.port, headers: { host: 'wavu.example', 'x-forwarded-proto': 'https' } });
    expect([headers['cross-origin-opener-policy'], headers['cross-origin-embedder-policy']]).toEqual([
      'same-origin',
      'require-corp',
    ]);
  });

  test('lets the page run its own scripts and no others', async () => {
    const { door } = await openTestDoor();
    const { headers } = await ask({ port: door.port });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
        "connect-src 'self' https: http: wss: ws:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types wavu",
    );
  });

  test('refuses a Host no browser would send', async () => {
    const { door } = await openTestDoor();
    for (const host of ['a b', 'a/b', 'a"><script>', '[::1', '1.2.3', '0x7f.1', 'x:0', 'x:99999', 'user@localhost']) {
      expect([host, (await ask({ port: door.port, headers: { host } })).status]).toEqual([host, 400]);
    }
  });
});

describe('the card', () => {
  const cardAt = async (port: number, host: string, world = {}): Promise<RelayCard> => {
    const told = await ask({ port, path: '/.well-known/wavu.json', headers: { host, ...world } });
    // Other sites' scripts do not get to read it.
    expect([told.status, told.headers['access-control-allow-origin']]).toEqual([200, undefined]);
    expect(told.headers['cross-origin-resource-policy']).toBe('same-origin');
    const card = readRelayCard(JSON.parse(told.text));
    if (isRefusal(card)) throw new Error(card.refused);
    return card;
  };

  test('names the very door it was asked at', async () => {
    const { door } = await openTestDoor();
    const doors: readonly (readonly [string, string])[] = [
      ['localhost:8470', '/dns4/localhost/tcp/8470/ws'],
      ['127.0.0.1:9000', '/ip4/127.0.0.1/tcp/9000/ws'],
      ['[::1]:8470', '/ip6/::1/tcp/8470/ws'],
      ['192.168.1.5', '/ip4/192.168.1.5/tcp/80/ws'],
      ['Wavu.Example.:8470', '/dns4/wavu.example/tcp/8470/ws'],
    ];
    for (const [host, address] of doors) {
      const card = await cardAt(door.port, host);
      expect([host, card.relay]).toEqual([host, { peerId, addresses: [`${address}/p2p/${peerId}`] }]);
    }
  });

  test('says wss behind a proxy we were told to believe', async () => {
    const { door } = await openTestDoor({ behindProxy: true });
    const card = await cardAt(door.port, 'wavu.example', { 'x-forwarded-proto': 'https' });
    expect(card.relay.addresses).toEqual([`/dns4/wavu.example/tcp/443/tls/ws/p2p/${peerId}`]);
  });

  test('brings the Square, its key and its build', async () => {
    const { door } = await openTestDoor();
    const card = await cardAt(door.port, 'localhost');
    expect(card.square).toEqual({ topic: 'wavu/square/1/00', openSecret: new Uint8Array(32).fill(7) });
    expect(card.build).toBe('0.1.0+test');
    const { door: shut } = await openTestDoor({ world: { square: null } });
    expect((await cardAt(shut.port, 'localhost')).square).toBeNull();
  });

  test('keeps addresses of this house from whoever comes through a proxy', async () => {
    const [here, lan, open] = ['127.0.0.1', '192.168.1.5', '203.0.113.9'].map((ip) => `/ip4/${ip}/udp/8470/webrtc-direct`);
    const { door } = await openTestDoor({ world: { otherDoors: () => [here!, lan!, open!] } });
    expect((await cardAt(door.port, 'localhost')).relay.addresses.slice(1)).toEqual([here, lan, open]);
    const passed = await cardAt(door.port, 'wavu.example', { 'x-forwarded-for': '198.51.100.7' });
    expect(passed.relay.addresses.slice(1)).toEqual([open]);
  });
});

describe('health and numbers', () => {
  test('/healthz follows the relay', async () => {
    let isHealthy = true;
    const { door } = await openTestDoor({ world: { isHealthy: () => isHealthy } });
    expect((await ask({ port: door.port, path: '/healthz', headers: { host: '10.0.0.1' } })).text).toBe('ok\n');
    isHealthy = false;
    expect((await ask({ port: door.port, path: '/healthz' })).status).toBe(503);
  });

  test('/metrics speaks to Prometheus next door, and not through a proxy', async () => {
    const { door } = await openTestDoor({
      world: { counts: () => ({ pagesMet: 2, 'refused_bad-upgrade': 1, nothing: Number.NaN }) },
    });
    const told = await ask({ port: door.port, path: '/metrics' });
    expect(told.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(told.text).toBe(
      '# TYPE wavu_relay_pages_met gauge\nwavu_relay_pages_met 2\n' +
        '# TYPE wavu_relay_refused_bad_upgrade gauge\nwavu_relay_refused_bad_upgrade 1\n',
    );
    const passed = await ask({ port: door.port, path: '/metrics', headers: { 'x-forwarded-for': '198.51.100.7' } });
    expect(passed.status).toBe(404);
  });
});
