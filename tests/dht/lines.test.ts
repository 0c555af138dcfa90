/** A question goes to whom it is for, at the address that was said of them: a wrong one keeps nobody from the right one. */
import { expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { createLines } from '../../src/dht/lines.ts';
import type { Reply } from '../../src/dht/lines.ts';

test('[D1] whoever is asked at a wrong address is asked at the right one at the same time', async () => {
  const world = createWorld({ seed: 'lines', path: { delayMs: 20, jitterMs: 10 } });
  const [here, there] = ['here', 'there', 'other'].map((name) => {
    const life = world.node(name, { role: 'relay', address: `/memory/${name}` }).start();
    const network = life.network();
    const lines = createLines(network, life.clock, { answer: (_from, { number }) => ({ kind: 'kept', number }) });
    network.listen({ onOpen: () => undefined, onFrame: lines.frame, onClose: lines.closed });
    return { lines, peer: network.self };
  });
  const ask = (address: string): Promise<Reply | null> =>
    new Promise((done) =>
      here!.lines.ask({ peer: there!.peer, address }, { kind: 'find', place: new Uint8Array(32), from: null }, done),
    );
  const answers = Promise.all(['/memory/nowhere', '/memory/other', '/memory/there'].map(ask));
  expect((await world.finish(answers)).map((reply) => reply?.kind ?? null)).toEqual([null, null, 'kept']);
  // Also while the right one stands.
  expect(await world.finish(ask('/memory/other'))).toBeNull();
  expect(await world.finish(ask('/memory/there'))).toMatchObject({ kind: 'kept' });
});
