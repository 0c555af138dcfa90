/** Strangers at the door of a room of members: refused by name, and paid for with little. */
import { describe, expect, test } from 'vitest';
import { castTopic } from '../../src/protocol/contact/address.ts';
import { endedKeys, openEnded, sealEnded } from '../../src/protocol/contact/ended.ts';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { openKnock, sealKnock } from '../../src/protocol/contact/knock.ts';
import { begin } from '../../src/protocol/conversation/begin.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { makeBundle } from '../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../src/protocol/people/device.ts';
import { makePerson } from '../../src/protocol/people/person.ts';
import { dayOf } from '../../src/protocol/room-keys.ts';
import { makeRequest } from '../../src/protocol/rooms/request.ts';
import { decodeHop, encodeHop } from '../../src/protocol/wire/hop.ts';
import type { Link } from '../../src/ports/network.ts';
import type { Page } from '../simulation/page.ts';
import type { UnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { address, appOf, roomOf } from './village.ts';
import { goOn, wellOf } from './well.ts';
import type { Well } from './well.ts';
import { carryOver, takeSignals } from './signals.ts';

const heavy = ['verify', 'sign', 'dh', 'decapsulate', 'encapsulate', 'kdf', 'open'] as const;
const paid = (suite: UnsafeCountedSuite): Record<(typeof heavy)[number], number> =>
  Object.fromEntries(heavy.map((name) => [name, suite.counts[name]])) as Record<(typeof heavy)[number], number>;

describe('a stranger', { timeout: 60_000 }, () => {
  /** At the door, by the link's topic, with no app behind. */
  async function atDoor(well: Well, link: string): Promise<Door> {
    const { world } = well.village;
    const network = world.node('Stranger').start().network();
    const met = new Set<PeerId>();
    const heard: Uint8Array[] = [];
    network.listen({
      onOpen: () => undefined,
      onFrame: (from, bytes) => {
        if (from.end === 'peer') {
          const hop = decodeFrame(bytes);
          const read = 'kind' in hop && hop.kind === 'hop' ? decodeHop(hop.bytes) : null;
          if (read !== null && 'rest' in read) heard.push(read.rest);
          return;
        }
        const frame = decodeMeet(bytes);
        if (from.end === 'relay') takeSignals(network, from, bytes);
        if (from.end === 'relay' && 'kind' in frame && frame.kind === 'met') for (const peer of frame.peers) met.add(peer);
      },
      onClose: () => undefined,
    });
    const opened = await world.finish(network.openRelay(address, new AbortController().signal));
    if (opened.state !== 'open') throw new Error(opened.why);
    const invite = decodeInviteLink(link, well.village.wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    const suite = well.suiteOf(well.people[0]!);
    const { castSecret } = inviteKeys(suite, invite);
    opened.link.send(encodeMeet({ kind: 'join', topics: [castTopic(suite, castSecret, dayOf(well.village.wallMs()))] }));
    await well.village.until('met', () => met.size > 0);
    const links: Link[] = [];
    for (const peer of met) {
      const one = await world.finish(network.openPeer(peer, carryOver(opened.link, peer), new AbortController().signal));
      if (one.state === 'open') links.push(one.link);
    }
    return {
      links,
      heard,
      throwAt: (bytes) => {
        const hop = encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: new Uint8Array(8) }, bytes);
        for (const one of links) one.send(encodeFrame({ kind: 'hop', bytes: hop }));
      },
    };
  }

  interface Door {
    readonly links: readonly Link[];
    /** Envelopes that came over them. */
    readonly heard: readonly Uint8Array[];
    throwAt(bytes: Uint8Array): void;
  }

  const someone = (well: Well, fill: number) => {
    const suite = well.suiteOf(well.people[0]!);
    let count = fill * 1_000;
    const luck = (length: number): Uint8Array => {
      count += 1;
      return Uint8Array.from({ length }, (_, at) => (count * 31 + at * 7) & 255);
    };
    const hour = hourOf(well.village.wallMs());
    const person = makePerson(suite, luck);
    const device = makeDevice(suite, luck);
    const certificate = makeCertificate(suite, person, device, hour, 2);
    return { suite, luck, us: { device, certificate }, bundle: makeBundle(suite, device, certificate, luck, hour + 200).bundle };
  };

  test('rubbish of every length costs next to nothing', async () => {
    const well = await wellOf('stranger', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const door = await atDoor(well, well.link);
    const before = paid(well.suiteOf(asha));
    for (let at = 0; at < 500; at += 1) {
      const bytes = new Uint8Array([128, 190, 512, 1_024, 2_048, 4_096][at % 6]!).map((_, byte) => (byte * at + at) & 255);
      bytes[0] = 0x20 | [0, 1, 4, 5, 7, 8][at % 6]!;
      door.throwAt(bytes);
    }
    await well.village.world.runFor(10_000);
    const after = paid(well.suiteOf(asha));
    expect(after.verify - before.verify).toBeLessThan(60);
    expect(after.dh + after.decapsulate - before.dh - before.decapsulate).toBeLessThan(60);
    expect(well.village.refusals()).toContain('unknown-tag');
    await goOn(well, [asha, juma], 'still');
  });

  test('[F1] a flood of knocks by somebody with the link is judged one a second', async () => {
    const well = await wellOf('knocks', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const door = await atDoor(well, well.link);
    const invite = decodeInviteLink(well.link, well.village.wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    const before = paid(well.suiteOf(asha));
    const used = asha.node.disk.usedBytes();
    for (let at = 0; at < 200; at += 1) {
      const { suite, luck, us, bundle } = someone(well, at + 1);
      const to = { room: well.room, invite: invite.operation };
      const request = makeRequest(suite, to, us.device, us.certificate, `Nobody ${at}`, inviteKeys(suite, invite).signSecret);
      door.throwAt(sealKnock(suite, invite.secret, bundle, request.bytes, luck));
    }
    await well.village.world.runFor(5_000);
    const after = paid(well.suiteOf(asha));
    // Judged are those of the first second, and no more; the counts are of both honest devices' judging and letting in.
    expect(after.verify - before.verify).toBeLessThan(200);
    expect(roomOf(appOf(asha), well.room).people.length).toBeLessThan(10);
    expect(asha.node.disk.usedBytes() - used).toBeLessThan(200_000);
    await goOn(well, [asha, juma], 'knocked');
  });

  test('[F5] a flood of knocks by a link that has ended is answered once a second, with less than it brought, and leaves nothing', async () => {
    const well = await wellOf('ended knocks', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const invite = decodeInviteLink(well.link, well.village.wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    await well.village.world.finish(appOf(asha).withdrawInvites(well.room));
    await well.village.world.runFor(5_000);
    const door = await atDoor(well, well.link);
    await well.village.world.runFor(5_000);
    const used = asha.node.disk.usedBytes();
    const asked: Uint8Array[] = [];
    for (let second = 0; second < 10; second += 1) {
      for (let at = 0; at < 20; at += 1) {
        const { suite, luck, us, bundle } = someone(well, second * 20 + at + 1);
        const to = { room: well.room, invite: invite.operation };
        const request = makeRequest(suite, to, us.device, us.certificate, 'Nobody', inviteKeys(suite, invite).signSecret);
        const ack = luck(16);
        asked.push(ack);
        door.throwAt(sealKnock(suite, invite.secret, bundle, request.bytes, () => ack));
      }
      await well.village.world.runFor(1_000);
    }
    const suite = well.suiteOf(asha);
    const isAnswer = (envelope: Uint8Array): boolean =>
      asked.some((ack) => openEnded(suite, endedKeys(suite, invite.secret, ack), envelope) === null);
    const answers = door.heard.filter(isAnswer);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThanOrEqual(11 * door.links.length);
    expect(new Set(answers.map((bytes) => bytes.length))).toEqual(new Set([128]));
    expect(asha.node.disk.usedBytes()).toBe(used);
    expect(roomOf(appOf(asha), well.room).people.map(({ name }) => name)).toEqual(['Juma']);
    await goOn(well, [asha, juma], 'ended');
  });

  test('[F5] who has the link can say that it has ended, and keeps nobody out by it; who has it not cannot', async () => {
    const well = await wellOf('liar', ['Asha']);
    const { world, until } = well.village;
    const [asha] = well.people as [Page];
    asha.crash('killed');
    const zuri = await well.knocker('Zuri');
    await world.runFor(5_000);
    const door = await atDoor(well, well.link);
    const invite = decodeInviteLink(well.link, well.village.wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    const suite = well.suiteOf(zuri);
    const knocks = (): readonly Uint8Array[] =>
      door.heard.flatMap((envelope) => {
        const knock = openKnock(suite, invite.secret, envelope, well.village.wallMs());
        return 'ack' in knock ? [knock.ack] : [];
      });
    await until('a knock', () => knocks().length > 0);
    const [ack] = knocks() as [Uint8Array];
    const waitOf = (): unknown => roomOf(appOf(zuri), well.room).wait;
    // By the knock without the link, by the link without the knock, and of another room's link.
    for (const keys of [
      { ...endedKeys(suite, new Uint8Array(32), ack), tag: endedKeys(suite, invite.secret, ack).tag },
      endedKeys(suite, invite.secret, new Uint8Array(16)),
      endedKeys(suite, new Uint8Array(32), ack),
    ]) {
      door.throwAt(sealEnded(suite, keys));
    }
    await world.runFor(5_000);
    expect(waitOf()).toBe('asked');
    door.throwAt(sealEnded(suite, endedKeys(suite, invite.secret, ack)));
    await until('it is believed', () => waitOf() === 'over');
    zuri.crash('killed');
    await well.back(zuri);
    await until('and remembered', () => waitOf() === 'over');
    await well.back(asha);
    await until('and let in all the same', () => well.isIn(zuri));
    expect(waitOf()).toBe(null);
  });

  test('[S3] sessions that a stranger begins are refused, and one is answered with silence for a while', async () => {
    const well = await wellOf('initials', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const door = await atDoor(well, well.link);
    // Even one who came by her bundle.
    const [prekey] = well.handsOf(asha).vault.keys.prekeys;
    const { suite, luck, us } = someone(well, 9);
    const before = paid(well.suiteOf(asha));
    const used = asha.node.disk.usedBytes();
    for (let at = 0; at < 100; at += 1) {
      const content = encodePassing({ kind: 'nothing' });
      const begun = begin(
        suite,
        { us, bundle: prekey!.bundle, content, invite: null, replaces: null },
        luck,
        well.village.wallMs(),
      );
      if ('refused' in begun) throw new Error(begun.refused);
      door.throwAt(begun.envelope);
      if (at % 3 === 0) door.throwAt(begun.envelope);
    }
    await well.village.world.runFor(3_000);
    const after = paid(well.suiteOf(asha));
    expect(well.village.refusals()).toEqual(expect.arrayContaining(['unknown-device', 'too-soon']));
    expect(after.decapsulate - before.decapsulate).toBeLessThan(4);
    expect(asha.node.disk.usedBytes() - used).toBeLessThan(20_000);
    await goOn(well, [asha, juma], 'begun');
  });
});
