/** Bytes of version 2 between two devices, frozen, and replayed a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { accept } from '../../src/protocol/conversation/accept.ts';
import { begin } from '../../src/protocol/conversation/begin.ts';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { asha, badru, disagreements, good, hex, luckOf, nowMs, suite } from './frozen/cast.ts';
import type { Member } from './frozen/cast.ts';
import { prekeyOf, talk } from './frozen/talk.ts';
import type { End, Talk } from './frozen/talk.ts';
import { replay } from './second/conversation.ts';
import type { SecondOpened, SideSecrets } from './second/conversation.ts';
import { tagOf } from './second/envelope.ts';
import { openInitial } from './second/initial.ts';
import type { SecondInitial } from './second/initial.ts';
import { readCertificate } from './second/people.ts';

const text = (seq: number, words: string): Uint8Array =>
  encodeEntry({ sentAtMs: nowMs + seq, seq, parents: [], body: { kind: 'text', text: words } });
const nothing = encodePassing({ kind: 'nothing' });
const invite = { id: luckOf('invite')(16), psk: luckOf('psk')(32) };

const openFor = (member: Member, envelope: Uint8Array, psk?: Uint8Array): SecondInitial =>
  openInitial(envelope, {
    bundle: member.bundle.bytes,
    deviceDh: member.device.dhSecret,
    prekeyDh: member.secrets.dhSecret,
    prekeyKemSeed: member.secrets.kemSecret,
    ...(psk ? { psk } : {}),
  });

/** Carries one envelope over; the sender hears that it came. */
const carry = (from: End, to: End, envelope: Uint8Array | null): void => {
  if (!envelope) return;
  const heard = good(to.hear(envelope));
  // [E7] what is revealed is what the tag is the hash of.
  expect(tagOf(heard.a)).toEqual(envelope.slice(1, 17));
  from.acknowledged(heard.n);
};

const rereadBy = (of: Talk, secrets: SideSecrets, psk?: Uint8Array): readonly SecondOpened[] => {
  const { open } = replay(openFor(badru, of.initial, psk), secrets);
  return of.sealed.map(open);
};

test.each([
  ['plain', null, null],
  ['by an invite', invite, null],
  ['a reset', null, luckOf('replaced')(32)],
] as const)('[S1] [S15] an initial: %s', (_, by, replaces) => {
  const content = text(1, 'Hodi?');
  const { initial, asha: begun, badru: accepted } = talk(asha, badru, { content, invite: by, replaces });
  expect(hex(initial)).toMatchSnapshot();
  const opened = openFor(badru, initial, by?.psk);
  expect(opened).toMatchObject({
    initialId: suite.hash(initial),
    certificate: readCertificate(asha.certificate.bytes),
    inviteId: by?.id ?? new Uint8Array(16),
    replaces: replaces ?? new Uint8Array(32),
    sentMs: nowMs,
    bytes: content,
    content: { kind: 'entry', entry: { seq: 1, body: { text: 'Hodi?' } } },
    sessionId: begun.state().id,
    chain0: begun.state().sending.chain,
    root0: begun.state().root,
    e: begun.state().own.key,
  });
  expect(accepted.state().initialId).toEqual(opened.initialId);
  const doorway = { us: badru, prekeys: [prekeyOf(badru)], pskOf: () => by?.psk ?? null, isSeen: () => false };
  const first = (changed: Uint8Array): unknown => accept(suite, doorway, changed, luckOf('accept'), nowMs);
  const differ = disagreements(initial, first, (changed) => openFor(badru, changed, by?.psk), { places: 40 });
  expect(differ).toMatchObject({ taken: 1, differ: [] });
  if (by) expect(() => openFor(badru, initial, luckOf('another')(32))).toThrow('bad-seal');
});

test('[S15] a reset that another device signed', () => {
  const forged = { ...asha, device: { ...asha.device, signSecret: badru.device.signSecret } };
  const said = { us: forged, bundle: badru.bundle, content: nothing, invite: null, replaces: luckOf('replaced')(32) };
  const { envelope } = good(begin(suite, said, luckOf('begin'), nowMs));
  const doorway = { us: badru, prekeys: [prekeyOf(badru)], pskOf: () => null, isSeen: () => false };
  expect(accept(suite, doorway, envelope, luckOf('accept'), nowMs)).toEqual({ refused: 'bad-signature' });
  expect(() => openFor(badru, envelope)).toThrow('bad-signature');
});

