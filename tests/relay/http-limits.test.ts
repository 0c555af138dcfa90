/** Who is slow, big or many is refused, and nobody else notices. */
import { expect, test } from 'vitest';
import { createCrowd } from '../../relay/http/crowd.ts';
import { distanceOf, householdOf, streetOf } from '../../relay/http/remote.ts';
import { openRaw } from './http-raw.ts';
import { ask, openTestDoor } from './http-world.ts';

const impatient = { firstByteMs: 300, headersMs: 500, requestMs: 700, keepAliveMs: 300, checkEveryMs: 50 };

test('a connection that says nothing is closed', async () => {
  const { door } = await openTestDoor({ limits: impatient });
  const { isClosed, afterMs, text } = await (await openRaw(door.port)).heard(3_000);
  expect([isClosed, text]).toEqual([true, '']);
  expect(afterMs).toBeGreaterThan(250);
});

test('slowloris: headers that come a byte at a time end in 408, while others are served', async () => {
  const { door } = await openTestDoor({ limits: impatient });
  const slow = await Promise.all(Array.from({ length: 30 }, () => openRaw(door.port)));
  for (const { socket } of slow) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ');
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('a');
  }, 20);
  const during = await ask({ port: door.port });
  const ends = await Promise.all(slow.map((each) => each.heard(4_000)));
  clearInterval(drip);
  expect(during.status).toBe(200);
  for (const { isClosed, text } of ends) {
    expect(isClosed).toBe(true);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain("default-src 'none'");
  }
  await expect.poll(() => door.counts()['connections'], { timeout: 3_000 }).toBe(0);
});

test('a request that never ends its body holds nothing', async () => {
  const { door } = await openTestDoor({ limits: impatient });
  const raw = await openRaw(door.port);
  raw.socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx');
  const { isClosed, text } = await raw.heard(3_000);
  expect(isClosed).toBe(true);
  expect(text).toMatch(/^HTTP\/1\.1 405 /);
});

test('ten thousand bytes of headers are refused, four thousand are not', async () => {
  const { door } = await openTestDoor();
  const padded = (bytes: number) => ask({ port: door.port, headers: { 'x-padding': 'x'.repeat(bytes) } });
  const big = await padded(10_000);
  expect(big.status).toBe(431);
  expect(big.headers['content-security-policy']).toContain("default-src 'none'");
  expect((await padded(4_000)).status).toBe(200);
});

test('what is no HTTP is told so, once', async () => {
  const { door } = await openTestDoor();
  for (const said of ['\r\n\r\nnonsense\r\n\r\n', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', '\0\0\0\0\0\0\0\0', 'SSH-2.0-x\r\n']) {
    const raw = await openRaw(door.port);
    raw.socket.write(said);
    const { isClosed, text } = await raw.heard(3_000);
    expect([said, isClosed]).toEqual([said, true]);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  }
});

test('no Host, or two, is refused with our headers', async () => {
  const { door } = await openTestDoor();
  for (const hosts of ['', 'Host: localhost\r\nHost: evil.example\r\n', 'Host:\r\n']) {
    const raw = await openRaw(door.port);
    raw.socket.write(`GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
    const { text } = await raw.heard(3_000);
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*default-src 'none'/);
  }
});

test('an idle kept connection is closed', async () => {
  const { door } = await openTestDoor({ limits: impatient });
  const raw = await openRaw(door.port);
  raw.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { isClosed, text } = await raw.heard(4_000);
  expect(isClosed).toBe(true);
  expect(text).toContain('ok\n');
});

test('a TLS handshake to a door without TLS is closed at once', async () => {
  const { door } = await openTestDoor();
  const raw = await openRaw(door.port);
  raw.socket.write(Buffer.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0));
  const { isClosed, text } = await raw.heard(2_000);
  expect([isClosed, text]).toEqual([true, '']);
});

test('when full, the newest hears why and those inside stay', async () => {
  const { door } = await openTestDoor({ limits: { connections: 3 } });
  const inside = await Promise.all([1, 2, 3].map(() => openRaw(door.port)));
  for (const { socket } of inside) socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await expect.poll(() => door.counts()['connections']).toBe(3);
  const late = await openRaw(door.port);
  const { isClosed, text } = await late.heard(3_000);
  expect(isClosed).toBe(true);
  expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*This relay is full/);
  expect(door.counts()).toMatchObject({ refused: 1, connections: 3 });
  inside[0]?.socket.destroy();
  await expect.poll(() => door.counts()['connections']).toBe(2);
  expect((await ask({ port: door.port })).status).toBe(200);
});

test('a household and a street have their share; this machine is exempt', () => {
  const crowd = createCrowd({ connections: 100, perHousehold: 2, perStreet: 3 });
  const enter = (address: string): string => {
    const admission = crowd.enter(address);
    return admission.state === 'in' ? 'in' : admission.why;
  };
  expect(['198.51.100.1', '198.51.100.1', '198.51.100.1'].map(enter)).toEqual(['in', 'in', 'too-many-from-there']);
  expect(['198.51.100.2', '198.51.100.3', '198.51.101.1'].map(enter)).toEqual(['in', 'too-many-from-there', 'in']);
  expect(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:5::1', '2001:db8:0:1::1'].map(enter)).toEqual([
    'in',
    'in',
    'too-many-from-there',
    'in',
  ]);
  expect(Array.from({ length: 20 }, () => enter('::ffff:127.0.0.1'))).not.toContain('too-many-from-there');
});

test('who leaves makes room, once', () => {
  const crowd = createCrowd({ connections: 2, perHousehold: 1, perStreet: 1 });
  const first = crowd.enter('198.51.100.1');
  expect(crowd.enter('198.51.100.1').state).toBe('refused');
  if (first.state === 'in') {
    first.leave();
    first.leave();
  }
  expect(crowd.size()).toBe(0);
  expect(crowd.enter('198.51.100.1').state).toBe('in');
});

test('addresses are grouped by whoever owns them', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.3.2.1'].map(distanceOf)).toEqual(Array(3).fill('this-machine'));
  const near = [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.9',
    '169.254.1.1',
    '100.100.1.1',
    'fe80::1%eth0',
    'fd12::1',
    '::ffff:10.0.0.1',
  ];
  expect(near.map(distanceOf)).toEqual(near.map(() => 'neighbourhood'));
  expect(['172.32.0.1', '203.0.113.1', '2001:db8::1', '100.128.0.1', ''].map(distanceOf)).toEqual(Array(5).fill('anywhere'));
  expect([householdOf('::ffff:192.0.2.7'), streetOf('192.0.2.7')]).toEqual(['192.0.2.7', '192.0.2']);
  expect([householdOf('2001:DB8:1:2:3::9'), streetOf('2001:db8::1')]).toEqual(['2001:db8:1:2', '2001:db8:0']);
});
