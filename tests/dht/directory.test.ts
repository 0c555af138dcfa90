/** A server of the directory among few, among strangers who flood, and when somebody else answers at an address. */
import { expect, test } from 'vitest';
import { createDirectoryCrowd } from '../simulation/directory-world.ts';
import { encodeDirectory } from '../../src/protocol/directory/message.ts';

test('[D2] it sleeps with fewer than sixteen servers, and wakes with them', async () => {
  const few = createDirectoryCrowd('few', 15, 0);
  await few.world.runFor(30_000);
  expect(few.honest.map((each) => each.counts().servers)).toEqual(Array(15).fill(14));
  expect(await few.world.finish(new Promise((done) => few.anyone().find(few.keyOf(1), done)))).toBeNull();
  expect(await few.world.finish(new Promise((done) => few.anyone().leave(few.record(1, 1), done)))).toBeNull();
  const enough = createDirectoryCrowd('enough', 16, 0);
  await enough.world.runFor(30_000);
  expect(await enough.world.finish(new Promise((done) => enough.anyone().leave(enough.record(1, 1), done)))).toBe(15);
  const found = await enough.world.finish(new Promise((done) => enough.anyone().find(enough.keyOf(1), done)));
  expect(found).toMatchObject({ found: { sequence: 1 } });
});

test('a stranger that floods is answered so much a second, and what it leaves is bounded', async () => {
  const crowd = createDirectoryCrowd('flood', 16, 0);
  await crowd.world.runFor(30_000);
  const network = crowd.world.node('stranger').start().network();
  const opened = await crowd.world.finish(network.openRelay('/memory/server-0', new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  let answers = 0;
  network.listen({ onOpen: () => undefined, onFrame: () => (answers += 1), onClose: () => undefined });
  const before = crowd.honest[0]!.counts().records;
  for (let at = 0; at < 2_000; at += 1) {
    opened.link.send(encodeDirectory({ kind: 'put', number: at, record: crowd.record(at % 250, 1 + at) }));
  }
  await crowd.world.runFor(2_000);
  expect(answers).toBeLessThanOrEqual(250);
  expect(crowd.honest[0]!.counts().records - before).toBeLessThanOrEqual(110);
  opened.link.send(Uint8Array.of(9, 9, 9));
  await crowd.world.runFor(1_000);
  expect(await crowd.world.finish(new Promise((done) => crowd.honest[0]!.find(crowd.keyOf(1), done)))).not.toBeNull();
});

test('[D3] however many strangers leave something, servers that are known still can', async () => {
  const crowd = createDirectoryCrowd('strangers', 16, 0);
  const { world } = crowd;
  await world.runFor(30_000);
  const links = await world.finish(
    Promise.all(
      Array.from({ length: 320 }, async (_, at) => {
        const network = world.node(`stranger ${at}`).start().network();
        const opened = await network.openRelay(`/memory/server-${at % 4}`, new AbortController().signal);
        if (opened.state !== 'open') throw new Error(opened.why);
        return opened.link;
      }),
    ),
  );
  const record = crowd.record(1, 1);
  const flood = (puts: number): void => {
    for (let number = 0; number < puts; number += 1)
      for (const link of links) link.send(encodeDirectory({ kind: 'put', number, record }));
  };
  flood(60);
  await world.runFor(100);
  const left = new Promise((done) => crowd.honest[9]!.leave(crowd.record(2, 1), done));
  for (let round = 0; round < 20; round += 1) {
    flood(1);
    await world.runFor(50);
  }
  expect(await world.finish(left)).toBe(15);
});
