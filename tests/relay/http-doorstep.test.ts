/** Plain HTTP from elsewhere: words and a way on, never a byte of the app. */
import { expect, test } from 'vitest';
import { readCertificate } from '../../relay/http/certificate.ts';
import type { Certificate } from '../../relay/http/certificate.ts';
import { appPaths, ask, freshFolder, openTestDoor } from './http-world.ts';
import { selfSigned } from './self-signed.ts';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const elsewhere: readonly string[] = [
  '192.168.1.5',
  '192.168.1.5:8470',
  '[fd00::1]:8470',
  'wavu.local',
  'notlocalhost',
  'localhost.example',
  'wavu.example:8470',
];

const doorstepGives: Readonly<Record<string, readonly [number, string, string]>> = {
  '/': [200, 'text/html', 'Wavu does not start here'],
  '/index.html': [200, 'text/html', 'Wavu does not start here'],
  '/doorstep.css': [200, 'text/css', 'prefers-color-scheme'],
};

test('no path and no plain host gets a script, a style of the app or its page', async () => {
  const { door } = await openTestDoor();
  for (const host of elsewhere) {
    for (const asked of ['/', ...appPaths, '/doorstep.css', '/rooms']) {
      const told = await ask({ port: door.port, path: asked, headers: { host } });
      expect(told.text).not.toMatch(/app-4f1a|the app'|<script|addEventListener|javascript:/i);
      expect(told.headers['content-type']).not.toContain('javascript');
      const [status, type, words] = doorstepGives[asked] ?? [404, 'text/plain', 'There is nothing here.'];
      expect([host, asked, told.status, told.headers['content-type']]).toEqual([host, asked, status, `${type}; charset=utf-8`]);
      expect(told.text).toContain(words);
    }
  }
});

test('its page needs nothing but its own stylesheet', async () => {
  const { door } = await openTestDoor();
  const told = await ask({ port: door.port, headers: { host: '192.168.1.5:8470' } });
  expect(told.headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(told.text).not.toMatch(/style=|<style|\son\w+=/);
  expect([...told.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link)).toEqual([
    '/doorstep.css',
    '/?lang=en',
    '/?lang=sw',
    '/?lang=es',
  ]);
  expect(told.headers['set-cookie']).toBeUndefined();
  const css = await ask({ port: door.port, path: '/doorstep.css', headers: { host: '192.168.1.5:8470' } });
  expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
});

test('without TLS it offers this machine, and the host the ways that exist', async () => {
  const { door } = await openTestDoor();
  const { text } = await ask({ port: door.port, headers: { host: '192.168.1.5:8470' } });
  for (const said of [
    'http://192.168.1.5:8470',
    'http://localhost:8470',
    '--cert fullchain.pem --key',
    'caddy reverse-proxy',
    'tailscale serve',
  ]) {
    expect(text).toContain(said);
  }
  // What is not built is not named.
  expect(text).not.toMatch(/--domain|ACME|own CA|authority/i);
});

test('to an app from elsewhere it gives the address with the second door, where that stands on it', async () => {
  const { door } = await openTestDoor({ doors: ['/ip4/192.168.1.5/udp/8471/webrtc-direct/certhash/uEiAbc/p2p/12D3Koo'] });
  const says = async (host: string): Promise<string> => (await ask({ port: door.port, headers: { host } })).text;
  expect(await says('192.168.1.5:8470')).toContain('<code>http://192.168.1.5:8470/?udp=8471&#38;certhash=uEiAbc</code>');
  expect(await says('192.168.1.6:8470')).toContain('<code>http://192.168.1.6:8470/</code>');
  expect((await ask({ port: door.port, path: '/?udp=8471&certhash=uEiAbc', headers: { host: '192.168.1.5' } })).status).toBe(200);
});

test('with TLS it links to HTTPS on the same port, and says where the browser will warn', async () => {
  const { door } = await openTestDoor({ certificate: certificateFor(['wavu.example', '*.wavu.example']) });
  const there = await ask({ port: door.port, headers: { host: '192.168.1.5:8470' } });
  expect(there.text).toContain('href="https://wavu.example:8470/"');
  expect(there.text).toContain('href="https://192.168.1.5:8470/"');
  expect(there.text).toContain('will warn you');
  expect(there.text).not.toContain('npm start');
  const at80 = await ask({ port: door.port, headers: { host: 'wavu.example' } });
  expect(at80.text).toContain('href="https://wavu.example:80/"');
});

test('a trusted certificate for this very name needs no warning', async () => {
  const { door } = await openTestDoor({ certificate: { ...certificateFor(['wavu.example']), isSelfSigned: false } });
  const { text } = await ask({ port: door.port, headers: { host: 'wavu.example:8470' } });
  expect(text).toContain('href="https://wavu.example:8470/"');
  expect(text).not.toContain('will warn you');
});

test('X-Forwarded-Proto opens the app only where the host said so', async () => {
  const headers = { host: 'wavu.example', 'x-forwarded-proto': 'https' };
  const { door: unaware } = await openTestDoor();
  const shut = await ask({ port: unaware.port, headers });
  expect(shut.text).toContain('Wavu does not start here');
  expect(shut.text).toContain('--behind-proxy');
  const { door: aware } = await openTestDoor({ behindProxy: true });
  expect((await ask({ port: aware.port, headers })).text).toContain('app-4f1a.js');
  for (const proto of ['http', 'https, http', 'HTTPS ']) {
    const told = await ask({ port: aware.port, headers: { ...headers, 'x-forwarded-proto': proto } });
    expect([proto, told.text.includes('app-4f1a.js')]).toEqual([proto, false]);
  }
});

test('HSTS is never said over plain HTTP', async () => {
  const { door } = await openTestDoor({ behindProxy: true });
  const told = await ask({ port: door.port, headers: { host: 'wavu.example', 'x-forwarded-proto': 'https' } });
  expect(told.headers['strict-transport-security']).toBeUndefined();
});

function certificateFor(names: readonly string[]): Certificate {
  const folder = freshFolder();
  const made = selfSigned(names);
  const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  writeFileSync(certFile, made.cert);
  writeFileSync(keyFile, made.key);
  const read = readCertificate(certFile, keyFile);
  if (read.state === 'refused') throw new Error(read.lines.join(' '));
  return read.certificate;
}
