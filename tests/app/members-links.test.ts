/** Links into a room of members lead in, whatever other members make and say of them. */
import { describe, expect, test } from 'vitest';
import { concat, hexToBytes } from '../../src/protocol/bytes.ts';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import type { MemberInvite } from '../../src/protocol/contact/invite-link.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { encodeRoomOperations } from '../../src/protocol/entries/room-operations.ts';
import { headsOf, nodeOf } from '../../src/protocol/rooms/graph.ts';
import { makeOperation } from '../../src/protocol/rooms/operation.ts';
import type { Page } from '../simulation/page.ts';
import { insiderOf } from './members-insider.ts';
import type { Insider } from './members-insider.ts';
import { appOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const inviteIn = (well: Well, link: string): MemberInvite => {
  const invite = decodeInviteLink(link, well.village.wallMs());
  if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
  return invite;
};
const make = async (well: Well, page: Page): Promise<string> => {
  const link = await well.village.world.finish(appOf(page).invite(well.room));
  if (link === null) throw new Error('no invite');
  return link;
};
const leadsIn = async (well: Well, name: string, link: string): Promise<void> => {
  const page = await well.knocker(name, link);
  await well.village.until(`${name} is let in`, () => well.isIn(page), 120_000);
};

describe('a link', { timeout: 60_000 }, () => {
  const secretSaid = (well: Well, mallory: Insider, operation: string, secret: Uint8Array, seq: number): Promise<unknown> => {
    const body = { kind: 'invite', bytes: concat([hexToBytes(operation), secret]) } as const;
    return mallory.cast(encodeEntry({ sentAtMs: well.village.wallMs(), seq, parents: [], body }));
  };

  test('[F1] leads in though another member says that its secret is a different one', async () => {
    const well = await wellOf('spoilt link', ['Asha', 'Mallory']);
    const [asha, page] = well.people as [Page, Page];
    await well.village.world.runFor(5_000);
    await secretSaid(well, insiderOf(well, page), inviteIn(well, well.link).operation, new Uint8Array(32).fill(7), 1);
    await well.village.until('heard', () => well.village.refusals().includes('bad-key'));
    page.crash('killed');
    // After a start too.
    asha.crash('killed');
    await well.back(asha);
    await leadsIn(well, 'Juma', well.link);
  });

  test('[F1] is known by members whom the secret reached before the operation, and a false secret before it takes no place', async () => {
    const well = await wellOf('secret first', ['Asha', 'Mallory', 'Juma']);
    const [asha, page] = well.people as [Page, Page];
    await well.village.world.runFor(5_000);
    const mallory = insiderOf(well, page);
    const { vault, core } = well.handsOf(asha);
    const link = await make(well, asha);
    const { operation, secret } = inviteIn(well, link);
    // Made by Mallory, who says the secrets first, a false one before the true one, and then the operation.
    const invite = nodeOf(vault.room(well.room)!.graph, operation)!.operation.act;
    if (invite.kind !== 'invite') throw new Error('no invite');
    const { keys } = well.handsOf(page).vault;
    const parents = headsOf(mallory.sealed().graph);
    const made = makeOperation(vault.suite, keys.us.device, well.room, core.clock.nowMs(), parents, invite);
    await secretSaid(well, mallory, made.id, new Uint8Array(32).fill(7), 1);
    await secretSaid(well, mallory, made.id, secret, 2);
    await mallory.cast(encodeRoomOperations([made.bytes]));
    await well.village.world.runFor(3_000);
    for (const each of [asha, page]) each.crash('killed');
    // The key is that of Asha's invite too: the link of either leads in, with only Juma there.
    await leadsIn(well, 'Neema', link);
  });

  test('of each of three members leads in, with only one of them there', async () => {
    const well = await wellOf('three links', ['Asha', 'Juma', 'Neema']);
    const [asha, juma, neema] = well.people as [Page, Page, Page];
    const links = [well.link];
    for (const page of [juma, neema]) {
      links.push(await make(well, page));
      await well.village.world.runFor(5_000);
    }
    for (const page of [juma, neema]) page.crash('killed');
    for (const [at, link] of links.entries()) await leadsIn(well, `Late ${at}`, link);
    expect(await make(well, asha)).toBe(well.link);
  });

  test('[F1] leads in by whoever came in by it, with its maker gone and after a start', async () => {
    const well = await wellOf('handed on', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    for (const page of [asha, juma]) page.crash('killed');
    await well.back(juma);
    await leadsIn(well, 'Neema', well.link);
  });

  test('of a member is not crowded out by any number that another makes', async () => {
    const well = await wellOf('many links', ['Asha', 'Juma', 'Mallory']);
    const [, juma, page] = well.people as [Page, Page, Page];
    const link = await make(well, juma);
    for (let round = 0; round < 8; round += 1) {
      const { core, vault } = well.handsOf(page);
      const mallory = insiderOf(well, page);
      const secret = core.entropy.bytes(32);
      const key = vault.suite.signPublic(inviteKeys(vault.suite, { room: well.room, secret }).signSecret);
      const act = { kind: 'invite', key, uses: 0, expiresHour: inviteIn(well, link).expiresHour } as const;
      const made = makeOperation(
        vault.suite,
        vault.keys.us.device,
        well.room,
        core.clock.nowMs(),
        headsOf(mallory.sealed().graph),
        act,
      );
      await mallory.cast(encodeRoomOperations([made.bytes]));
      await secretSaid(well, mallory, made.id, secret, round + 1);
    }
    await well.village.world.runFor(5_000);
    for (const each of [juma, page]) each.crash('killed');
    await leadsIn(well, 'Late', link);
  });
});
