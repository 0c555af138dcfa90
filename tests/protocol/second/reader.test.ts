/** The second reader against values known from elsewhere, and against what it must not read. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { big, hexOf, join, takerOf } from './bytes.ts';
import { readContent } from './content.ts';
import { bucketFor, padme, readEnvelope, readHop, withoutPadding } from './envelope.ts';
import { readCertificate, safetyNumberOf, spoken, wordsOf } from './people.ts';
import { DH, KDF, MAC, admitDhKey, admitKemKey, admitSignKey, label, openKem, publicOf, zeros } from './primitives.ts';
import { readRecoveryCode, recoveryCodeOf } from './rest.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const bytes = (...values: readonly number[]): Uint8Array => new Uint8Array(values);

test('HKDF and HMAC are those of RFC 4231 and 5869 with SHA-512, and a label has no length', () => {
  expect(hexOf(MAC(new Uint8Array(20).fill(11), hex('4869205468657265'))).slice(0, 32)).toBe('87aa7cdea5ef619d4ff0b4241a1d6cb0');
  const pseudo = MAC(hex('00'), hex('01'));
  expect(KDF(hex('00'), hex('01'), label('x'), 64)).toEqual(MAC(pseudo, label('x'), bytes(1)));
  expect(Buffer.from(label('bundle')).toString()).toBe('wavu/2 bundle');
});

test('X25519 is that of RFC 7748, and an ML-KEM key of a seed opens what its public key sealed', () => {
  const scalar = hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
  const u = hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
  expect(hexOf(DH(scalar, u))).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
  const key = publicOf('ml-kem-768', new Uint8Array(64).fill(3));
  expect(() => admitKemKey(key)).not.toThrow();
  expect(openKem(new Uint8Array(64).fill(3), zeros(1_088))).toHaveLength(32);
  expect(() => admitKemKey(join(bytes(255, 255, 255), key.slice(3)))).toThrow('bad-key');
});

test('[P1] refuses keys of small order and keys written in another than their one way', () => {
  const p = hex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
  const minus = (value: number): Uint8Array => join(bytes((p[0] ?? 0) - value), p.slice(1));
  const eighth = hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
  const otherEighth = hex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  const small = [zeros(32), big(0, 64), minus(1), p, minus(-1), eighth, otherEighth];
  for (const key of small.filter(({ length }) => length === 32)) {
    expect(() => admitSignKey(key)).toThrow('bad-key');
    expect(() => admitSignKey(join(key.slice(0, 31), bytes((key[31] ?? 0) | 128)))).toThrow('bad-key');
  }
  expect(() => admitSignKey(join(bytes(1), zeros(31)))).toThrow('bad-key');
  for (let byte = 1; byte < 30; byte += 1)
    expect(() => admitSignKey(publicOf('ed25519', new Uint8Array(32).fill(byte)))).not.toThrow();

  const order8 = hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800');
  const twist8 = hex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157');
  for (const key of [zeros(32), join(bytes(1), zeros(31)), minus(1), p, minus(-1), order8, twist8])
    expect(() => admitDhKey(key)).toThrow('bad-key');
  expect(() => admitDhKey(join(bytes(9), zeros(30), bytes(128)))).toThrow('bad-key');
  expect(() => admitDhKey(join(bytes(9), zeros(31)))).not.toThrow();
});

test('numbers have one form: shortest, at most 2^53 - 1', () => {
  expect(takerOf(bytes(0)).varint()).toBe(0);
  expect(takerOf(bytes(0xac, 2)).varint()).toBe(300);
  expect(takerOf(hex('ffffffffffffff0f')).varint()).toBe(Number.MAX_SAFE_INTEGER);
  for (const bad of ['8000', 'ff00', 'ffffffffffffff1f', 'ffffffffffffffff01', '80'])
    expect(() => takerOf(hex(bad)).varint()).toThrow();
  expect(takerOf(bytes(1, 2, 3, 4, 5)).u40()).toBe(0x0102030405);
});

test('words are spelled by bits, digits are twenty of them modulo 100,000', () => {
  expect(wordsOf(bytes(0, 0))).toEqual(['babab']);
  expect(wordsOf(bytes(0xff, 0xff))).toEqual(['zuzuz']);
  // 0001 01 0010 10 0011
  expect(wordsOf(bytes(0b0001_0100, 0b1010_0011))).toEqual(['difog']);
  const { digits, knot } = spoken(new Uint8Array(32).fill(255));
  expect(digits).toEqual(Array.from({ length: 10 }, () => String(0xfffff % 100_000)));
  expect(knot).toHaveLength(16);
  const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(safetyNumberOf(low, high)).toEqual(safetyNumberOf(high, low));
});

test('a recovery code comes back, and a word of it changed does not', () => {
  const secret = new Uint8Array(32).map((_, at) => at * 7);
  const words = recoveryCodeOf(secret);
  expect(words).toHaveLength(17);
  expect(readRecoveryCode(words)).toEqual(secret);
  expect(() => readRecoveryCode(words.with(3, 'babab'))).toThrow('bad-check');
  expect(() => readRecoveryCode(words.with(3, 'baba'))).toThrow('bad-word');
});

test('[E3] [E4] only lengths of buckets, only 0x80 and zeros', () => {
  expect([127, 128, 129, 224, 16_384].map((length) => bucketFor(length).length)).toEqual([128, 128, 190, 512, 16_384]);
  // 17,000 has 15 bits, whose number has 4: so many stand.
  expect([16_385, 17_000, 1 << 20].map(padme)).toEqual([17_408, 17_408, 1 << 20]);
  expect(bucketFor(20_000)).toEqual({ bucket: 11, length: 20_480 });
  expect(() => readEnvelope(join(bytes(0x20), zeros(127)))).not.toThrow();
  expect(() => readEnvelope(join(bytes(0x20), zeros(128)))).toThrow('bad-bucket');
  expect(() => readEnvelope(join(bytes(0x2b), zeros(16_383)))).toThrow('bad-bucket');
  expect(() => readEnvelope(join(bytes(0x2b), zeros(17_407)))).not.toThrow();
  expect(() => readEnvelope(join(bytes(0x2b), zeros((1 << 20) + (1 << 16) - 1)))).toThrow('bad-bucket');
  expect(() => readEnvelope(join(bytes(0x2c), zeros(127)))).toThrow('bad-bucket');
  expect(() => readEnvelope(bytes(0x30))).toThrow('unknown-version');
  expect(withoutPadding(bytes(1, 0x80, 0x80, 0, 0))).toEqual(bytes(1, 0x80));
  for (const bad of [bytes(), zeros(3), bytes(0x80, 1), bytes(0x40, 0)]) expect(() => withoutPadding(bad)).toThrow('bad-padding');
});

test('[E6] a hop: versions, kinds, copies, and hours near now', () => {
  const envelope = join(bytes(0x20), zeros(127));
  const to = zeros(8).fill(5);
  expect(readHop(join(bytes(0x20, 0x3f), to, envelope), 0)).toMatchObject({ kind: 'envelope', ttl: 3, copies: 15, to });
  expect(() => readHop(join(bytes(0x20, 0x30), to, envelope), 0)).toThrow('bad-copies');
  expect(() => readHop(join(bytes(0x30, 0x31), to, envelope), 0)).toThrow('unknown-version');
  expect(() => readHop(join(bytes(0x23, 0x31), to, envelope), 0)).toThrow('unknown-kind');
  const hourSeen = (hour: number, nowHour: number): unknown =>
    readHop(join(bytes(0x21, 0x31), to, zeros(16), big(hour % 65_536, 16), envelope), nowHour);
  for (const [hour, now] of [
    [500_000, 499_000],
    [500_000, 501_000],
    [524_288, 524_287],
    [524_287, 524_288 + 32_766],
    [557_054, 524_287],
  ] as const)
    expect(hourSeen(hour, now)).toMatchObject({ expiresHour: hour });
  expect(() => hourSeen(32_768, 0)).toThrow('bad-hour');
  expect(() => readHop(join(bytes(0x22), zeros(17)), 0)).toThrow('trailing');
});

test('kinds nobody knows: entries are read, passing ones too, others not', () => {
  const entry = bytes(63, 0, 0, 0, 0, 1, 1, 0, 9, 9);
  expect(readContent(entry)).toMatchObject({ kind: 'entry', entry: { body: { kind: 'unknown', number: 63 } } });
  expect(readContent(bytes(127, 1))).toEqual({ kind: 'passing', number: 127 });
  for (const kind of [0, 135, 192, 255]) expect(() => readContent(bytes(kind, 0, 0))).toThrow('unknown-kind');
  expect(() => readContent(bytes(64, 0))).toThrow('trailing');
  expect(() => readContent(bytes(1, 0, 0, 0, 0, 1, 0, 0))).toThrow('bad-seq');
});

test('[P2] [E2] a certificate: every byte counts, the version first', () => {
  const person = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16);
  const said = join(
    ...[bytes(2, 1), publicOf('ed25519', person), publicOf('x25519', person)],
    ...[publicOf('ed25519', zeros(32)), publicOf('x25519', zeros(32)), big(489_000, 32), bytes(2)],
  );
  const key = createPrivateKey({
    key: Buffer.concat([hex('302e020100300506032b657004220420'), person]),
    format: 'der',
    type: 'pkcs8',
  });
  const certificate = join(said, new Uint8Array(sign(null, join(label('certificate'), said), key)));
  expect(certificate).toHaveLength(199);
  expect(readCertificate(certificate)).toMatchObject({ bornHour: 489_000, speaks: 2 });
  for (let at = 0; at < 199; at += 1) {
    expect(() => readCertificate(certificate.with(at, (certificate[at] ?? 0) ^ 1))).toThrow();
    expect(() => readCertificate(certificate.slice(0, at))).toThrow();
  }
  expect(() => readCertificate(bytes(3))).toThrow('unknown-version');
});
