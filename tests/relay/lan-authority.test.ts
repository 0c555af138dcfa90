/** The authority of a house: trusted, it opens private addresses and nothing else, as OpenSSL itself says; its certificates follow the addresses of now. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { makeAuthority, makeLeaf, readAuthority, readLeaf } from '../../relay/lan-authority.ts';
import type { Authority, Leaf, LeafNames } from '../../relay/lan-authority.ts';
import { openLanDoor } from '../../relay/lan-door.ts';
import type { LanDoor } from '../../relay/lan-door.ts';
import { fencedAddressesHere, isFenced, localNameOf } from '../../relay/lan-fence.ts';
import { createClock, createEntropy } from '../../relay/ports.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { ask, freshFolder, openTestDoor } from './http-world.ts';

const entropy = createEntropy();
const here: LeafNames = { names: ['localhost', 'village-pi.local'], addresses: ['127.0.0.1', '192.168.1.5', 'fd00::2'] };
const dayMs = 86_400_000;

function must<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('there is none');
  return value;
}
const authorityOf = (nowMs = Date.now(), localName: string | null = 'village-pi.local'): Authority =>
  must(readAuthority(makeAuthority(nowMs, entropy, localName)));
const leafOf = (authority: Authority, names: LeafNames, nowMs = Date.now()): Leaf =>
  must(readLeaf(authority, makeLeaf(authority, nowMs, entropy, names)));
const pem = (der: Uint8Array): string => new X509Certificate(der).toString();

/** Shakes hands with the relay at 127.0.0.1 as a client that trusts this authority and means that name. */
function shake(port: number, authority: Authority, name: string): Promise<string> {
  return new Promise((resolve) => {
    const checked = { host: '127.0.0.1', port, ca: pem(authority.der) };
    const socket = connect(/^[\d.:]+$/.test(name) ? { ...checked, host: name } : { ...checked, servername: name }, () => {
      resolve('trusted');
      socket.destroy();
    });
    socket.on('error', (error: Error) => resolve(error.message.split(':')[0] ?? ''));
  });
}

const doorOf = (authority: Authority, leaf: Leaf): LanDoor => ({
  authority,
  leaf: () => leaf,
  watch: () => undefined,
  close: () => undefined,
});

test('who trusts it meets this relay under its private addresses and its own name', async () => {
  const authority = authorityOf();
  const { door } = await openTestDoor({ house: doorOf(authority, leafOf(authority, here)) });
  for (const name of ['127.0.0.1', 'localhost', 'village-pi.local']) {
    expect([name, await shake(door.port, authority, name)]).toEqual([name, 'trusted']);
  }
  expect(await shake(door.port, authority, 'other.local')).toBe("Hostname/IP does not match certificate's altnames");
  expect(await shake(door.port, authorityOf(), '127.0.0.1')).not.toBe('trusted');
});

test('a certificate of it for a name of the internet is refused, and so is one that only adds such a name', async () => {
  const authority = authorityOf();
  for (const names of [
    { names: ['bank.example'], addresses: [] },
    { names: ['localhost', 'bank.example'], addresses: ['127.0.0.1'] },
    { names: ['localhost'], addresses: ['127.0.0.1', '203.0.113.5'] },
    { names: ['localhost', 'other.local'], addresses: ['127.0.0.1'] },
  ]) {
    const { door } = await openTestDoor({ house: doorOf(authority, leafOf(authority, names)) });
    const name = names.names[0] ?? '';
    expect([names, await shake(door.port, authority, name)]).toEqual([names, 'permitted subtree violation']);
  }
});

const openssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!openssl)('openssl, strict, takes what is inside the fence and names what is not', () => {
  const folder = freshFolder();
  const authority = authorityOf();
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const ca = file('ca.pem', pem(authority.der));
  const verify = (names: LeafNames): string => {
    const leaf = file('leaf.pem', leafOf(authority, names).cert);
    const ran = spawnSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, leaf]);
    return ran.status === 0 ? 'OK' : (/error \d+ .*/.exec(String(ran.stderr))?.[0] ?? String(ran.stderr));
  };
  const inside = ['10.1.2.3', '172.31.255.255', '192.168.1.5', '169.254.7.7', '127.0.0.2', 'fd00::2', 'fe80::1', '::1'];
  expect(verify({ names: ['localhost', 'village-pi.local'], addresses: inside })).toBe('OK');
  const outside = ['11.0.0.1', '172.32.0.1', '192.169.0.1', '100.64.0.1', '203.0.113.5', '2001:db8::1', 'fec0::1', '::2'];
  for (const address of outside) {
    expect([address, verify({ names: ['localhost'], addresses: [address] })]).toEqual([address, expect.stringContaining('47')]);
    expect(isFenced(address)).toBe(false);
  }
  for (const name of ['bank.example', 'local', 'other.local', 'xvillage-pi.local']) {
    expect([name, verify({ names: [name], addresses: [] })]).toEqual([name, expect.stringContaining('47')]);
  }
  expect(inside.every(isFenced)).toBe(true);
  // Authorities under it there are none: what such a one signs is refused.
  const text = String(spawnSync('openssl', ['x509', '-in', ca, '-noout', '-text']).stdout);
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  expect(text).toMatch(/Name Constraints: critical/);
});

