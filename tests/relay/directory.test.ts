/** The directory on real relays over real sockets: what a page leaves at one another finds at a far one, and what strangers and liars get. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../adapters/people.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { keyOfWhereabouts, openWhereabouts, sealWhereabouts } from '../../src/protocol/directory/whereabouts.ts';
import { ask, heard, isAwake, openRing, serversOf } from './directory-ring.ts';
import type { Ring } from './directory-ring.ts';

const count = 16;
let ring: Ring;
beforeAll(async () => {
  ring = await openRing(count);
});
afterAll(async () => ring.close());

const slot = (day: number): Parameters<typeof keyOfWhereabouts>[1] => ({ secret: new Uint8Array(32).fill(9), day, slot: 1 });
const relays = ['/dns4/east.example/tcp/443/tls/ws'];
const luck = (length: number): Uint8Array => new Uint8Array(length).fill(6);

test('sixteen relays that each know two find all others, wake, and tell their pages; what is left at one is found at a far one', async () => {
  const early = await ring.page(0);
  await until(() => ring.houses.every(isAwake), 25_000);
  expect(ring.houses.map(serversOf)).toEqual(Array(count).fill(count - 1));
  await until(() => heard(early).some(({ kind }) => kind === 'awake'));
  const late = await ring.page(8);
  await until(() => heard(late).some(({ kind }) => kind === 'awake'));
  const at = slot(20_000);
  const record = sealWhereabouts(suite, at, relays, Date.now(), luck);
  expect(await ask(early, { kind: 'put', number: 1, record })).toEqual({ kind: 'kept', number: 1 });
  const found = await ask(late, { kind: 'find', number: 2, place: keyOfWhereabouts(suite, at), from: null });
  if (found.kind !== 'near' || found.record === null) throw new Error('not found');
  expect(openWhereabouts(suite, at, found.record, Date.now())).toEqual(relays);
  expect(await ask(late, { kind: 'find', number: 3, place: keyOfWhereabouts(suite, slot(20_001)), from: null })).toMatchObject({
    record: null,
  });
});
