/** Links and codes, as people paste, cut and photograph them. */
import fc from 'fast-check';
import { encodeQR } from 'qr';
import { expect, test } from 'vitest';
import { encodeHandSignal } from '../../../src/adapters/libp2p/signal-bytes.ts';
import type { Candidate } from '../../../src/adapters/libp2p/signal-bytes.ts';
import { createWriter, toBase64url } from '../../../src/protocol/bytes.ts';
import { decodeInviteLink, encodeMemberInvite, inviteKeys } from '../../../src/protocol/contact/invite-link.ts';
import { decodePairingCode, encodePairingCode, pairingPsk } from '../../../src/protocol/contact/pairing-code.ts';
import type { PairingCode } from '../../../src/protocol/contact/pairing-code.ts';
import { encodeInvite } from '../../../src/protocol/invite.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import { isGoodDhKey } from '../../../src/protocol/suite/admission.ts';
import { fuzz } from '../fuzz.ts';
import { dayMs, hourMs, luckOf, nowMs, suite } from '../people/persons.ts';
import { contactDecoders, invite } from './decoders.ts';

const link = encodeMemberInvite(invite);
const read = { kind: 'members', ...invite } as const;

test('[F1] one door reads both kinds of link, and tells which it is', () => {
  expect(link.startsWith('join/')).toBe(true);
  const open = { secret: luckOf('open')(32), name: 'Kisima' };
  expect(decodeInviteLink(`https://wavu.example/#${encodeInvite(open)}`, nowMs)).toEqual({ kind: 'open', ...open });
  expect(decodeInviteLink(`https://wavu.example/#${link}`, nowMs)).toEqual(read);
  expect(decodeInviteLink(`join/${toBase64url(Uint8Array.of(3, 1, 1))}`, nowMs)).toEqual(refuse('unknown-version'));
});

test('[F3] a link is read from its fragment only, whole or in part, with white space around it', () => {
  const code = link.slice('join/'.length);
  for (const text of [`https://a.example/app/?x=1#${link}`, `#${link}`, link, code, `  ${link}\n`])
    expect(decodeInviteLink(text, nowMs)).toEqual(read);
  for (const text of [
    `https://a.example/${link}`,
    `https://a.example/?join/${code}`,
    `https://a.example/${link}#`,
    `https://a.example/${link}#room/1`,
    `https://a.example/#pair/${code}`,
    `https://a.example/#${code}`,
    `https://a.example/##${link}`,
    '',
    '#',
    'join/',
    'join/*',
    'Karibu!',
  ])
    expect([text, decodeInviteLink(text, nowMs)]).toEqual([text, refuse('not-a-link')]);
});

test('[E1] a link that is too long is not even decoded', () => {
  expect(decodeInviteLink(`#join/${'A'.repeat(limits.linkLetters)}`, nowMs)).toEqual(refuse('too-big'));
  const longest = encodeMemberInvite({
    ...invite,
    name: 'x'.repeat(limits.roomNameBytes),
    relays: Array.from({ length: limits.relayHints }, () => 'r'.repeat(limits.relayHintBytes)),
  });
  expect(isRefusal(decodeInviteLink(`https://${'a'.repeat(250)}.example/#${longest}`, nowMs))).toBe(false);
});

test('[E1] names and relays beyond their caps are refused', () => {
  const begun = createWriter().u8(2).fixed(new Uint8Array(96)).u32(invite.expiresHour);
  const taken = (bytes: Uint8Array): unknown => decodeInviteLink(toBase64url(bytes), nowMs);
  const named = begun.text('y'.repeat(65)).u8(0).done();
  expect(taken(named)).toEqual(refuse('truncated'));
  const crowded = createWriter()
    .fixed(new Uint8Array(97).fill(2, 0, 1))
    .u32(invite.expiresHour)
    .text('')
    .u8(5)
    .done();
  expect(taken(crowded)).toEqual(refuse('too-many'));
});

test('[F4] a link is taken until a day after it expires', () => {
  const expiresMs = invite.expiresHour * hourMs;
  for (const at of [expiresMs, expiresMs + dayMs]) expect(decodeInviteLink(link, at)).toEqual(read);
  expect(decodeInviteLink(link, expiresMs + dayMs + hourMs)).toEqual(refuse('expired'));
});

