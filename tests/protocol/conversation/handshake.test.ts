/** First contact: what an initial says, costs and refuses. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { concat } from '../../../src/protocol/bytes.ts';
import { accept, prekeyEndsHour } from '../../../src/protocol/conversation/accept.ts';
import type { Doorway } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { Begun, Beginning } from '../../../src/protocol/conversation/begin.ts';
import { outerKey } from '../../../src/protocol/conversation/handshake.ts';
import { decodeInitial, initialFor } from '../../../src/protocol/conversation/initial.ts';
import { isSeen, withSeen } from './seen-initials.ts';
import { tagOf } from '../../../src/protocol/conversation/tags.ts';
import { decodeBundle } from '../../../src/protocol/people/bundle.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { labelled } from '../../../src/protocol/suite/label.ts';
import { doorwayOf, endOf, good, hourMs, luckOf, pass, personOf, said, settle, startMs, text, twoOf, includes } from './two.ts';

const suite = nodeCryptoSuite;
const luck = luckOf('handshake');
const [asha, bo, mo] = [personOf(suite, luck), personOf(suite, luck), personOf(suite, luck)];
const beginning: Beginning = { us: asha.us, bundle: bo.prekey.bundle, content: text('Hodi'), invite: null, replaces: null };
const begun = (more: Partial<Beginning> = {}): Begun => good(begin(suite, { ...beginning, ...more }, luck, startMs));
const taken = (envelope: Uint8Array, more: Partial<Doorway> = {}, nowMs = startMs) =>
  accept(suite, doorwayOf(bo, more), envelope, luck, nowMs);
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, bytes[at]! ^ 1);

test('[S4] an initial says who begins and what they say; the first envelope back brings a new key and a KEM offer', () => {
  const { begun, accepted, a, b } = twoOf(suite);
  expect(said(accepted.content)).toBe('Hodi');
  expect(accepted.who).toEqual(begun.who);
  expect(accepted.who.sentMs).toBe(startMs);
  expect(accepted.state.initialId).toEqual(suite.hash(begun.envelope));
  expect(suite.hash(accepted.a).subarray(0, 16)).toEqual(begun.envelope.subarray(1, 17));
  expect(accepted.state.own.key).not.toEqual(begun.state.own.key);
  const [offer, ...more] = b.words(startMs);
  expect(more).toEqual([]);
  // Over the air: hop header 10 and envelope.
  expect(begun.envelope.length + 10).toBe(2_058);
  expect(offer!.length + 10).toBe(1_546);
  expect(begun.envelope.length + offer!.length + 20).toBeLessThanOrEqual(4_000);
  good(a.open(offer!, startMs));
  expect(a.state.receiving.chain?.theirs).toEqual(accepted.state.own.key);
  // S9: the first reply makes the initiator step at once.
  expect(a.state.own.key).not.toEqual(begun.state.own.key);
});

test('both ends have the same session and talk both ways', () => {
  const { a, b } = twoOf(suite);
  expect(a.state.id).toEqual(b.state.id);
  settle(a, b, startMs);
  for (let at = 0; at < 20; at += 1) {
    expect(said(pass(a, b, text(`to ${at}`), startMs + at * 3_000).content)).toBe(`to ${at}`);
    expect(said(pass(b, a, text(`back ${at}`), startMs + at * 3_000).content)).toBe(`back ${at}`);
  }
});

test('the initiator may go on before any answer', () => {
  const { a, b } = twoOf(suite);
  for (let at = 0; at < 5; at += 1) expect(said(pass(a, b, text(`${at}`), startMs).content)).toBe(`${at}`);
  expect(said(pass(b, a, text('so many'), startMs).content)).toBe('so many');
});

test('every changed byte is refused, and nothing else than the initial is taken for one', () => {
  const { envelope } = begun();
  for (let at = 0; at < envelope.length; at += 7) expect(taken(flipped(envelope, at))).toHaveProperty('refused');
  for (let length = 0; length < envelope.length; length += 101) {
    expect(taken(envelope.slice(0, length))).toHaveProperty('refused');
    expect(initialFor(suite, bo.prekey.bundle, envelope.slice(0, length))).toBeNull();
  }
  expect(taken(concat([envelope, new Uint8Array(1)]))).toEqual({ refused: 'bad-bucket' });
  expect(taken(new Uint8Array(4_096).fill(0x28, 0, 1))).toEqual({ refused: 'bad-bucket' });
  expect(taken(flipped(envelope, 1))).toEqual({ refused: 'unknown-tag' });
  expect(taken(flipped(envelope, 100))).toEqual({ refused: 'bad-seal' });
  expect(taken(flipped(envelope, 2_047))).toEqual({ refused: 'bad-seal' });
  expect(taken(envelope)).toHaveProperty('state');
});

test('it is for one bundle only', () => {
  const { envelope } = begun();
  expect(initialFor(suite, bo.prekey.bundle, envelope)).not.toBeNull();
  expect(initialFor(suite, mo.prekey.bundle, envelope)).toBeNull();
  expect(accept(suite, doorwayOf(mo), envelope, luck, startMs)).toEqual({ refused: 'unknown-tag' });
  const both = { prekeys: [personOf(suite, luck).prekey, bo.prekey] };
  expect(taken(envelope, both)).toHaveProperty('state');
  // To oneself.
  const own = begun({ bundle: asha.prekey.bundle }).envelope;
  expect(accept(suite, doorwayOf(asha), own, luck, startMs)).toEqual({ refused: 'not-lawful' });
});

test('[S1] keys that agree to nothing are refused, on both sides', () => {
  const nothing = new Uint8Array(32);
  expect(begin(suite, { ...beginning, bundle: { ...bo.prekey.bundle, dhKey: nothing } }, luck, startMs)).toEqual({
    refused: 'bad-key',
  });
  const kemKey = new Uint8Array(1_184).fill(0xff);
  expect(begin(suite, { ...beginning, bundle: { ...bo.prekey.bundle, kemKey } }, luck, startMs)).toEqual({ refused: 'bad-key' });
  for (const e of [nothing, nothing.with(0, 1), new Uint8Array(32).fill(0xff)]) {
    const a = suite.mac(suite.hash(labelled('initial tag', bo.prekey.bundle.bytes)), e).slice(0, 16);
    const envelope = begun().envelope.slice();
    envelope.set(tagOf(suite, a), 1);
    envelope.set(e, 17);
    expect(taken(envelope)).toEqual({ refused: 'bad-key' });
  }
});

test('[S3] an initial is taken once while its prekey lives', () => {
  const { envelope } = begun();
  const accepted = good(taken(envelope));
  const seen = good(withSeen([], accepted));
  const known = { isSeen: (id: Uint8Array) => isSeen(seen, id) };
  expect(taken(envelope, known)).toEqual({ refused: 'repeated' });
  expect(taken(begun().envelope, known)).toHaveProperty('state');
  expect(accepted.seenUntilHour).toBe(prekeyEndsHour(bo.prekey.bundle));
});

test('[S2] a prekey opens initials until 7 days after its bundle expired', () => {
  const { envelope } = begun();
  const endsMs = prekeyEndsHour(bo.prekey.bundle) * hourMs + hourMs;
  expect(prekeyEndsHour(bo.prekey.bundle) - bo.prekey.bundle.expiresHour).toBe(7 * 24);
  expect(taken(envelope, {}, endsMs - 1)).toHaveProperty('state');
  expect(taken(envelope, {}, endsMs)).toEqual({ refused: 'expired' });
});

test('[P5] what begins is a bundle that was found good', () => {
  const bundle = good(decodeBundle(suite, bo.prekey.bundle.bytes, startMs));
  expect(taken(begun({ bundle }).envelope)).toHaveProperty('state');
});

test('an invite’s psk must be the same on both sides, and known', () => {
  const invite = { id: new Uint8Array(16).fill(7), psk: new Uint8Array(32).fill(9) };
  const { envelope } = begun({ invite });
  expect(taken(envelope)).toEqual({ refused: 'unknown-invite' });
  expect(taken(envelope, { pskOf: () => new Uint8Array(32).fill(8) })).toEqual({ refused: 'bad-seal' });
  const accepted = good(taken(envelope, { pskOf: (id) => (id[0] === 7 ? invite.psk : null) }));
  expect(accepted.who.inviteId).toEqual(invite.id);
});

test('[S15] what replaces a session is signed, and only that', () => {
  const replaces = new Uint8Array(32).fill(3);
  const { envelope } = begun({ replaces });
  expect(good(taken(envelope)).who.replaces).toEqual(replaces);
  // Forged by whoever can open and seal the outer part: the bundle's owner.
  const forge = (from: Uint8Array, change: (who: Uint8Array) => void): Refusal | object => {
    const initial = good(decodeInitial(from));
    const shared = suite.decapsulate(bo.prekey.secrets.kemSecret, initial.ciphertext)!;
    const dh3 = suite.dh(bo.prekey.secrets.dhSecret, initial.e)!;
    const { key, nonce } = outerKey(suite, bo.prekey.bundle, initial, dh3, shared);
    const who = suite.open(key, nonce, initial.sealedWho, initial.beforeWho)!;
    change(who);
    const sealed = suite.seal(key, nonce, who, initial.beforeWho);
    return taken(concat([initial.beforeWho, sealed, initial.sealedContent]));
  };
  const signatureAt = 316 - 64;
  expect(forge(envelope, () => undefined)).toHaveProperty('state');
  expect(forge(envelope, (who) => who.fill(0, signatureAt))).toEqual({ refused: 'bad-signature' });
  expect(forge(envelope, (who) => who.fill(4, signatureAt - 69, signatureAt - 37))).toEqual({ refused: 'bad-signature' });
  expect(forge(envelope, (who) => (who[signatureAt] = who[signatureAt]! ^ 1))).toEqual({ refused: 'bad-signature' });
  // Without its claim to replace anything, a signature has no business there.
  expect(forge(envelope, (who) => who.fill(0, signatureAt - 37, signatureAt - 5))).toEqual({ refused: 'bad-signature' });
  expect(forge(begun().envelope, (who) => who.fill(1, signatureAt))).toEqual({ refused: 'bad-signature' });
  // Another's certificate: the keys are another's then.
  expect(forge(begun().envelope, (who) => who.set(mo.us.certificate.bytes))).toEqual({ refused: 'bad-seal' });
  expect(forge(begun().envelope, (who) => (who[60] = who[60]! ^ 1))).toHaveProperty('refused');
  // The moment it was sent is bound too.
  expect(forge(begun().envelope, (who) => (who[signatureAt - 1] = who[signatureAt - 1]! ^ 1))).toEqual({ refused: 'bad-seal' });
});

test('a first content of 562 bytes has room, one more is refused', () => {
  const most = new Uint8Array(562).fill(1);
  expect(good(taken(begun({ content: most }).envelope)).content).toEqual(most);
  expect(begin(suite, { ...beginning, content: new Uint8Array(563).fill(1) }, luck, startMs)).toEqual({ refused: 'too-big' });
});

test('who only watches the bytes sees no key of either device', () => {
  const { begun: one, b } = twoOf(suite);
  const shown = concat([one.envelope, ...b.words(startMs)]);
  for (const { certificate, device } of [asha.us, bo.us]) {
    for (const key of [certificate.personSignKey, certificate.personDhKey, device.signKey, device.dhKey])
      expect(includes(shown, key)).toBe(false);
  }
  expect(includes(shown, b.state.own.key)).toBe(false);
});

test('a session made here opens nothing of another', () => {
  const [one, other] = [twoOf(suite, 'one'), twoOf(suite, 'other')];
  const { envelope } = one.a.seal(text('x'));
  expect(other.b.find(envelope)).toBeNull();
  const found = one.b.find(envelope)!;
  const stranger = endOf(suite, other.b.state, luck);
  stranger.find = () => found;
  expect(stranger.open(envelope, startMs)).toHaveProperty('refused');
  expect(one.b.open(envelope, startMs)).toHaveProperty('content');
});
