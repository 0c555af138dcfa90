/** The data folder: made once, kept for ever, never shared, never repaired by guessing. */
import { X509Certificate, createHash, createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../relay/data-folder.ts';
import type { DataFolder, OpenedFolder } from '../../relay/data-folder.ts';
import { lockName } from '../../relay/folder-lock.ts';
import { createClock, createEntropy } from '../../relay/ports.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { freshFolder } from './http-world.ts';

const open = (folder: string, clock: Clock = createClock(), onLost: () => void = () => undefined): OpenedFolder =>
  openDataFolder(folder, { clock, entropy: createEntropy(), localName: null }, onLost);

function must(opened: OpenedFolder): DataFolder {
  if (opened.state === 'refused') throw new Error(opened.lines.join(' '));
  onTestFinished(opened.folder.close);
  return opened.folder;
}

const wordsOf = (opened: OpenedFolder): string => (opened.state === 'refused' ? opened.lines.join(' ') : 'open');

test('the identity and the Square stay the same', () => {
  const at = path.join(freshFolder(), 'deep', 'er');
  const first = must(open(at));
  expect([first.isNew, first.identityKey.length, first.squareSecret.length]).toEqual([true, 32, 32]);
  expect(first.identityKey).not.toEqual(first.squareSecret);
  first.close();
  const again = must(open(at));
  expect([again.isNew, again.identityKey, again.squareSecret]).toEqual([false, first.identityKey, first.squareSecret]);
});

test.skipIf(process.platform === 'win32')('only their owner reads them, also when somebody opened them to all', () => {
  const at = path.join(freshFolder(), 'new');
  const modeOf = (name: string): number => statSync(path.join(at, name)).mode & 0o777;
  must(open(at)).close();
  const names = ['.', 'access', 'authority', 'identity', 'owner', 'square', 'webrtc-direct'];
  expect(names.map(modeOf)).toEqual([0o700, 0o600, 0o600, 0o600, 0o600, 0o600, 0o600]);
  for (const name of ['authority', 'identity', 'webrtc-direct']) chmodSync(path.join(at, name), 0o644);
  must(open(at));
  expect(['authority', 'identity', 'webrtc-direct'].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
});

test('nothing but what it keeps is left when it closes', () => {
  const at = freshFolder();
  const folder = must(open(at));
  expect(readdirSync(at).toSorted()).toEqual(['access', 'authority', 'identity', 'owner', lockName, 'square', 'webrtc-direct']);
  folder.close();
  folder.close();
  expect(readdirSync(at).toSorted()).toEqual(['access', 'authority', 'identity', 'owner', 'square', 'webrtc-direct']);
});

test('a damaged file is refused by name and left as it is', () => {
  const good = freshFolder();
  must(open(good)).close();
  const whole = readFileSync(path.join(good, 'identity'), 'latin1');
  const damages = [
    '',
    'junk',
    whole.trim(),
    whole.replace(/[0-9a-f](?= )/, (letter) => (letter === '0' ? '1' : '0')),
    whole.toUpperCase(),
    whole + whole,
  ];
  for (const name of ['access', 'authority', 'identity', 'owner', 'square', 'webrtc-direct']) {
    for (const damage of damages) {
      const at = freshFolder();
      must(open(at)).close();
      const file = path.join(at, name);
      writeFileSync(file, damage);
      const opened = open(at);
      expect([opened.state, opened.state === 'refused' && opened.why]).toEqual(['refused', 'damaged']);
      expect(wordsOf(opened)).toContain(file);
      expect(readFileSync(file, 'latin1')).toBe(damage);
      expect(existsSync(path.join(at, lockName))).toBe(false);
    }
  }
});

test('the certificate of the second door stays, until its last year', () => {
  const at = freshFolder();
  const first = must(open(at));
  const { certhash, pem, privateKey, validUntilMs } = first.directCertificate;
  first.close();
  const certificate = new X509Certificate(pem);
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  expect(certhash).toMatch(/^uEi[\w-]{44}$/);

  const afterMs = (ms: number): DataFolder => must(open(at, { ...createClock(), nowMs: () => Date.now() + ms }));
  const year = 365 * 86_400_000;
  const later = afterMs(8.9 * year);
  expect(later.directCertificate).toEqual(first.directCertificate);
  later.close();
  const last = afterMs(9.1 * year);
  expect(last.directCertificate.certhash).not.toBe(certhash);
  expect(last.directCertificate.validUntilMs).toBeGreaterThan(validUntilMs + 9 * year);
  expect(last.identityKey).toEqual(first.identityKey);
  last.close();
  const again = must(open(at));
  expect(again.directCertificate).toEqual(last.directCertificate);
});

test('a whole line around no certificate is damage too', () => {
  const at = freshFolder();
  must(open(at)).close();
  const file = path.join(at, 'webrtc-direct');
  const [mark = '', hex = ''] = readFileSync(file, 'latin1').split(' ');
  const bytes = Buffer.from(hex, 'hex');
  bytes.fill(0, bytes.length - 200);
  const line = `${mark} ${bytes.toString('hex')}`;
  writeFileSync(file, `${line} ${createHash('sha256').update(line).digest('hex').slice(0, 16)}\n`);
  expect(open(at)).toMatchObject({ state: 'refused', why: 'damaged' });
});

test('the file of the one is never taken for the other', () => {
  const at = freshFolder();
  must(open(at)).close();
  writeFileSync(path.join(at, 'identity'), readFileSync(path.join(at, 'square')));
  expect(open(at)).toMatchObject({ state: 'refused', why: 'damaged' });
});

test('a write cut short is not taken for an identity', () => {
  const at = freshFolder();
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, 'identity.unfinished'), 'wavu-relay-iden');
  expect(must(open(at)).isNew).toBe(true);
});

