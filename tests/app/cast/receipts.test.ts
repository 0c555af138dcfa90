/** In a large room an author hears from some at once, from all within half a minute, and not from everybody at every word. */
import { expect, test } from 'vitest';
import { createWorld } from '../../../src/adapters/memory/world.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import { createPage, createRelay } from '../../simulation/page.ts';
import { gather } from '../../simulation/room-run.ts';
import { createWiretap } from '../../simulation/wiretap.ts';
import { appOf, messagesOf } from '../village.ts';

const people = 20;

test('ten words in a room of twenty: marks are right, and receipts are few', async () => {
  const tap = createWiretap();
  const world = createWorld({
    seed: 'large room',
    onEvent: ({ kind, owner, other, bytes }) => {
      if (kind === 'frame' && bytes !== null && owner?.name.startsWith('device') === true)
        tap.arrived(bytes, other === 'relay', owner.name);
    },
  });
  createRelay(world, 'relay', { address: '/memory/relay' }).start();
  let room: RoomId | null = null;
  const pages = Array.from({ length: people }, (_, at) => createPage(world, `device ${at}`, '/memory/relay', () => undefined));
  const { invite } = await world.finish(gather('open', pages, (started) => (room = started)));
  tap.useInvite(invite);
  await world.runFor(60_000);
  const author = appOf(pages[3]);
  const before = tap.copies().receipt;
  for (let word = 0; word < 10; word += 1) {
    await world.finish(author.send(room!, `Word ${word}`));
    await world.runFor(1_000);
    const last = messagesOf(author, room!).at(-1);
    expect(last?.mark).toMatchObject({ state: 'received' });
  }
  await world.runFor(35_000);
  const marks = messagesOf(author, room!).map(({ mark }) => mark);
  expect(marks).toHaveLength(10);
  for (const mark of marks) expect(mark).toMatchObject({ state: 'received', by: people - 1 });
  // Ten each would be 190.
  expect(tap.copies().receipt - before).toBeLessThan(100);
});
