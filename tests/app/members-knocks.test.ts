/** A knock says that somebody once wished to come in, and not who says it now: whoever has the link can record it and say it again. */
import { describe, expect, test } from 'vitest';
import { decodeInviteLink, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { openKnock, sealKnock } from '../../src/protocol/contact/knock.ts';
import { operationsOf } from '../../src/protocol/rooms/graph.ts';
import type { Page } from '../simulation/page.ts';
import { ghostAt, peerOf } from './ghost.ts';
import { deviceOf } from './members-insider.ts';
import { appOf, roomOf } from './village.ts';
import { wellOf } from './well.ts';

describe('a knock that is said again by somebody who only has the link', { timeout: 60_000 }, () => {
  test('makes nobody present, and no new keys', async () => {
    const well = await wellOf('knock again', ['Asha']);
    const [asha] = well.people as [Page];
    const { until, wallMs } = well.village;
    const invite = decodeInviteLink(well.link, wallMs());
    if ('refused' in invite || invite.kind !== 'members') throw new Error('no link');
    const suite = well.suiteOf(asha);
    const ghost = await ghostAt(well, [inviteKeys(suite, invite).castSecret]);
    const juma = await well.knocker('Juma');
    await until('in', () => well.isIn(juma));
    await well.say(juma, 'here');
    await well.allHave(['here']);
    const knocks = ghost.heard.flatMap(({ envelope }) => {
      const knock = openKnock(suite, invite.secret, envelope, wallMs());
      return 'refused' in knock ? [] : knock;
    });
    expect(knocks.length).toBeGreaterThan(0);
    // Its acknowledgement is signed by nobody.
    const again = (): Uint8Array =>
      sealKnock(suite, invite.secret, knocks[0]!.bundle, knocks[0]!.request, well.handsOf(asha).core.entropy.bytes);

    const id = deviceOf(juma);
    const isHere = (): boolean => roomOf(appOf(asha), well.room).people.some(({ device, here }) => device === id && here);
    const count = (): number => operationsOf(well.handsOf(asha).vault.room(well.room)!.graph).length;
    const before = count();
    // While he is there, and while he is not.
    for (const isAway of [false, true]) {
      if (isAway) juma.crash('killed');
      if (isAway) await until('gone', () => !isHere(), 600_000);
      for (let hour = 0; hour < 3; hour += 1) {
        for (let round = 0; round < 3; round += 1) {
          ghost.throwAt(peerOf(asha), again());
          await ghost.stay(30_000);
          expect(isHere()).toBe(!isAway);
        }
        await ghost.stay(3_600_000);
      }
      expect(count()).toBe(before);
    }
    // He finds his way back by himself.
    await well.back(juma);
    await well.say(asha, 'welcome back');
    await well.allHave(['here', 'welcome back']);
  });
});
