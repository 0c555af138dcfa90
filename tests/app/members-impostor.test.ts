/** A session begun in another device's name: its public key, certified by somebody else's person (P3). */
import { describe, expect, test } from 'vitest';
import { begin } from '../../src/protocol/conversation/begin.ts';
import { emptyPair } from '../../src/protocol/conversation/pair.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import { decodeBundle } from '../../src/protocol/people/bundle.ts';
import { makeCertificate } from '../../src/protocol/people/certificate.ts';
import { makeDevice } from '../../src/protocol/people/device.ts';
import { makePerson } from '../../src/protocol/people/person.ts';
import { summaryOf } from '../../src/protocol/rooms/summary.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import { appOf } from './village.ts';
import { wellOf } from './well.ts';

describe('[P3] a member who certifies another’s device as her own', { timeout: 60_000 }, () => {
  test.each(['beside a session that works', 'where none is yet'])('begins no session in its name, %s', async (where) => {
    const well = await wellOf(`impostor ${where}`, ['Asha', 'Juma', 'Mallory']);
    const [asha, juma, page] = well.people as [Page, Page, Page];
    const { world } = well.village;
    await well.say(asha, 'hello');
    await well.allHave(['hello']);
    await world.runFor(10_000);
    const { core, vault } = well.handsOf(page);
    const { suite } = vault;
    const left = await world.finish(core.storage.get(`bundle/${deviceOf(asha)}`));
    const bundle = left && decodeBundle(suite, left.value, well.village.wallMs());
    if (bundle === null || 'refused' in bundle) throw new Error('no bundle of hers');
    const all = summaryOf(vault.room(well.room)!.graph).members.flatMap(({ devices }) => devices);
    const real = all.find(({ device }) => device === deviceOf(juma))!.certificate;
    const luck = core.entropy.bytes;
    const device = { ...makeDevice(suite, luck), id: real.deviceId, signKey: real.deviceSignKey };
    const certificate = makeCertificate(suite, makePerson(suite, luck), device, hourOf(well.village.wallMs()), 2);
    if (where === 'where none is yet') {
      const hers = well.handsOf(asha);
      await world.finish(hers.core.lane.run(() => hers.vault.turn((turn) => turn.setPair(deviceOf(juma), emptyPair))));
    }
    const body = { kind: 'text', text: 'It is me, Juma' } as const;
    const content = encodeEntry({ sentAtMs: well.village.wallMs(), seq: 1, parents: [], body });
    const us = { device, certificate };
    const begun = begin(suite, { us, bundle, content, invite: null, replaces: null }, luck, well.village.wallMs());
    if ('refused' in begun) throw new Error(begun.refused);
    insiderOf(well, page).throwAt(begun.envelope);
    await world.runFor(3_000);
    expect(well.village.refusals()).toContain('unknown-device');
    expect(
      appOf(asha)
        .view()
        .rooms.map(({ kind }) => kind),
    ).toEqual(['members']);
  });
});
