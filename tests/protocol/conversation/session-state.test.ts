/** A session as it is kept: it comes back as it was, hostile bytes are refused, and nothing of the past is in it. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { decodeSession, encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { label } from '../../../src/protocol/suite/label.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { doorwayOf, good, luckOf, pass, personOf, settle, startMs, text, twoOf, includes } from './two.ts';

const suite = nodeCryptoSuite;

/** States of every kind: with skipped seeds, lost ones, in each stage of an epoch, long and short. */
function states(): readonly SessionState[] {
  const random = createRandom('states');
  const { a, b } = twoOf(suite);
  const all = [a.state, b.state];
  settle(a, b, startMs);
  let now = startMs;
  all.push(a.state, b.state);
  for (let at = 0; at < 120; at += 1) {
    const [from, to] = random.chance(0.5) ? [a, b] : [b, a];
    const { envelope, n } = from.seal(text(`${at}`));
    if (!random.chance(0.2)) {
      good(to.open(envelope, now));
      if (random.chance(0.8)) from.acknowledged(n);
    }
    if (random.chance(0.1)) settle(a, b, now);
    now += random.below(4_000_000);
    all.push(a.state, b.state);
  }
  return all;
}

test('a state comes back as it was, and has one spelling', () => {
  const all = states();
  expect(all.some(({ receiving }) => receiving.skipped.length > 0)).toBe(true);
  expect(new Set(all.map(({ epochs }) => epochs.stage.at))).toEqual(new Set(['resting', 'offering', 'ready', 'answered']));
  for (const state of all) {
    const bytes = encodeSession(state);
    expect(decodeSession(bytes)).toEqual(state);
    expect(encodeSession(good(decodeSession(bytes)))).toEqual(bytes);
  }
});

test('a quiet session is small', () => {
  const { a, b } = twoOf(suite);
  settle(a, b, startMs);
  for (let at = 1; at < 20; at += 1) pass(at % 2 === 0 ? a : b, at % 2 === 0 ? b : a, text('x'), startMs + at * 2_000);
  process.stderr.write(`session at rest: ${encodeSession(a.state).length} and ${encodeSession(b.state).length} B\n`);
  expect(encodeSession(a.state).length).toBeLessThan(600);
  expect(encodeSession(b.state).length).toBeLessThan(600);
});

test('bytes cut short, lengthened or of another version are refused', () => {
  for (const state of states().slice(-6)) {
    const bytes = encodeSession(state);
    for (let length = 0; length < bytes.length; length += 1)
      expect(decodeSession(bytes.subarray(0, length))).toHaveProperty('refused');
    expect(decodeSession(Uint8Array.of(...bytes, 0))).toEqual({ refused: 'truncated' });
    expect(decodeSession(bytes.with(0, 3))).toEqual({ refused: 'unknown-version' });
    expect(decodeSession(bytes.with(1, 2))).toEqual({ refused: 'unknown-kind' });
  }
});

test('[S10] [S8] nothing that was superseded or used up is in the new state', () => {
  const used = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array): void => void used.set(Buffer.from(bytes).toString('hex'), bytes);
  const watched: Suite = {
    ...suite,
    // Of a seed come the key and the nonce of one envelope.
    mac: (key, bytes) => {
      const made = suite.mac(key, bytes);
      if (Buffer.compare(bytes, label('seal')) === 0) [key, made.slice(0, 32)].forEach(keep);
      return made;
    },
    dh: (secret, theirs) => {
      const made = suite.dh(secret, theirs);
      if (made !== null) keep(made);
      return made;
    },
  };
  const secretsOf = ({ root, own, sending, receiving, epochs }: SessionState): readonly Uint8Array[] => [
    ...[root, own.secret, sending.chain, ...(receiving.chain === null ? [] : [receiving.chain.chain])],
    ...receiving.skipped.map(({ seed }) => seed),
    ...(epochs.stage.at === 'offering' ? [epochs.stage.secret] : []),
    ...(epochs.stage.at === 'ready' || epochs.stage.at === 'answered' ? [epochs.stage.shared] : []),
  ];
  const random = createRandom('superseded');
  const { a, b } = twoOf(watched);
  const past = new Map([a, b].map((end) => [end, new Map<string, Uint8Array>()]));
  let [now, count] = [startMs, 0];
  for (let at = 0; at < 150; at += 1) {
    const before = new Map([a, b].map((end) => [end, secretsOf(end.state)]));
    const [from, to] = random.chance(0.5) ? [a, b] : [b, a];
    const { envelope, n } = from.seal(text(`${at}`));
    if (random.chance(0.85)) {
      good(to.open(envelope, now));
      from.acknowledged(n);
    }
    if (random.chance(0.1)) settle(a, b, now);
    now += 700;
    for (const [end, known] of past) {
      const held = new Set(secretsOf(end.state).map((bytes) => Buffer.from(bytes).toString('hex')));
      for (const secret of before.get(end) ?? []) {
        const name = Buffer.from(secret).toString('hex');
        if (!held.has(name)) known.set(name, secret);
      }
      const bytes = encodeSession(end.state);
      for (const secret of known.values()) expect(includes(bytes, secret)).toBe(false);
      count += known.size;
    }
    for (const end of [a, b]) {
      const bytes = encodeSession(end.state);
      const isOwn = (secret: Uint8Array): boolean =>
        end.state.receiving.skipped.some(({ seed }) => Buffer.compare(seed, secret) === 0);
      for (const secret of used.values()) expect(includes(bytes, secret) && !isOwn(secret)).toBe(false);
    }
  }
  expect(count).toBeGreaterThan(1_000);
});

test('[S2] of the handshake only the first ratchet key lives on', () => {
  const made: Uint8Array[] = [];
  const watched: Suite = {
    ...suite,
    dh: (secret, theirs) => {
      const shared = suite.dh(secret, theirs);
      if (shared !== null) made.push(shared);
      return shared;
    },
    encapsulate: (theirs, luck) => {
      const both = suite.encapsulate(theirs, luck);
      if (both !== null) made.push(both.shared, luck);
      return both;
    },
    kdf: (salt, secret, info, length) => {
      const keys = suite.kdf(salt, secret, info, length);
      // The inner key, and all of the outer.
      if (length === 140) made.push(keys.slice(80, 112));
      if (length === 44) made.push(keys.slice(0, 32));
      return keys;
    },
  };
  const luck = luckOf('handshake secrets');
  const [asha, bo] = [personOf(suite, luck), personOf(suite, luck)];
  const psk = new Uint8Array(32).fill(0x5a);
  const invite = { id: new Uint8Array(16).fill(1), psk };
  const begun = good(
    begin(watched, { us: asha.us, bundle: bo.prekey.bundle, content: text('Hodi'), invite, replaces: null }, luck, startMs),
  );
  const accepted = good(accept(watched, doorwayOf(bo, { pskOf: () => psk }), begun.envelope, luck, startMs));
  expect(made.length).toBeGreaterThanOrEqual(12);
  for (const [{ state }, person] of [[begun, asha] as const, [accepted, bo] as const]) {
    const bytes = encodeSession(state);
    const { dhSecret, kemSecret } = person.prekey.secrets;
    for (const secret of [
      ...made,
      psk,
      dhSecret,
      kemSecret,
      person.us.device.dhSecret,
      person.us.device.signSecret,
      text('Hodi'),
    ])
      expect(includes(bytes, secret)).toBe(false);
  }
});
