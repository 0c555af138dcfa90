/** Strangers at the door of a room of members: refused by name, and paid for with little. */
import { describe, expect, test } from 'vitest';
import { castTopic } from '../../src/protocol/contact/address.ts';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { sealKnock } from '../../src/protocol/contact/knock.ts';
import { begin } from '../../src/protocol/conversation/begin.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { makeBundle } from '../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../src/protocol/people/device.ts';
import { makePerson } from '../../src/protocol/people/person.ts';
import { dayOf } from '../../src/protocol/room-keys.ts';
import { makeRequest } from '../../src/protocol/rooms/request.ts';
import { encodeHop } from '../../src/protocol/wire/hop.ts';
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
  async function atDoor(well: Well, link: string): Promise<{ throwAt(bytes: Uint8Array): void; links: readonly Link[] }> {
    const { world } = well.village;
    const network = world.node('Stranger').start().network();
    const met = new Set<PeerId>();
    network.listen({
      onOpen: () => undefined,
      onFrame: (from, bytes) => {
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
      throwAt: (bytes) => {
        const hop = encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: new Uint8Array(8) }, bytes);
        for (const one of links) one.send(encodeFrame({ kind: 'hop', bytes: hop }));
      },
    };
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
