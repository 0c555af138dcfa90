/** The directory on real relays over real sockets: what a page leaves at one another finds at a far one, and what strangers and liars get. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { never, until } from '../adapters/people.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { keyOfWhereabouts, openWhereabouts, sealWhereabouts } from '../../src/protocol/directory/whereabouts.ts';
import { encodeDirectory } from '../../src/protocol/directory/message.ts';
import { signRecord } from '../../src/protocol/directory/record.ts';
import { ask, heard, isAwake, openRing, openStranger, serversOf } from './directory-ring.ts';
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
  await until(() => ring.houses.every(isAwake), 60_000);
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
}, 90_000);

test('[D1] a server that forges what it holds misleads nobody, and is asked no more', async () => {
  const at = slot(20_002);
  const mine = sealWhereabouts(suite, at, relays, Date.now(), luck);
  const forged = signRecord(suite, new Uint8Array(32).fill(66), { ...mine, sequence: mine.sequence + 9 });
  let lies = 0;
  const liar = await openStranger(({ kind, number }) => {
    if (kind === 'put') return { kind: 'kept', number };
    if (kind !== 'find') return null;
    lies += 1;
    return { kind: 'near', number, contacts: [], record: forged };
  });
  const [house] = ring.houses;
  const before = serversOf(house!);
  const opened = await liar.directory.open(house!.address, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  opened.link.send(encodeDirectory({ kind: 'find', number: 1, place: new Uint8Array(32), from: liar.contact }));
  await until(() => serversOf(house!) === before + 1);
  expect(lies).toBe(1);
  const page = await ring.page(0);
  expect(await ask(page, { kind: 'put', number: 1, record: mine })).toMatchObject({ kind: 'kept' });
  const found = await ask(page, { kind: 'find', number: 2, place: keyOfWhereabouts(suite, at), from: null });
  expect(found).toEqual({ kind: 'near', number: 2, contacts: [], record: mine });
  expect(lies).toBe(2);
  expect(serversOf(house!)).toBe(before);
  await liar.close();
});

test('what is left outlives servers that die', async () => {
  const at = slot(20_003);
  const record = sealWhereabouts(suite, at, relays, Date.now(), luck);
  expect(await ask(await ring.page(1), { kind: 'put', number: 1, record })).toMatchObject({ kind: 'kept' });
  await Promise.all(ring.houses.splice(4, 3).map((house) => house.kill()));
  const page = await ring.page(9);
  expect(await ask(page, { kind: 'find', number: 2, place: keyOfWhereabouts(suite, at), from: null })).toMatchObject({ record });
});