test('[S4] to [S9] a conversation replayed by who holds one side: chains, steps, blocks, epochs, losses', () => {
  const said = talk(asha, badru, { content: text(1, 'Hodi?'), invite, replaces: null });
  const { asha: one, badru: other, pass, sealed } = said;
  const contents = new Map<string, Uint8Array>();
  const say = (end: End, content: Uint8Array): Uint8Array => {
    const envelope = end.say(content);
    contents.set(hex(envelope), content);
    return envelope;
  };
  const late: (() => void)[] = [];
  let seq = 1;
  for (let round = 0; round < 14; round += 1) {
    pass(round % 4 === 0 ? 400 : 70_000);
    const [from, to] = round % 2 === 0 ? [other, one] : [one, other];
    carry(from, to, from.sayOwn(round === 8));
    // Long enough for an index of two bytes, and for several blocks of tags.
    for (let at = 0; at < (round === 5 || round === 6 ? 150 : 3); at += 1) {
      const envelope = say(from, at % 5 === 4 ? nothing : text((seq += 1), `Neno la ${seq}`.padEnd(at, '.')));
      // One in seven is lost for good, one comes late.
      if (at % 7 === 3) late.push(() => carry(from, to, envelope));
      else if (at % 7 !== 2) carry(from, to, envelope);
    }
    if (round % 2 === 1) for (const bring of late.splice(0, 30)) bring();
  }
  const part = new Uint8Array([3, 4, ...Array.from({ length: 4 }, () => [0xa0, 31, ...luckOf('operation')(4_000)]).flat()]);
  carry(one, other, say(one, encodeBetween({ kind: 'sync', room: hex(luckOf('room')(16)) as RoomId, part })));
  carry(other, one, say(other, text(900, 'ndefu '.repeat(1_300))));
  one.crash();
  pass(5_000);
  carry(one, other, say(one, text(901, 'Nimerudi')));
  carry(other, one, say(other, text(902, 'Karibu')));

  expect([
    sealed.length,
    sealed.slice(0, 4).map(hex),
    ...sealed.map((envelope) => hex(suite.hash(envelope)).slice(0, 16)),
  ]).toMatchSnapshot();
  const byResponder = rereadBy(said, other.held, invite.psk);
  const byInitiator = rereadBy(said, one.held, invite.psk);
  expect(byInitiator).toEqual(byResponder);
  for (const [at, { bytes, a }] of byResponder.entries()) {
    const envelope = sealed[at] ?? new Uint8Array();
    expect(bytes).toEqual(contents.get(hex(envelope)) ?? bytes);
    expect(tagOf(a)).toEqual(envelope.slice(1, 17));
  }
  const ofAsha = byResponder.filter(({ direction }) => direction === 0);
  expect(Math.max(...byResponder.map(({ index }) => index))).toBeGreaterThan(128);
  expect(Math.max(...byResponder.map(({ step }) => step))).toBeGreaterThan(6);
  expect(new Set(byResponder.map(({ epoch }) => epoch))).toEqual(new Set([0, 1, 2]));
  // [S11] the numbers that the crash burned are in no envelope.
  expect((ofAsha.at(-1)?.n ?? 0) - (ofAsha.at(-2)?.n ?? 0)).toBeGreaterThan(1);
  // [S8]
  const { open } = replay(openFor(badru, said.initial, invite.psk), other.held);
  sealed.slice(0, 20).forEach((envelope) => open(envelope));
  expect(() => open(sealed[7] ?? new Uint8Array())).toThrow('repeated');
});

test('[S12] to [S14] epochs count on after 255 with 0, each with a secret of its own', () => {
  const said = talk(asha, badru, { content: nothing, invite: null, replaces: null });
  const { asha: one, badru: other, pass } = said;
  for (let round = 0; round < 262; round += 1) {
    pass(3_700_000);
    carry(other, one, other.sayOwn(true));
    carry(one, other, one.sayOwn(true));
    pass(2_000);
    carry(other, one, other.say(nothing));
    carry(one, other, one.say(nothing));
  }
  const reread = replay(openFor(badru, said.initial), other.held);
  const epochs = said.sealed.map((envelope) => reread.open(envelope).epoch);
  expect(new Set(epochs).size).toBe(256);
  expect(epochs.lastIndexOf(255)).toBeLessThan(epochs.lastIndexOf(1));
});

test('[S6] an envelope changed on its way', () => {
  const said = talk(asha, badru, { content: nothing, invite: null, replaces: null });
  const { asha: one, badru: other } = said;
  for (const [from, to] of [
    [other, one],
    [one, other],
  ] as const)
    carry(from, to, from.say(nothing));
  for (const content of [text(1, 'Fupi'), text(2, 'Ndefu kidogo '.repeat(9))]) {
    const envelope = other.say(content);
    const { open } = replay(openFor(badru, said.initial), other.held);
    said.sealed.slice(0, -1).forEach((earlier) => open(earlier));
    expect(disagreements(envelope, one.peek, open)).toMatchObject({ taken: 1, differ: [] });
  }
});
