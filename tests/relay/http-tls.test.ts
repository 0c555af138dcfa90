/** One port, told apart by the first byte: HTTP, HTTPS, and WebSockets through both. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { readCertificate } from '../../relay/http/certificate.ts';
import type { Certificate } from '../../relay/http/certificate.ts';
import { openRaw } from './http-raw.ts';
import { ask, freshFolder, openTestDoor } from './http-world.ts';
import { selfSigned } from './self-signed.ts';

test('HTTPS and HTTP answer on the same port', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'], ['127.0.0.1'])) });
  const host = 'wavu.example:8470';
  const secure = await ask({ port: door.port, tls: true, headers: { host } });
  expect([secure.status, secure.text.includes('app-4f1a.js')]).toEqual([200, true]);
  const bare = await ask({ port: door.port, headers: { host } });
  expect(bare.text).toContain('Wavu does not start here');
  expect((await ask({ port: door.port })).text).toContain('app-4f1a.js');
});

test('HSTS is said over TLS, and never for this machine', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'])) });
  for (const [host, said] of [
    ['wavu.example', 'max-age=15552000'],
    ['localhost', undefined],
    ['127.0.0.1', undefined],
  ] as const) {
    for (const asked of ['/', '/nothing', '/.well-known/wavu.json']) {
      const told = await ask({ port: door.port, tls: true, path: asked, headers: { host } });
      expect([host, asked, told.headers['strict-transport-security']]).toEqual([host, asked, said]);
    }
  }
});

test('the card over TLS names a wss door', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'])) });
  const told = await ask({ port: door.port, tls: true, path: '/.well-known/wavu.json', headers: { host: 'wavu.example' } });
  expect(told.text).toContain('"/dns4/wavu.example/tcp/443/tls/ws/p2p/');
});

test('old TLS is refused', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'])) });
  const connect = (maxVersion: 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
    new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: door.port, rejectUnauthorized: false, minVersion: 'TLSv1' as const, maxVersion };
      const socket = connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.on('error', () => resolve('refused'));
    });
  expect(await connect('TLSv1.1')).toBe('refused');
  expect(await connect('TLSv1.2')).toBe('TLSv1.2');
});

test('a TLS handshake that stops halfway is ended, and harms nobody', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'])), limits: { firstByteMs: 300 } });
  const half = await Promise.all(Array.from({ length: 20 }, () => openRaw(door.port)));
  for (const { socket } of half) socket.write(Buffer.of(0x16, 3, 1, 2, 0, 1, 0, 1, 252));
  const garbage = await openRaw(door.port);
  garbage.socket.write(Buffer.concat([Buffer.of(0x16, 3, 1), Buffer.alloc(4_000, 0xff)]));
  expect((await ask({ port: door.port, tls: true })).status).toBe(200);
  for (const { isClosed } of await Promise.all([...half, garbage].map((each) => each.heard(3_000)))) expect(isClosed).toBe(true);
  await expect.poll(() => door.counts()['connections']).toBe(0);
});

test('slow headers inside TLS time out like any', async () => {
  const limits = { headersMs: 300, requestMs: 500, checkEveryMs: 50 };
  const { door } = await openTestDoor({ certificate: load(selfSigned(['wavu.example'])), limits });
  const heard = await new Promise<string>((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port: door.port, rejectUnauthorized: false });
    let text = '';
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ');
    socket.on('data', (part: Buffer) => (text += part.toString()));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
});

test('WebSockets reach the node by ws and by wss, whatever their path', async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const { door, upgrades } = await openTestDoor({
    certificate: load(selfSigned(['wavu.example'])),
    limits: { silentMs: 400 },
    acceptUpgrade: (request, socket) =>
      sockets.handleUpgrade(request, socket, Buffer.alloc(0), (accepted) =>
        accepted.on('message', (data) => accepted.send(data)),
      ),
  });
  for (const url of [`ws://127.0.0.1:${door.port}/`, `wss://127.0.0.1:${door.port}/wavu`]) {
    const socket = new WebSocket(url, { rejectUnauthorized: false, headers: { host: '192.168.1.5' } });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    // Longer than HTTP would bear silence.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const echoed = new Promise<string>((resolve) => socket.once('message', (data) => resolve((data as Buffer).toString())));
    socket.send('sealed');
    expect(await echoed).toBe('sealed');
    socket.terminate();
  }
  expect(upgrades.map(({ url }) => url)).toEqual(['/', '/wavu']);
});

test('other upgrades are ignored or refused, never handed on', async () => {
  const { door, upgrades } = await openTestDoor();
  const offered = await ask({ port: door.port, headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' } });
  expect(offered.status).toBe(200);
  const posted = await ask({ port: door.port, method: 'POST', headers: { connection: 'upgrade', upgrade: 'websocket' } });
  expect(posted.status).toBe(405);
  expect(upgrades).toEqual([]);
});

test('a renewed certificate is met by the next connection', async () => {
  const { door } = await openTestDoor({ certificate: load(selfSigned(['old.example'])) });
  const nameNow = (): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: door.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().subjectaltname);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  expect(await nameNow()).toBe('DNS:old.example');
  door.renew(load(selfSigned(['new.example'])));
  expect(await nameNow()).toBe('DNS:new.example');
});

test('a certificate is read for what it is', () => {
  const certificate = load(selfSigned(['wavu.example', '*.village.example'], ['192.168.1.5'], 10));
  expect(certificate.names).toEqual(['wavu.example', '*.village.example']);
  expect(certificate.isSelfSigned).toBe(true);
  expect(Math.round((certificate.validUntilMs - Date.now()) / 86_400_000)).toBe(10);
  const covers = (kind: 'name' | 'ip4', name: string): boolean => certificate.covers({ kind, name, port: null });
  expect([covers('name', 'wavu.example'), covers('name', 'a.village.example'), covers('ip4', '192.168.1.5')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([covers('name', 'other.example'), covers('ip4', '192.168.1.6')]).toEqual([false, false]);
});

test('a wrong certificate or key is refused by name', () => {
  const folder = freshFolder();
  const at = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const [one, other] = [selfSigned(['a.example']), selfSigned(['b.example'])];
  const cert = at('cert.pem', one.cert);
  const refusals = [
    readCertificate(path.join(folder, 'absent.pem'), at('key.pem', one.key)),
    readCertificate(cert, path.join(folder, 'absent.pem')),
    readCertificate(at('junk.pem', 'junk'), at('key.pem', one.key)),
    readCertificate(cert, at('junk.pem', 'junk')),
    readCertificate(cert, at('other.pem', other.key)),
  ].map((read) => (read.state === 'refused' ? read.lines.join(' ') : 'read'));
  expect(refusals.map((line) => line.replaceAll(folder + path.sep, ''))).toEqual([
    '--cert absent.pem: this file cannot be read.',
    '--key absent.pem: this file cannot be read.',
    '--cert junk.pem: there is no certificate in it (PEM, "BEGIN CERTIFICATE").',
    '--key junk.pem: there is no private key in it (PEM, without a password).',
    '--key other.pem: this key does not belong to the certificate cert.pem',
  ]);
});

function load({ cert, key }: { readonly cert: string; readonly key: string }): Certificate {
  const folder = freshFolder();
  writeFileSync(path.join(folder, 'cert.pem'), cert);
  writeFileSync(path.join(folder, 'key.pem'), key);
  const read = readCertificate(path.join(folder, 'cert.pem'), path.join(folder, 'key.pem'));
  if (read.state === 'refused') throw new Error(read.lines.join(' '));
  return read.certificate;
}
