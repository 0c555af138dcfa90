/** Members that lie: refused by name, held to their caps, and the honest go on. */
import { describe, expect, test } from 'vitest';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import { encodeRoomOperations } from '../../src/protocol/entries/room-operations.ts';
import { encodeRoomWord } from '../../src/protocol/entries/room-word.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { OperationId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeHeads } from '../../src/protocol/rooms/heads.ts';
import { makeOperation } from '../../src/protocol/rooms/operation.ts';
import { encodeSeedRow } from '../../src/protocol/rooms/seed-row.ts';
import { headsOf } from '../../src/protocol/rooms/graph.ts';
import { encodePart } from '../../src/protocol/sync/parts.ts';
import { encodeAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import type { Insider } from './members-insider.ts';
import { appOf, messagesOf, roomOf, textsOf } from './village.ts';
import { goOn, wellOf } from './well.ts';
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
    await mallory.cast(mallory.entry(2, 'second, in a third way'));
    await mallory.cast(mallory.entry(900, 'far above a gap'));
    await mallory.cast(mallory.entry(2 ** 40, 'further'));
    await mallory.cast(mallory.entry(3, 'from the future', well.village.wallMs() + 26 * 3_600_000));
    await world.runFor(3_000);
    const shown = textsOf(appOf(asha), well.room);
    expect(shown).toEqual(expect.arrayContaining(['second', 'second, said otherwise', 'far above a gap']));
    for (const text of ['second, in a third way', 'from the future']) expect(shown).not.toContain(text);
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
    const stale = mallory.sealed();
    expect(stale.keyring.epochs.length).toBeGreaterThan(0);
    await goOn(well, [asha, juma], 'peace');
    await well.village.world.runFor(5_000);
    // M2: what came after the last that Asha had counts for nobody, and is taken back.
    const shown = [asha, juma].map((page) => textsOf(appOf(page), well.room).toSorted());
    expect(shown[1]).toEqual(shown[0]);
    const seqs = shown[0]!.filter((text) => text.startsWith('spam')).map((text) => Number(text.slice(5)));
    expect(seqs.toSorted((one, other) => one - other)).toEqual(seqs.map((_, at) => at + 2));
    expect(shown[0]).toEqual(expect.arrayContaining(['peace?', 'peace!']));
  });
});
