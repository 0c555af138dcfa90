/** Let in, and in: whatever goes missing between the two, and whoever else tells the newcomer where the room is. */
import { describe, expect, test } from 'vitest';
import { under } from '../../src/app/records.ts';
import { sendTo } from '../../src/app/mesh/peers.ts';
import { spokenOn, withSession } from '../../src/protocol/conversation/pair.ts';
import { seal } from '../../src/protocol/conversation/seal.ts';
import { giveUp, renewLease } from '../../src/protocol/conversation/session.ts';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import { headsOf, operationsOf } from '../../src/protocol/rooms/graph.ts';
import { sendingEpoch } from '../../src/protocol/rooms/room.ts';
import { encodePart } from '../../src/protocol/sync/parts.ts';
import type { Part } from '../../src/protocol/sync/parts.ts';
import { encodeHop } from '../../src/protocol/wire/hop.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { appOf, messagesOf, roomOf, textsOf } from './village.ts';
import { goOn, wellOf } from './well.ts';

const lettersOf = (page: Page): number => page.node.disk.range(under('post')).length;

describe('whoever is let in', { timeout: 60_000 }, () => {
  test('comes in though who let them in goes before any of it went out', async () => {
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const well = await wellOf(`order ${seed}`, ['Asha']);
      const [asha] = well.people as [Page];
      const { world, until } = well.village;
      const juma = await well.knocker('Juma');
      await until('let in', () => well.handsOf(asha).vault.room(well.room)!.graph.count > 2);
      world.paths.cut(['Juma'], ['Asha', 'relay']);
      await world.runFor(2_000);
      expect(well.isIn(juma)).toBe(false);
      asha.crash('power-cut');
      await world.runFor(1_000);
      await well.back(asha);
      expect(lettersOf(asha)).toBeGreaterThan(3);
      world.paths.heal();
      await until('in', () => well.isIn(juma), 300_000);
      await goOn(well, [asha, juma], 'in');
    }
  });

  test('[S3] acknowledges again what began it, where the first acknowledgement was lost', async () => {
    const well = await wellOf('repeated', ['Asha']);
    const [asha] = well.people as [Page];
    const { world, until } = well.village;
    const juma = await well.knocker('Juma');
    await until('begun', () => well.handsOf(juma).vault.pair(deviceOf(asha)).sessions.length > 0);
    asha.crash('power-cut');
    await world.runFor(1_000);
    await well.back(asha);
    await until('in', () => well.isIn(juma), 15_000);
    await until('nothing waits', () => lettersOf(asha) === 0, 15_000);
    await goOn(well, [asha, juma], 'in');
  });

  test('is in though the disk refuses it once', async () => {
    const well = await wellOf('refused once', ['Asha']);
    const juma = await well.knocker('Juma');
    const hasKeys = (): boolean => {
      const sealed = well.handsOf(juma).vault.room(well.room);
      return sealed !== null && sendingEpoch(sealed) !== null;
    };
    await well.village.until('keys', hasKeys);
    expect(well.isIn(juma)).toBe(false);
    juma.node.disk.faults.failCommits = 3;
    // Nobody says anything more that would have it looked at again.
    well.people[0]!.crash('killed');
    await well.village.until('in', () => well.isIn(juma), 20_000);
    expect(juma.node.disk.faults.failCommits).toBe(0);
  });

  test('hears where the room is from who let them in, and not from who was put out of it', async () => {
    const well = await wellOf('baseline', ['Asha', 'Neema', 'Mallory']);
    const [asha, neema, mallory] = well.people as [Page, Page, Page];
    const { world, until } = well.village;
    // Juma and Mallory share another room, and so a session.
    const juma = await well.village.person('Juma');
    const other = (await world.finish(appOf(mallory).startRoom('other', 'members')))!;
    const otherLink = (await world.finish(appOf(mallory).invite(other)))!;
    await world.finish(appOf(juma).joinRoom(otherLink));
    await until('in the other room', () => roomOf(appOf(juma), other).stage === 'in');
    await world.runFor(5_000);
    await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Mallory')!.person));
    const link = (await world.finish(appOf(asha).invite(well.room)))!;
    await until('out', () => roomOf(appOf(mallory), well.room).stage === 'out');
    const ashaId = deviceOf(asha);
    for (const page of [asha, neema]) page.crash('killed');
    await world.runFor(5_000);
    await world.finish(appOf(juma).joinRoom(link));
    await world.finish(appOf(juma).show(well.room));
    const { vault, core, peers } = well.handsOf(mallory);
    const { graph } = vault.room(well.room)!;
    const tell = async (part: Part): Promise<void> => {
      let hop = new Uint8Array(0);
      await world.finish(
        core.lane.run(() =>
          vault.turn((turn) => {
            const session = spokenOn(turn.pair(deviceOf(juma)))!;
            const content = encodeBetween({ kind: 'sync', room: well.room, part: encodePart(part) });
            const said = seal(vault.suite, renewLease(session), content);
            if ('refused' in said) throw new Error(said.refused);
            turn.setPair(deviceOf(juma), withSession(turn.pair(deviceOf(juma)), giveUp(said.state, said.n)));
            hop = new Uint8Array(encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: new Uint8Array(8) }, said.envelope));
          }),
        ),
      );
      for (const peer of peers.inRoom(other)) sendTo(peer, encodeFrame({ kind: 'hop', bytes: hop }));
      await world.runFor(1_000);
    };
    // The room as it was when she was in it, and her word on how much Asha has said there.
    await tell({ kind: 'operations', operations: operationsOf(graph).map(({ bytes }) => bytes) });
    const clocks = [{ device: shortOf(ashaId), seq: 1_000_000 }];
    await tell({ kind: 'summary', asks: false, heads: headsOf(graph).slice(0, 16), clocks });
    expect(well.village.refusals()).toContain('not-kept');
    mallory.crash('killed');
    for (const page of [asha, neema]) await well.back(page);
    await until('in', () => well.isIn(juma), 120_000);
    expect(await well.say(asha, 'hello Juma')).toBe(true);
    await well.allHave(['hello Juma'], [juma, neema]);
    juma.crash('killed');
    await world.runFor(60_000);
    expect(await well.say(asha, 'while you were away')).toBe(true);
    await world.runFor(60_000);
    expect(messagesOf(appOf(asha), well.room).at(-1)).toMatchObject({ text: 'while you were away', mark: { by: 1 } });
    await well.back(juma);
    await until('he has it', () => textsOf(appOf(juma), well.room).includes('while you were away'), 300_000);
  });
});
