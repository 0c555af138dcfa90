/** Members that lie, and strangers at the door: refused by name, paid for with little, and the honest go on. */
import { describe, expect, test } from 'vitest';
import { castTopic } from '../../src/protocol/contact/address.ts';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { sealKnock } from '../../src/protocol/contact/knock.ts';
import { begin } from '../../src/protocol/conversation/begin.ts';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import { encodeRoomOperations } from '../../src/protocol/entries/room-operations.ts';
import { encodeRoomWord } from '../../src/protocol/entries/room-word.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { OperationId, PeerId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { makeBundle } from '../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../src/protocol/people/device.ts';
import { makePerson } from '../../src/protocol/people/person.ts';
import { dayOf } from '../../src/protocol/room-keys.ts';
import { makeRequest } from '../../src/protocol/rooms/request.ts';
import { encodeHeads } from '../../src/protocol/rooms/heads.ts';
import { makeOperation } from '../../src/protocol/rooms/operation.ts';
import { encodeSeedRow } from '../../src/protocol/rooms/seed-row.ts';
import { headsOf } from '../../src/protocol/rooms/graph.ts';
import { encodePart } from '../../src/protocol/sync/parts.ts';
import { encodeAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import { encodeHop } from '../../src/protocol/wire/hop.ts';
import type { Link } from '../../src/ports/network.ts';
import type { Page } from '../simulation/page.ts';
import type { UnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import type { Insider } from './members-insider.ts';
import { address, appOf, messagesOf, roomOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

/** Asha and Juma are honest; Mallory is a member, and says what she likes. */
async function scene(seed: string): Promise<{ well: Well; asha: Page; juma: Page; mallory: Insider }> {
  const well = await wellOf(seed, ['Asha', 'Juma', 'Mallory']);
  const [asha, juma, page] = well.people as [Page, Page, Page];
  for (const each of well.people) await well.say(each, `${each.node.name} is here`);
  await well.allHave(well.people.map((each) => `${each.node.name} is here`));
  await well.village.world.runFor(5_000);
  return { well, asha, juma, mallory: insiderOf(well, page) };
}

/** The honest two still hear each other, soon. */
async function goOn({ village, room, say }: Well, [asha, juma]: readonly [Page, Page], text: string): Promise<void> {
  expect(await say(asha, `${text}?`)).toBe(true);
  expect(await say(juma, `${text}!`)).toBe(true);
  const hear = (page: Page): readonly string[] => textsOf(appOf(page), room);
  await village.until('they hear each other', () => hear(juma).includes(`${text}?`) && hear(asha).includes(`${text}!`), 5_000);
}

const heavy = ['verify', 'sign', 'dh', 'decapsulate', 'encapsulate', 'kdf', 'open'] as const;
const paid = (suite: UnsafeCountedSuite): Record<(typeof heavy)[number], number> =>
  Object.fromEntries(heavy.map((name) => [name, suite.counts[name]])) as Record<(typeof heavy)[number], number>;

describe('a member who lies', { timeout: 60_000 }, () => {
  test('[K7] rubbish under the tags of another uses nothing up: what that one says is read', async () => {
    const { well, asha, juma, mallory } = await scene('rubbish');
    for (let round = 0; round < 5; round += 1) {
      for (const envelope of mallory.rubbishOf(deviceOf(asha))) mallory.throwAt(envelope);
    }
    for (const bytes of [[], [0x20], [0x2f, 1, 2], Array.from({ length: 128 }, () => 0x20)])
      mallory.throwAt(Uint8Array.from(bytes));
    await well.village.world.runFor(3_000);
    expect(well.village.refusals()).toEqual(expect.arrayContaining(['bad-seal', 'bad-bucket', 'unknown-tag']));
    await goOn(well, [asha, juma], 'read');
  });

  test('[M1] [M4] numbers that jump, come twice or lie ahead of time are held, named, or shown as they are', async () => {
    const { well, asha, juma, mallory } = await scene('numbers');
    const { world } = well.village;
    await mallory.cast(mallory.entry(2, 'second'));
    await mallory.cast(mallory.entry(2, 'second, said otherwise'));
    await mallory.cast(mallory.entry(900, 'far above a gap'));
    await mallory.cast(mallory.entry(2 ** 40, 'further'));
    await mallory.cast(mallory.entry(3, 'from the future', well.village.wallMs() + 26 * 3_600_000));
    await world.runFor(3_000);
    expect(textsOf(appOf(asha), well.room)).toEqual(expect.arrayContaining(['second', 'far above a gap']));
    expect(textsOf(appOf(asha), well.room)).not.toContain('from the future');
    expect(well.village.refusals()).toEqual(expect.arrayContaining(['equivocation', 'too-far-ahead']));
    await goOn(well, [asha, juma], 'numbers');
    // Nobody goes on asking for what nobody has.
    await world.runFor(60_000);
    const before = world.events();
    await world.runFor(60_000);
    expect(world.events() - before).toBeLessThan(2_000);
  });

  test('a flood of entries above a gap fills no more than its cap', async () => {
    const { well, asha, juma, mallory } = await scene('above a gap');
    for (let seq = 3; seq < limits.messagesAboveGap + 200; seq += 1) await mallory.cast(mallory.entry(seq, `${seq}`));
    await well.village.world.runFor(5_000);
    expect(roomOf(appOf(asha), well.room).unread).toBeLessThanOrEqual(limits.messagesAboveGap + 3);
    expect(well.village.refusals()).toContain('too-many');
    await goOn(well, [asha, juma], 'gap');
  });

  test('floods of words and of wants cost the disk a bounded share, and nobody waits', async () => {
    const { well, asha, juma, mallory } = await scene('floods');
    const { world } = well.village;
    const usedBefore = asha.node.disk.usedBytes();
    const heads = headsOf(mallory.sealed().graph);
    const peer = asha.running()!.life.network().self;
    for (let at = 0; at < 300; at += 1) {
      const clocks = [{ device: shortOf(deviceOf(asha)), seq: at }];
      await mallory.cast(encodeRoomWord({ peer, about: 'asks', bundle: null, heads: [], clocks }));
      const part = encodePart(
        at % 2 === 0
          ? { kind: 'want-operations', wanted: heads, known: [] }
          : { kind: 'summary', asks: true, heads: [], clocks: [] },
      );
      if (at < 200) await mallory.tell(deviceOf(asha), encodeBetween({ kind: 'sync', room: well.room, part }));
    }
    expect(well.village.refusals()).toContain('not-here');
    await world.runFor(2_000);
    await goOn(well, [asha, juma], 'flood');
    expect(asha.node.disk.usedBytes() - usedBefore).toBeLessThan(1_500_000);
  });

  test('[K1] [K2] rows and heads that are false are refused, and no chain is moved by them', async () => {
    const { well, asha, juma, mallory } = await scene('false keys');
    const { world } = well.village;
    const epoch = mallory.epoch();
    const seed = new Uint8Array(32).fill(7);
    const row = (id: OperationId): Uint8Array =>
      encodeBetween({ kind: 'seed-row', body: encodeSeedRow({ room: well.room, epoch: id, seed }) });
    const heads = (id: OperationId, tags: number): Uint8Array => {
      const rows = [asha, juma].map((page) => ({ device: shortOf(deviceOf(page)), chain: seed, n: 600 }));
      const fill = new Uint8Array(32).fill(tags);
      return encodeBetween({ kind: 'heads', body: encodeHeads({ room: well.room, epoch: id, tags: fill, cast: fill, rows }) });
    };
    const nobodys = 'ab'.repeat(32) as OperationId;
    for (const content of [row(epoch), row(nobodys), heads(epoch, 9), heads(nobodys, 9)]) {
      for (const page of [asha, juma]) await mallory.tell(deviceOf(page), content);
    }
    for (const part of [[0], [77], [1, 9, 9], [5, 0, 64]]) {
      const sync = encodeBetween({ kind: 'sync', room: well.room, part: Uint8Array.from(part) });
      await mallory.tell(deviceOf(asha), sync);
    }
    await world.runFor(3_000);
    expect(well.village.refusals()).toEqual(expect.arrayContaining(['bad-commitment', 'equivocation', 'bad-epoch', 'truncated']));
    await goOn(well, [asha, juma], 'keys');
    // A new start reads what was kept: no lie is among it.
    juma.crash('power-cut');
    await well.back(juma);
    await goOn(well, [asha, juma], 'and after');
  });

  test('[O1] [O4] operations that are forged, unlawful or without parents change nothing', async () => {
    const { well, asha, juma, mallory } = await scene('operations');
    const { world } = well.village;
    const { core, vault } = well.handsOf(well.people[2]!);
    const person = well.personOf(juma, 'Asha')!.person;
    const parents = headsOf(mallory.sealed().graph);
    const act = { kind: 'remove', person, lasts: [] } as const;
    const make = (after: readonly OperationId[], at = 0): Uint8Array =>
      makeOperation(vault.suite, vault.keys.us.device, well.room, core.clock.nowMs() + at, after, act).bytes;
    const forged = make(parents);
    forged[forged.length - 1]! ^= 1;
    await mallory.cast(encodeRoomOperations([make(parents), forged, Uint8Array.of(2, 1, 3)]));
    for (let at = 0; at < 100; at += 1) {
      const nobodys = Array.from({ length: 16 }, (_, n) => (at * 16 + n).toString(16).padStart(64, '0') as OperationId);
      await mallory.cast(encodeRoomOperations(nobodys.map((id) => make([id]))));
    }
    await world.runFor(3_000);
    expect(well.village.refusals()).toEqual(expect.arrayContaining(['not-lawful', 'bad-signature']));
    expect(well.personOf(juma, 'Asha')?.role).toBe('admin');
    expect(well.handsOf(asha).vault.room(well.room)!.graph.waiting.length).toBeLessThanOrEqual(limits.waitingOperations);
    await goOn(well, [asha, juma], 'lawful');
  });

  test('[E7] acknowledgements and receipts that are made up move no mark but that of who says them', async () => {
    const { well, asha, juma, mallory } = await scene('receipts');
    const { world } = well.village;
    juma.crash('killed');
    await world.runFor(20_000);
    world.paths.cut(['Asha'], ['Mallory', 'relay']);
    await world.runFor(20_000);
    await well.say(asha, 'really?');
    world.paths.heal(['Asha'], ['relay']);
    const id = messagesOf(appOf(asha), well.room).at(-1)!.id;
    expect(messagesOf(appOf(asha), well.room).at(-1)?.mark?.state).not.toBe('received');
    for (let at = 0; at < 50; at += 1) {
      const a = new Uint8Array(16).fill(at);
      for (const peer of well.handsOf(well.people[2]!).peers.inRoom(well.room)) {
        peer.direct?.send(encodeFrame({ kind: 'hop', bytes: encodeAcknowledgement(a) }));
      }
    }
    world.paths.heal();
    await mallory.cast(encodePassing({ kind: 'receipt', state: 'stored', messages: [shortOf(id), 'ff'.repeat(8) as never] }));
    await world.runFor(60_000);
    const mark = messagesOf(appOf(asha), well.room).at(-1)?.mark;
    expect(mark?.state === 'received' ? mark.by : 0).toBeLessThanOrEqual(1);
  });

  test('[S8] [K6] what was recorded and is said again shows nothing twice and makes nobody present', async () => {
    const { well, asha, juma, mallory } = await scene('again');
    const { world } = well.village;
    const said = await mallory.cast(mallory.entry(2, 'once'));
    const told = await mallory.tell(
      deviceOf(asha),
      encodeBetween({ kind: 'sync', room: well.room, part: encodePart({ kind: 'summary', asks: true, heads: [], clocks: [] }) }),
    );
    await world.runFor(1_000);
    for (let round = 0; round < 20; round += 1) for (const bytes of [said, told]) mallory.throwAt(bytes);
    await world.runFor(3_000);
    expect(textsOf(appOf(asha), well.room).filter((text) => text === 'once')).toHaveLength(1);
    await goOn(well, [asha, juma], 'once more');
  });

  test('whoever is put out while flooding is out', async () => {
    const { well, asha, juma, mallory } = await scene('out');
    const person = well.personOf(asha, 'Mallory')!.person;
    for (let seq = 2; seq < 60; seq += 1) await mallory.cast(mallory.entry(seq, `spam ${seq}`));
    expect(await well.village.world.finish(appOf(asha).removePerson(well.room, person))).toBe(true);
    await well.village.until('Juma knows', () => well.personOf(juma, 'Mallory') === null);
    const before = textsOf(appOf(juma), well.room).length;
    const stale = mallory.sealed();
    expect(stale.keyring.epochs.length).toBeGreaterThan(0);
    await goOn(well, [asha, juma], 'peace');
    expect(textsOf(appOf(juma), well.room)).toHaveLength(before + 2);
  });
});

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
      const one = await world.finish(network.openPeer(peer, opened.link, new AbortController().signal));
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
