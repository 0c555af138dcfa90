/**
 * [P3] A certificate is a person's word about any device's key, and a handshake shows its DH key alone: who once heard of a device can
 * certify it with a DH key of their own. Nobody takes that for the device.
 */
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../../src/protocol/bytes.ts';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { openKnock } from '../../src/protocol/contact/knock.ts';
import { begin } from '../../src/protocol/conversation/begin.ts';
import type { InviteKey } from '../../src/protocol/conversation/begin.ts';
import { open } from '../../src/protocol/conversation/open.ts';
import { emptyPair } from '../../src/protocol/conversation/pair.ts';
import { seal } from '../../src/protocol/conversation/seal.ts';
import type { SessionState } from '../../src/protocol/conversation/session-state.ts';
import { createTagIndex } from '../../src/protocol/conversation/tag-index.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { nothingSaid } from '../../src/protocol/entries/passing.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import type { DeviceId, PeerId } from '../../src/protocol/ids.ts';
import type { Bundle } from '../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../src/protocol/people/device.ts';
import { makePerson } from '../../src/protocol/people/person.ts';
import { servedCasts } from '../../src/protocol/rooms/room-acts.ts';
import { encodeAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import type { Page } from '../simulation/page.ts';
import { ghostAt, peerOf } from './ghost.ts';
import type { Ghost } from './ghost.ts';
import { deviceOf } from './members-insider.ts';
import { appOf, messagesOf, roomOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

/** At the end of a path of its own, under Mallory's word that it is this device. */
interface Impostor {
  /** Everything it could open. */
  readonly read: readonly Uint8Array[];
  say(text: string): void;
}

const entryOf = (well: Well, text: string): Uint8Array =>
  encodeEntry({ sentAtMs: well.village.wallMs(), seq: 1, parents: [], body: { kind: 'text', text } });

function impostorOf(
  well: Well,
  by: Page,
  ghost: Ghost,
  as: {
    readonly device: DeviceId;
    readonly bundle: Bundle;
    readonly to: PeerId;
    readonly invite?: InviteKey;
    readonly first?: Uint8Array;
  },
): Impostor {
  const { vault, core } = well.handsOf(by);
  const { suite } = vault;
  const luck = core.entropy.bytes;
  const { device: id, bundle, to, invite = null, first = nothingSaid } = as;
  const device = { ...makeDevice(suite, luck), id, signKey: hexToBytes(id) };
  const certificate = makeCertificate(suite, makePerson(suite, luck), device, hourOf(well.village.wallMs()), 2);
  const us = { device, certificate };
  const begun = begin(suite, { us, bundle, content: first, invite, replaces: null }, luck, well.village.wallMs());
  if ('refused' in begun) throw new Error(begun.refused);
  const index = createTagIndex(suite);
  const read: Uint8Array[] = [];
  let state: SessionState = begun.state;
  index.put('it', state.receiving);
  ghost.onEnvelope((envelope, from) => {
    const found = index.find(envelope.subarray(1, 17), { blocks: 8 });
    const opened = found && open(suite, state, found, envelope, luck, well.village.wallMs());
    if (opened === null || 'refused' in opened) return;
    state = opened.state;
    index.put('it', state.receiving);
    if (opened.content !== null) read.push(opened.content);
    ghost.passTo(from, encodeAcknowledgement(opened.a));
  });
  ghost.throwAt(to, begun.envelope);
  return {
    read,
    say: (text) => {
      const said = seal(suite, state, entryOf(well, text));
      if ('refused' in said) throw new Error(said.refused);
      state = said.state;
      ghost.throwAt(to, said.envelope);
    },
  };
}

const directOf = (page: Page) =>
  appOf(page)
    .view()
    .rooms.find(({ kind }) => kind === 'direct');
const isHere = (well: Well, page: Page, device: DeviceId): boolean =>
  roomOf(appOf(page), well.room).people.some((each) => each.device === device && each.here);

describe('somebody under whose certificate a device of somebody else stands', { timeout: 60_000 }, () => {
  for (const hasSession of [true, false]) {
    test(`says nothing in its name, reads nothing that is for it, and marks nothing received, ${hasSession ? 'beside a session that works' : 'where there is none yet'}`, async () => {
      const well = await wellOf(`ghost ${hasSession}`, ['Asha', 'Juma', 'Mallory']);
      const [asha, juma, mallory] = well.people as [Page, Page, Page];
      const { world, until } = well.village;
      for (const page of well.people) await well.say(page, `${page.node.name} is here`);
      await well.allHave(well.people.map((page) => `${page.node.name} is here`));
      const { vault, core } = well.handsOf(asha);
      const [id, person] = [deviceOf(juma), well.personOf(asha, 'Juma')!.person];
      juma.crash('killed');
      await until('Juma is gone', () => !isHere(well, asha, id), 120_000);
      // As between members who were never there at the same time.
      const forget = (): Promise<boolean> => core.lane.run(() => vault.turn((turn) => turn.setPair(id, emptyPair)));
      if (!hasSession) await world.finish(forget());

      const ghost = await ghostAt(well, servedCasts(well.handsOf(mallory).vault.room(well.room)!));
      await until('met', () => ghost.met.has(peerOf(asha)));
      const { bundle } = vault.keys.prekeys[0]!;
      const first = entryOf(well, 'It is me, Juma.');
      const impostor = impostorOf(well, mallory, ghost, { device: id, bundle, to: peerOf(asha), first });
      await until('refused', () => well.village.refusals().includes('equivocation'));
      expect([directOf(asha), isHere(well, asha, id)]).toEqual([undefined, false]);

      const direct = (await world.finish(appOf(asha).startDirect(person)))!;
      await world.finish(appOf(asha).show(direct));
      await world.finish(appOf(asha).send(direct, 'only for you, Juma'));
      await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Mallory')!.person));
      await ghost.stay(60_000);
      // Neither the words nor the keys of after the removal.
      expect(impostor.read).toEqual([]);
      expect(messagesOf(appOf(asha), direct).map(({ text, mark }) => [text, mark?.state])).toEqual([
        ['only for you, Juma', 'waiting'],
      ]);

      await world.finish(juma.start([well.room]));
      await until('Juma reads it', () => directOf(juma) !== undefined, 300_000);
      await world.finish(appOf(juma).show(direct));
      expect(textsOf(appOf(juma), direct)).toEqual(['only for you, Juma']);
      await until('received', () => messagesOf(appOf(asha), direct)[0]?.mark?.state === 'received', 300_000);
    });
  }

  test('is believed nothing from before it was known whose the device is, by somebody who knocked then', async () => {
    const well = await wellOf('before', ['Juma', 'Mallory']);
    const [juma, mallory] = well.people as [Page, Page];
    const { world, until, wallMs } = well.village;
    const id = deviceOf(juma);
    const suite = well.suiteOf(juma);
    juma.crash('killed');
    await world.runFor(60_000);
    const invite = decodeInviteLink(well.link, wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    const { psk, castSecret } = inviteKeys(suite, invite);
    const ghost = await ghostAt(well, [castSecret]);
    const asha = await well.knocker('Asha');
    const knocks = (): readonly { bundle: Bundle; from: PeerId }[] =>
      ghost.heard.flatMap(({ from, envelope }) => {
        const knock = openKnock(suite, invite.secret, envelope, wallMs());
        return 'refused' in knock ? [] : { bundle: knock.bundle, from };
      });
    await until('she knocks', () => knocks().length > 0);
    const { bundle, from } = knocks()[0]!;
    const key = { id: hexToBytes(invite.operation).slice(0, 16), psk };
    const impostor = impostorOf(well, mallory, ghost, { device: id, bundle, to: from, invite: key });
    // Taken for now: she cannot know better.
    await until('begun', () => well.handsOf(asha).vault.pair(id).sessions.length > 0);
    mallory.crash('killed');
    await well.back(juma);
    await until('in', () => well.isIn(asha), 120_000);
    expect(isHere(well, asha, id)).toBe(true);
    impostor.say('I am Juma, truly');
    await ghost.stay(5_000);
    expect(directOf(asha)).toBeUndefined();
    const { sessions } = well.handsOf(asha).vault.pair(id);
    expect(sessions.map((one) => one.person)).toEqual([well.personOf(asha, 'Juma')!.person]);

    juma.crash('killed');
    await until('Juma is gone', () => !isHere(well, asha, id), 300_000);
    impostor.say('I am here');
    await ghost.stay(5_000);
    expect(isHere(well, asha, id)).toBe(false);
    // Over a start too.
    asha.crash('killed');
    await well.back(asha);
    impostor.say('still here');
    await ghost.stay(5_000);
    expect(isHere(well, asha, id)).toBe(false);
    await well.back(juma);
    const direct = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
    await world.finish(appOf(asha).send(direct, 'is it you?'));
    await until('Juma reads it', () => directOf(juma) !== undefined, 300_000);
    expect(impostor.read.some((content) => Buffer.from(content).includes('is it you?'))).toBe(false);
  });
});
