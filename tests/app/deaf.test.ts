/** What got lost on its way without a sign is asked for, though nobody has anything new to tell. */
import { expect, test } from 'vitest';
import type { Link, Network } from '../../src/ports/network.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import { appOf, createVillage, textsOf } from './village.ts';

/** What carries words, be it passed on or straight; the links themselves stay well. */
function isWord(link: Link, bytes: Uint8Array): boolean {
  const read = link.end === 'relay' ? decodeMeet(bytes) : decodeFrame(bytes);
  return 'kind' in read && (read.kind === 'passed' || read.kind === 'envelope' || read.kind === 'hop' || read.kind === 'cast');
}

test('who heard nothing for a while hears it all the same, when its author has long gone', async () => {
  let isDeaf = false;
  const village = createVillage('deaf', {
    page: (name) => ({
      network: (inner): Network => ({
        ...inner,
        listen: (on) =>
          inner.listen({
            ...on,
            onFrame: (link, frame) => {
              if (name !== 'Chipo' || !isDeaf || !isWord(link, frame)) on.onFrame(link, frame);
            },
          }),
      }),
    }),
  });
  const { world, person, room, until } = village;
  const [asha, baraka, chipo] = [await person('Asha'), await person('Baraka'), await person('Chipo')];
  const well = await room([asha, baraka, chipo]);
  await world.runFor(20_000);
  isDeaf = true;
  await world.finish(appOf(asha).send(well, 'The bridge is gone'));
  await until('Baraka has it', () => textsOf(appOf(baraka), well).length === 1);
  asha.crash('killed');
  // Long enough for what everybody tells of themselves when something changed; too short for a link to be given up.
  await world.runFor(40_000);
  isDeaf = false;
  await until('Chipo has it too', () => textsOf(appOf(chipo), well).length === 1, 600_000);
  expect(textsOf(appOf(chipo), well)).toEqual(['The bridge is gone']);
});