test('names in any script come back as they were, unless they are no text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 16 }), (name) => {
      fc.pre(new TextEncoder().encode(name).length <= limits.roomNameBytes && name.isWellFormed());
      expect(decodeInviteLink(encodeMemberInvite({ ...invite, name }), nowMs)).toMatchObject({ name });
    }),
    { seed: 20_261_120 },
  );
  // A byte that begins no letter.
  const spoiled = createWriter()
    .fixed(new Uint8Array(97).fill(2, 0, 1))
    .u32(invite.expiresHour)
    .u8(1)
    .u8(0xff)
    .u8(0)
    .done();
  expect(decodeInviteLink(toBase64url(spoiled), nowMs)).toEqual(refuse('truncated'));
});

test('[F1] an invite’s keys are of its room and its secret, each for one use', () => {
  const keys = inviteKeys(suite, invite);
  expect(inviteKeys(suite, invite)).toEqual(keys);
  const others = [
    inviteKeys(suite, { ...invite, secret: luckOf('x')(32) }),
    inviteKeys(suite, { ...invite, room: 'ff'.repeat(16) as never }),
  ];
  const all = [keys, ...others].flatMap((some) => Object.values(some) as Uint8Array[]).map((key) => toBase64url(key));
  expect(new Set(all).size).toBe(12);
  expect(isGoodDhKey(suite.dhPublic(keys.psk))).toBe(true);
});

const candidates = (count: number): readonly Candidate[] =>
  Array.from({ length: count }, (_, at) => ({
    kind: 'host',
    host: { kind: 'mdns', bytes: luckOf(`host ${at}`)(16) },
    port: 50_000 + at,
  }));
const signalOf = (kind: 'offer' | 'answer', count: number): Uint8Array =>
  encodeHandSignal({
    kind,
    answerer: 'peer',
    key: luckOf('key')(32),
    fingerprint: luckOf('print')(32),
    ufrag: 'Ab+/',
    password: 'abcdefghijklmnopqrstuvwx',
    setup: kind === 'offer' ? 'actpass' : 'active',
    candidates: candidates(count),
    to: kind === 'offer' ? new Uint8Array(0) : luckOf('to')(8),
  });
const offer: PairingCode = { half: 'offer', person: invite.inviter, pskHalf: luckOf('a')(16), signal: signalOf('offer', 3) };
const answer: PairingCode = { half: 'answer', person: luckOf('b')(16), pskHalf: luckOf('c')(16), signal: signalOf('answer', 3) };

test('a pairing code comes back, and fits one small QR, whatever a browser found', () => {
  for (const each of [offer, answer]) {
    expect(decodePairingCode(encodePairingCode(each))).toEqual(each);
    for (const count of [1, 3, 6]) {
      const code = encodePairingCode({ ...each, signal: signalOf(each.half, count) });
      expect((code.length - 'pair/'.length) * 0.75).toBeLessThanOrEqual(300);
      expect(qrVersion(`https://wavu.example/#${code}`)).toBeLessThanOrEqual(15);
    }
    // The most that a signal carries, eight hosts without an address, is for a QR too.
    const most = encodePairingCode({ ...each, signal: signalOf(each.half, 8) });
    expect(qrVersion(`https://wavu.example/#${most}`)).toBeLessThanOrEqual(15);
  }
});

const qrVersion = (text: string): number => (encodeQR(text, 'raw', { ecc: 'low', border: 1 }).length - 2 - 17) / 4;

test('[E1] a pairing code is refused cut, lengthened, of another kind, with too long a signal', () => {
  const bytesOf = (code: PairingCode): Uint8Array => Buffer.from(encodePairingCode(code).slice(5), 'base64url');
  const bytes = bytesOf(offer);
  for (let end = 1; end < bytes.length; end += 1)
    expect(decodePairingCode(toBase64url(bytes.slice(0, end)))).toEqual(refuse('truncated'));
  expect(decodePairingCode(toBase64url(Buffer.concat([bytes, bytes])))).toEqual(refuse('truncated'));
  expect(decodePairingCode(toBase64url(bytes.fill(3, 1, 2)))).toEqual(refuse('unknown-kind'));
  expect(decodePairingCode(toBase64url(bytes.fill(1, 0, 1)))).toEqual(refuse('unknown-version'));
  expect(decodePairingCode(encodePairingCode({ ...offer, signal: new Uint8Array(513) }))).toEqual(refuse('truncated'));
  expect(decodePairingCode(link)).toEqual(refuse('not-a-link'));
});

test('only who saw both codes has the psk', () => {
  const psk = pairingPsk(suite, offer, answer);
  expect(pairingPsk(suite, offer, { ...answer, pskHalf: luckOf('d')(16) })).not.toEqual(psk);
  expect(pairingPsk(suite, answer, offer)).not.toEqual(psk);
});

test.each(contactDecoders)('[E1] spoiled bytes: $name', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
