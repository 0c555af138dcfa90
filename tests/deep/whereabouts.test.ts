/** The whole app on real sockets among sixteen real relays: two whose relays know each other by the directory alone find each other again. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createDisk, diskRules } from '../../src/adapters/memory/disk.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { createHere } from '../../src/app/here/here.ts';
import type { App } from '../../src/app/app.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import { openPairingWith } from '../../src/app/pairing/open.ts';
import { startApp } from '../../src/app/start.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { decodeInviteLink, encodeMemberInvite } from '../../src/protocol/contact/invite-link.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Network } from '../../src/ports/network.ts';
import { createConnection, until } from '../adapters/people.ts';
import { systemClock } from '../adapters/relay-house.ts';
import { isAwake, openRing } from '../relay/directory-ring.ts';
import type { Ring } from '../relay/directory-ring.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Pages live ten times as fast: what waits for minutes waits for seconds. */
const speed = 10;
const clock: Clock = {
  nowMs: systemClock.nowMs,
  ticksMs: () => systemClock.ticksMs() * speed,
  after: (delayMs, run) => systemClock.after(delayMs / speed, run),
};

const nameOf = (at: number): string => `/dns4/relay-${at}.example/tcp/443/tls/ws`;
/** By names of the internet, since no page goes into a house on another's word; and no way to others but by relays. */
const byNames = (network: Network, { houses }: Ring): Network => ({
  ...network,
  openRelay: (address, signal) => {
    const at = houses.findIndex((_, each) => nameOf(each) === address);
    return network.openRelay(houses[at]?.address ?? address, signal);
  },
  openPeer: async () => ({ state: 'refused', why: 'unreachable' }),
  takeSignal: () => undefined,
});

async function openDevice(name: string, ring: Ring, at: number): Promise<App> {
  const network = await openNetwork({ log: () => {}, createConnection });
  const disk = createDisk(diskRules, createRandom(name));
  const app = await startApp({
    clock,
    entropy: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    log: () => {},
    loadMembers: async () => openMembersWith(nodeCryptoSuite),
    loadPairing: async () => openPairingWith(nodeCryptoSuite),
    loadHere: async () => createHere,
    readCard: async () => null,
    firstDoor: nameOf(at),
    network: Promise.resolve(byNames(network, ring)),
    storage: Promise.resolve({
      state: 'open',
      storage: {
        get: async (key) => disk.get(key),
        range: async (wanted) => disk.range(wanted),
        commit: async (batch) => disk.apply(batch, clock.ticksMs()),
        close: async () => undefined,
      },
    }),
  });
  closing.push(() => app.close());
  await app.nameMe(name);
  return app;
}

const isHere = (app: App, room: RoomId): boolean =>
  app
    .view()
    .rooms.filter(({ id }) => id === room)
    .flatMap(({ people }) => people)
    .some(({ here }) => here);

test('two people of a room, parted at two of sixteen relays, are together again by the directory, and talk', async () => {
  const ring = await openRing(16);
  closing.push(() => ring.close());
  await until(() => ring.houses.every(isAwake), 60_000);
  const [asha, baraka] = [await openDevice('Asha', ring, 0), await openDevice('Baraka', ring, 8)];
  const room = await asha.startRoom('The well', 'members');
  if (room === null) throw new Error('no room');
  const invite = decodeInviteLink((await asha.invite(room)) ?? '', Date.now());
  if (!('operation' in invite)) throw new Error('no invite');
  await baraka.joinRoom(encodeMemberInvite({ ...invite, relays: [nameOf(0)] }));
  await until(() => isHere(asha, room) && isHere(baraka, room), 30_000);
  await until(() => baraka.view().rooms.some(({ id, stage }) => id === room && stage === 'in'), 30_000);
  await baraka.forgetRelay(nameOf(0));
  await until(() => !isHere(asha, room) && !isHere(baraka, room), 30_000);
  await until(() => isHere(asha, room) && isHere(baraka, room), 120_000);
  await asha.show(room);
  await baraka.send(room, 'There you are');
  await until(() => asha.view().timelines[room]?.messages.some(({ text }) => text === 'There you are'), 20_000);
  const done = (name: string): number =>
    ring.houses.reduce((sum, { node }) => sum + (node.counts()[`directory_page_${name}`] ?? 0), 0);
  expect(done('puts')).toBeGreaterThan(0);
  expect(done('found')).toBeGreaterThan(0);
}, 240_000);
