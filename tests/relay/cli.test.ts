/** The real relay, as a process: how it stands, how it refuses, and what it leaves behind. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import { openRaw } from './http-raw.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { runRelay } from './relay-process.ts';
import type { RelayLine, RelayProcess } from './relay-process.ts';
import { selfSigned } from './self-signed.ts';

const start = (data: string, ...more: readonly string[]): RelayProcess =>
  runRelay(['--host', '127.0.0.1', '--port', '0', '--json', '--app', writeApp(freshFolder()), '--data', data, ...more]);

test('stands, says so in one line, serves the page and its card, and takes WebSockets', async () => {
  const data = freshFolder();
  const relay = start(data);
  const line = await relay.line;
  expect(line).toMatchObject({ url: `http://localhost:${line.port}/`, data, square: 'on', pid: relay.child.pid });
  expect(line.addresses).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\//)]);
  expect(line.ways).toEqual([{ url: line.url, gives: 'app', who: 'this machine', isBare: false }]);

  expect((await ask({ port: line.port })).text).toContain('app-4f1a.js');
  const told = await ask({ port: line.port, path: '/.well-known/wavu.json' });
  const card = readRelayCard(JSON.parse(told.text));
  if (isRefusal(card)) throw new Error(card.refused);
  expect(card.relay).toEqual({
    peerId: line.peerId,
    addresses: [`/dns4/localhost/tcp/${line.port}/ws/p2p/${line.peerId}`, ...line.addresses],
  });
  expect(card.square?.topic).toMatch(/^wavu\/square\/1\/[0-9a-f]{32}$/);
  expect((await ask({ port: line.port, path: '/healthz' })).text).toBe('ok\n');
  expect((await ask({ port: line.port, path: '/metrics' })).text).toMatch(/^wavu_relay_http_requests \d+$/m);

  const socket = new WebSocket(`ws://127.0.0.1:${line.port}/`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  // libp2p's multistream greeting: the node itself is behind this door.
  const greeting = Buffer.from('\x13/multistream/1.0.0\n');
  const heard = new Promise<Buffer>((resolve) => socket.once('message', (bytes) => resolve(bytes as Buffer)));
  socket.send(greeting);
  expect((await heard).toString()).toContain('/multistream/1.0.0');
  expect(relay.out().split('\n')).toHaveLength(2);
});

test('Ctrl-C in the midst of things: exit 0 within two seconds, the port free, the lock gone', async () => {
  const data = freshFolder();
  const relay = start(data);
  const { port } = await relay.line;
  const idle = await openRaw(port);
  const slow = await openRaw(port);
  slow.socket.write('GET / HTTP/1.1\r\nHost: loc');
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const closed = new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
  expect(existsSync(path.join(data, 'relay.lock'))).toBe(true);

  const since = performance.now();
  relay.child.kill('SIGINT');
  // An impatient terminal tells twice.
  setTimeout(() => relay.child.kill('SIGINT'), 20);
  expect(await relay.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - since).toBeLessThan(2_000);
  await closed;
  expect((await idle.heard()).isClosed).toBe(true);
  expect(readdirSync(data).toSorted()).toEqual([
    'access',
    'authority',
    'identity',
    'lan-certificate',
    'owner',
    'square',
    'webrtc-direct',
  ]);
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  await new Promise((resolve) => server.close(resolve));
});

test('SIGTERM and SIGHUP end it as well, and its name survives', async () => {
  const data = freshFolder();
  const names: string[] = [];
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const relay = start(data);
    names.push((await relay.line).peerId);
    relay.child.kill(signal);
    expect([signal, await relay.ended]).toEqual([signal, { code: 0, signal: null }]);
    expect(existsSync(path.join(data, 'relay.lock'))).toBe(false);
  }
  expect(new Set(names).size).toBe(1);
});

test('a relay killed outright does not keep its folder', async () => {
  const data = freshFolder();
  const first = start(data);
  const { peerId } = await first.line;
  first.child.kill('SIGKILL');
  await first.ended;
  expect(existsSync(path.join(data, 'relay.lock'))).toBe(true);
  expect((await start(data).line).peerId).toBe(peerId);
});

test('a taken port is refused with who has it, and never replaced', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const data = freshFolder();
    const relay = runRelay(['--host', host, '--port', String(port), '--json', '--app', writeApp(freshFolder()), '--data', data]);
    expect(await relay.ended).toEqual({ code: 1, signal: null });
    expect(relay.out()).toBe('');
    expect(relay.err()).toContain(`wavu: Port ${port} is taken by`);
    // Only Linux tells which process.
    expect(relay.err()).toContain(process.platform === 'linux' ? `process ${process.pid} (` : 'another program');
    expect(relay.err()).toContain(`--port ${port + 1}`);
    expect(readdirSync(data)).toEqual([]);
  }
});

test('a port another relay has is blamed on it', async () => {
  const { port } = await start(freshFolder()).line;
  const second = runRelay([
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--app',
    writeApp(freshFolder()),
    '--data',
    freshFolder(),
  ]);
  expect((await second.ended).code).toBe(1);
  expect(second.err()).toContain(`Port ${port} is taken by a Wavu relay`);
});

test('two relays on one folder: the second is refused, the first stays', async () => {
  const data = freshFolder();
  const first = start(data);
  const { port, pid } = await first.line;
  const second = start(data);
  expect((await second.ended).code).toBe(1);
  expect(second.err()).toContain(`Another relay (process ${pid}) uses this data folder: ${data}`);
  expect((await ask({ port, path: '/healthz' })).status).toBe(200);
});

test('a damaged identity is refused by name, and kept', async () => {
  const data = freshFolder();
  const file = path.join(data, 'identity');
  writeFileSync(file, 'half an iden');
  const relay = start(data);
  expect((await relay.ended).code).toBe(1);
  expect(relay.err()).toContain(`This file is damaged, or was written by another version: ${file}`);
  expect(readFileSync(file, 'utf8')).toBe('half an iden');
  expect(readdirSync(data)).not.toContain('relay.lock');
});

test('bad values end it with 2 and the line to fix', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['--port', '99999'], '--port 99999: a port is'],
    [['--prot', '1'], 'Did you mean --port?'],
    [['--cert', '/nowhere.pem', '--key', '/nowhere.pem'], '--cert /nowhere.pem: this file cannot be read.'],
  ];
  await Promise.all(
    cases.map(async ([args, words]) => {
      const relay = runRelay([...args, '--app', writeApp(freshFolder()), '--data', freshFolder()]);
      expect([args, (await relay.ended).code, relay.out()]).toEqual([args, 2, '']);
      expect(relay.err()).toContain(words);
    }),
  );
});

test('an address this machine has not, and a page that is not built, are said so', async () => {
  const away = runRelay(['--host', '203.0.113.9', '--port', '0', '--app', writeApp(freshFolder()), '--data', freshFolder()]);
  expect((await away.ended).code).toBe(1);
  expect(away.err()).toContain('--host 203.0.113.9: this machine has no such address');
  const empty = freshFolder();
  const unbuilt = runRelay(['--port', '0', '--app', empty, '--data', freshFolder()]);
  expect((await unbuilt.ended).code).toBe(1);
  expect(unbuilt.err()).toContain(`There is no built page in ${empty}`);
});

test('--help is on standard output and ends well', async () => {
  const relay = runRelay(['--help']);
  expect((await relay.ended).code).toBe(0);
  expect(relay.out()).toContain('--webrtc-direct-port');
  expect(relay.err()).toBe('');
});

test('without --json a person reads where it is; no colours, no code where nobody looks', async () => {
  const app = writeApp(freshFolder());
  const relay = runRelay(['--host', '127.0.0.1', '--port', '0', '--app', app, '--data', freshFolder(), '--square', 'off']);
  await expect.poll(relay.out, { timeout: 10_000 }).toContain('Ctrl-C ends it.');
  expect(relay.out()).toMatch(/Wavu is at {2}http:\/\/localhost:\d+\//);
  expect(relay.out()).toContain('Square off');
  expect(relay.out()).toContain('Nobody else reaches this address');
  expect(relay.out()).not.toContain('\x1b');
});

test('--cert and --key: HTTPS on the port, the doorstep beside it, the name in the line', async () => {
  const folder = freshFolder();
  const made = selfSigned(['wavu.example']);
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  const line = await start(freshFolder(), '--cert', cert, '--key', key).line;
  expect(line.ways.map(({ url, gives }) => [url, gives])).toContainEqual([
    `https://wavu.example:${line.port}/`,
    'app-after-warning',
  ]);
  const host = `wavu.example:${line.port}`;
  expect((await ask({ port: line.port, tls: true, headers: { host } })).text).toContain('app-4f1a.js');
  expect((await ask({ port: line.port, headers: { host } })).text).toContain(`href="https://${host}/"`);
});

test('without a certificate HTTPS is by an authority of its own, the same after a restart', async () => {
  const data = freshFolder();
  const shown = async ({ port }: RelayLine): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const first = start(data);
  const line = await first.line;
  const given = await ask({ port: line.port, path: '/wavu-authority.crt' });
  expect(new X509Certificate(given.body).fingerprint256).toBe(line.authority);
  const leaf = await shown(line);
  first.child.kill('SIGTERM');
  await first.ended;
  const again = await start(data).line;
  expect([again.authority, await shown(again)]).toEqual([line.authority, leaf]);
  // A proxy speaks HTTPS for us: two kinds would lead to two places.
  expect((await start(freshFolder(), '--behind-proxy').line).authority).toBeNull();
});

test('a taken UDP port is refused by its number, and nothing stays locked', async () => {
  const holder = createSocket('udp4');
  await new Promise<void>((resolve) => holder.bind(0, '127.0.0.1', resolve));
  const data = freshFolder();
  const relay = start(data, '--webrtc-direct-port', `${holder.address().port}`);
  expect((await relay.ended).code).toBe(1);
  expect(relay.err()).toContain(`UDP port ${holder.address().port} is taken`);
  expect(relay.err()).toContain('--webrtc-direct-port off');
  expect(existsSync(path.join(data, 'relay.lock'))).toBe(false);
  await new Promise<void>((resolve) => holder.close(resolve));
});

test('the second door is shut where it is not wanted', async () => {
  expect((await start(freshFolder(), '--webrtc-direct-port', 'off').line).addresses).toEqual([]);
});

test('webrtc-direct is the second door, on a port of its own choice', async () => {
  const relay = start(freshFolder(), '--webrtc-direct-port', '0');
  const { addresses, port, peerId } = await relay.line;
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses)
    expect(address).toMatch(/^\/ip4\/[\d.]+\/udp\/\d+\/webrtc-direct\/certhash\/[\w-]+\/p2p\/\w+$/);
  const told = await ask({ port, path: '/.well-known/wavu.json' });
  const card = readRelayCard(JSON.parse(told.text));
  if (isRefusal(card)) throw new Error(card.refused);
  expect(card.relay.addresses).toEqual([`/dns4/localhost/tcp/${port}/ws/p2p/${peerId}`, ...addresses]);
});