test('its certificates live no longer than any browser grants, nor longer than the authority', () => {
  const authority = authorityOf();
  const leaf = new X509Certificate(leafOf(authority, here).cert);
  expect((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / dayMs).toBeLessThanOrEqual(397);
  expect(leafOf(authority, here, Date.now() + 3_600 * dayMs).validUntilMs).toBe(authority.validUntilMs);
});

test('the certificate is kept while it will do, and made anew for an address that came or before it ends', () => {
  const authority = authorityOf();
  let nowMs = Date.now();
  let addresses: readonly string[] = ['127.0.0.1', '192.168.1.5'];
  let kept: Uint8Array | null = null;
  let look = (): void => undefined;
  const clock: Clock = { ...createClock(), nowMs: () => nowMs, after: (_ms, run) => ((look = run), () => undefined) };
  const open = (): LanDoor =>
    openLanDoor({
      folder: { authority, keptLeaf: kept, keepLeaf: (bytes) => ((kept = bytes), null) },
      namesNow: () => ({ names: ['localhost'], addresses }),
      clock,
      entropy,
      log: () => undefined,
    });
  const first = open().leaf().cert;
  const door = open();
  expect(door.leaf().cert).toBe(first);
  const renewed: string[] = [];
  door.watch((leaf) => renewed.push(leaf.cert));
  look();
  addresses = ['127.0.0.1'];
  look();
  expect(renewed).toEqual([]);
  addresses = ['127.0.0.1', '10.0.0.7'];
  look();
  expect(renewed).toEqual([door.leaf().cert]);
  expect(door.leaf().covers({ kind: 'ip4', name: '10.0.0.7', port: null })).toBe(true);
  nowMs += 366 * dayMs;
  look();
  expect(renewed.length).toBe(2);
  expect(open().leaf().cert).toBe(renewed[1]);
  kept = new Uint8Array(40);
  expect(open().leaf().cert).not.toBe(renewed[1]);
});

test('a clock that begins in 1970 or has outlived the authority makes nothing in vain', () => {
  const early = authorityOf(0);
  expect(early.validUntilMs).toBeGreaterThan(Date.UTC(2036, 0, 1));
  expect(leafOf(early, here, 0).validUntilMs).toBeGreaterThan(Date.UTC(2027, 10, 1));
  let made = 0;
  let look = (): void => undefined;
  const door = openLanDoor({
    folder: { authority: early, keptLeaf: null, keepLeaf: () => ((made += 1), 'ENOSPC') },
    namesNow: () => here,
    clock: { ...createClock(), nowMs: () => Date.UTC(2036, 9, 25), after: (_ms, run) => ((look = run), () => undefined) },
    entropy,
    log: () => undefined,
  });
  door.watch(() => undefined);
  for (let minute = 0; minute < 5; minute += 1) look();
  expect(made).toBe(1);
});

test('what is no authority, or not of this one, is read as nothing', () => {
  const authority = authorityOf();
  const leaf = makeLeaf(authority, Date.now(), entropy, here);
  expect(readAuthority(leaf)).toBeNull();
  expect(readLeaf(authorityOf(), leaf)).toBeNull();
  for (const bytes of [new Uint8Array(), new Uint8Array(2), Uint8Array.of(255, 255), leaf.subarray(0, leaf.length - 9)]) {
    expect([readAuthority(bytes), readLeaf(authority, bytes)]).toEqual([null, null]);
  }
});

test('a host is called by its first label, or by nothing', () => {
  expect(['Village-Pi', 'pi.lan', 'localhost', 'a_b', '-x', '', 'x'.repeat(64)].map(localNameOf)).toEqual([
    'village-pi.local',
    'pi.local',
    null,
    null,
    null,
    null,
    null,
  ]);
  expect(authorityOf(Date.now(), null).localName).toBeNull();
  expect(authorityOf().localName).toBe('village-pi.local');
  expect(fencedAddressesHere('192.168.1.5')).toEqual(['127.0.0.1', '::1', '192.168.1.5']);
  expect(fencedAddressesHere('203.0.113.5')).toEqual(['127.0.0.1', '::1']);
});

test('the doorstep shows the way by HTTPS, the authority with its fingerprint, and hands it out', async () => {
  const authority = authorityOf();
  // It may break between two bytes, and nowhere else.
  const shown = authority.fingerprint.replaceAll(':', ':<wbr>');
  const { door } = await openTestDoor({ house: doorOf(authority, leafOf(authority, here)) });
  const { text } = await ask({ port: door.port, headers: { host: '192.168.1.5:8470' } });
  expect(text).toContain('href="https://192.168.1.5:8470/"');
  expect(text).toContain(shown);
  expect(text).toContain('Not as any site of the internet');
  const named = await ask({ port: door.port, headers: { host: 'wavu.lan:8470' } });
  expect(named.text).toContain('href="https://village-pi.local:8470/"');
  for (const tls of [false, true]) {
    const told = await ask({ port: door.port, path: '/wavu-authority.crt', headers: { host: '192.168.1.5:8470' }, tls });
    expect([told.status, told.headers['content-type']]).toEqual([200, 'application/x-x509-ca-cert']);
    expect(new X509Certificate(told.body).fingerprint256).toBe(authority.fingerprint);
    // A name of the house is not only ours.
    expect(told.headers['strict-transport-security']).toBeUndefined();
  }
  // Through a proxy nobody knows where they come from.
  const headers = { host: '192.168.1.5:8470', 'x-forwarded-for': '203.0.113.5' };
  expect((await ask({ port: door.port, path: '/wavu-authority.crt', headers })).status).toBe(404);
  expect((await ask({ port: door.port, headers })).text).not.toContain(shown);
  const { door: without } = await openTestDoor();
  expect((await ask({ port: without.port, path: '/wavu-authority.crt' })).status).toBe(404);
});
