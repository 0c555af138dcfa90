/** What waits for its time in a room of members: operations dated ahead (O10), and new epochs of sessions when two meet again (S12). */
import { describe, expect, test } from 'vitest';
import { encodeRoomOperations } from '../../src/protocol/entries/room-operations.ts';
import { parentsNow } from '../../src/protocol/rooms/graph.ts';
import { makeOperation } from '../../src/protocol/rooms/operation.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import { appOf, roomOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const hourMs = 3_600_000;

const epochBetween = ({ handsOf }: Well, page: Page, other: Page): number =>
  Math.max(
    ...handsOf(page)
      .vault.pair(deviceOf(other))
      .sessions.map(({ state }) => state.epochs.current),
  );

describe('in its time', { timeout: 60_000 }, () => {
  test('[O10] an operation dated ahead waits, and is taken once its time comes near', async () => {
    const well = await wellOf('ahead', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    // Whose clock is two days ahead.
    const insider = insiderOf(well, asha);
    const { vault } = well.handsOf(asha);
    const atMs = well.village.wallMs() + 27 * hourMs;
    const act = { kind: 'rename', name: 'Later' } as const;
    const operation = makeOperation(vault.suite, vault.keys.us.device, well.room, atMs, parentsNow(insider.sealed().graph), act);
    await insider.cast(encodeRoomOperations([operation.bytes]));
    await world.runFor(5_000);
    expect(roomOf(appOf(juma), well.room).name).toBe('The well');
    await until('its time has come', () => roomOf(appOf(juma), well.room).name === 'Later', 4 * hourMs);
    // And over a start.
    juma.crash('killed');
    await well.back(juma);
    await until('still', () => roomOf(appOf(juma), well.room).name === 'Later', 5_000);
  });

  test('[S12] two who were apart for an hour turn their session over to a new epoch when they meet, and not before', async () => {
    const well = await wellOf('again', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world } = well.village;
    const talk = async (texts: readonly string[]): Promise<void> => {
      for (const text of texts) {
        await well.say(asha, text);
        await well.say(juma, `${text}!`);
        await world.runFor(40_000);
      }
    };
    const away = async (ms: number): Promise<void> => {
      juma.crash('killed');
      await world.runFor(ms);
      await well.back(juma);
    };
    await talk(['one', 'two', 'three']);
    const before = epochBetween(well, asha, juma);
    await away(60_000);
    await talk(['four', 'five']);
    expect(epochBetween(well, asha, juma)).toBe(before);
    await away(2 * hourMs);
    await talk(['six', 'seven']);
    expect([epochBetween(well, asha, juma), epochBetween(well, juma, asha)]).toEqual([before + 1, before + 1]);
  });
});