test('two relays cannot share a folder', () => {
  const at = freshFolder();
  const first = must(open(at));
  const second = open(at);
  expect(second).toMatchObject({ state: 'refused', why: 'in-use' });
  expect(wordsOf(second)).toContain(`process ${process.pid}`);
  first.close();
  must(open(at));
});

test('the lock of a dead process is taken over', () => {
  const at = freshFolder();
  const first = must(open(at));
  const mine = JSON.parse(readFileSync(path.join(at, lockName), 'utf8')) as Record<string, unknown>;
  first.close();
  const stale = [
    { ...mine, pid: 2 ** 22 + 7, born: mine['born'] === null ? null : '1' },
    // Our own number, from an earlier life: in a container every relay is process 1.
    { ...mine, born: mine['born'] === null ? null : '1' },
  ];
  for (const lock of stale) {
    writeFileSync(path.join(at, lockName), JSON.stringify(lock));
    must(open(at)).close();
    expect(readdirSync(at).toSorted()).toEqual(['access', 'authority', 'identity', 'owner', 'square', 'webrtc-direct']);
  }
});

test('a holder elsewhere counts as long as it stirs', () => {
  const at = freshFolder();
  must(open(at)).close();
  const file = path.join(at, lockName);
  for (const text of [JSON.stringify({ pid: 1, born: '5', where: 'another-box pid:[1]' }), '', '{"pid":"x"}']) {
    writeFileSync(file, text);
    const fresh = open(at);
    expect(fresh).toMatchObject({ state: 'refused', why: 'in-use' });
    const longAgoS = Date.now() / 1000 - 120;
    utimesSync(file, longAgoS, longAgoS);
    must(open(at)).close();
  }
});

test('who loses the lock while running is told', () => {
  const at = freshFolder();
  const due: (() => void)[] = [];
  const clock: Clock = { ...createClock(), after: (_delayMs, run) => (due.push(run), () => undefined) };
  let lost = 0;
  const folder = must(open(at, clock, () => (lost += 1)));
  due.shift()?.();
  expect([lost, due.length]).toEqual([0, 1]);
  writeFileSync(path.join(at, lockName), '{"pid":1,"born":null,"where":"another-box"}');
  due.shift()?.();
  expect([lost, due.length]).toEqual([1, 0]);
  folder.close();
  // Not ours any more: not ours to remove.
  expect(existsSync(path.join(at, lockName))).toBe(true);
});

test('a folder nobody may write is refused with the reason', () => {
  const at = path.join(freshFolder(), 'file');
  writeFileSync(at, '');
  const opened = open(path.join(at, 'below'));
  expect(opened).toMatchObject({ state: 'refused', why: 'unwritable' });
  expect(wordsOf(opened)).toContain('ENOTDIR');
});
