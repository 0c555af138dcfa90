/** [A1] [A2] [A3] A relay for members, with the app at both ends: the owner's rooms say who gets in, and nobody else does. */
import { expect, test } from 'vitest';
import { noOwner } from '../../relay/owner.ts';
import type { OwnerRecord } from '../../relay/owner.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { LinkEvents } from '../../src/ports/network.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { createPage } from '../simulation/page.ts';
import type { Page } from '../simulation/page.ts';
import { squareSecret } from './square.ts';
import { address, appOf, createVillage, roomOf, textsOf } from './village.ts';
import type { Village, VillageOptions } from './village.ts';

interface Gated extends Village {
  own(page: Page): Promise<void>;
  start(page: Page, name: string): Promise<RoomId>;
  /** A link of that room, made by this page. */
  linkOf(page: Page, room: RoomId): Promise<string>;
  join(page: Page, link: string): Promise<void>;
  /** A link that was just opened looks so for a moment to anybody. */
  staysIn(page: Page): Promise<void>;
}

function createGated(seed: string, options: VillageOptions = {}): Gated {
  let [record, word]: [OwnerRecord, Uint8Array] = [noOwner, new Uint8Array(0)];
  const square = {
    secret: squareSecret,
    shelf: {
      get kept() {
        return record;
      },
      keep: (next: OwnerRecord) => void (record = next),
    },
  };
  const access = {
    get kept() {
      return word;
    },
    keep: (next: Uint8Array) => void (word = next),
  };
  const village = createVillage(seed, { ...options, square, access });
  const { world, until } = village;
  return {
    ...village,
    staysIn: async (page) => {
      await until('a link', () => isLetIn(page), 120_000);
      await world.runFor(10_000);
      await until('in', () => isLetIn(page), 1);
    },
    own: async (page) => {
      await until('outside', () => relayOf(page)?.state === 'not-let-in');
      expect(await world.finish(appOf(page).joinRoom(village.relay.owner()!.newLink()))).toBeNull();
      await until('its owner', () => relayOf(page)?.members?.isMine === true);
      expect(relayOf(page)).toMatchObject({ state: 'open' });
      expect(appOf(page).view().trouble).toBeNull();
    },
    start: async (page, name) => {
      const room = await world.finish(appOf(page).startRoom(name, 'members'));
      if (room === null) throw new Error('no room');
      await world.finish(appOf(page).show(room));
      return room;
    },
    linkOf: async (page, room) => (await world.finish(appOf(page).invite(room))) ?? '',
    join: async (page, link) => {
      const room = await world.finish(appOf(page).joinRoom(link));
      if (room === null) throw new Error('no room');
      await world.finish(appOf(page).show(room));
      await until('let in', () => roomOf(appOf(page), room).stage === 'in');
    },
  };
}

const relayOf = (page: Page) => appOf(page).view().mesh.relay;
const isLetIn = (page: Page): boolean => relayOf(page)?.state === 'open';
const isShut = (page: Page): boolean => relayOf(page)?.state === 'not-let-in';

test('[A2] who is outside is told so all the while, also as more keys are shown, once there is a name', async () => {
  // So far away that the answer to a key is waited for.
  const { world, until } = createGated('outside', { path: { delayMs: 500 } });
  const asha = createPage(world, 'Asha', address, () => undefined);
  await world.finish(asha.start([]));
  await until('its relay is reached', () => relayOf(asha) !== null && relayOf(asha)?.state !== 'connecting');
  // Before anything is said there.
  await until('outside', () => isShut(asha), 2_000);
  const states = new Set<string | undefined>();
  const named = appOf(asha).nameMe('Asha');
  await world.runUntil(() => {
    states.add(relayOf(asha)?.state);
    return false;
  }, 100_000);
  await named;
  expect([...states]).toEqual(['not-let-in']);
});

test('nobody gets in before somebody owns it; then the owner, whoever is invited, and those they write with', async () => {
  const village = createGated('gated');
  const { world, until, person, own, start, linkOf, join } = village;
  const [asha, baraka, zuri] = [await person('Asha'), await person('Baraka'), await person('Zuri')];
  await own(asha);
  await until('strangers stand outside', () => isShut(baraka) && isShut(zuri));

  const room = await start(asha, 'Boats');
  await join(baraka, await linkOf(asha, room));
  await village.staysIn(baraka);
  expect(await world.finish(appOf(baraka).send(room, 'Hodi'))).toBe(true);
  await until('heard', () => textsOf(appOf(asha), room).includes('Hodi'));

  // An invite of a member's is as good; a link to a room that the owner is not in is none.
  const neema = await person('Neema');
  await until('outside', () => isShut(neema));
  await join(neema, await linkOf(baraka, room));
  await village.staysIn(neema);
  await world.runFor(60_000);
  expect(isShut(zuri)).toBe(true);
  expect(await world.finish(appOf(zuri).joinRoom(`own/${'A'.repeat(43)}`))).toBeNull();
  await until('no link of this relay', () => appOf(zuri).view().trouble === 'bad-link');
  expect(isShut(zuri)).toBe(true);
});

test('members come back to a relay that started anew, while the owner is away, also those let in meanwhile', async () => {
  const village = createGated('gated-away');
  const { person, own, start, linkOf, join, relay, world, staysIn } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await own(asha);
  const room = await start(asha, 'Boats');
  await join(baraka, await linkOf(asha, room));
  const link = await linkOf(baraka, room);
  await world.runFor(10_000);
  asha.crash('killed');
  const neema = await person('Neema');
  await join(neema, link);
  await staysIn(neema);
  relay.crash('killed');
  relay.start();
  await world.runFor(30_000);
  await staysIn(baraka);
  await staysIn(neema);
  // Her own key is not in the word yet: the link of the room lets her in.
  neema.crash('killed');
  await world.finish(neema.start([room]));
  await staysIn(neema);
});

test('who is put out of the owner’s room is put out of the relay', async () => {
  const village = createGated('gated-out');
  const { until, person, own, start, linkOf, join, world } = village;
  const [asha, baraka, neema] = [await person('Asha'), await person('Baraka'), await person('Neema')];
  await own(asha);
  const room = await start(asha, 'Boats');
  await join(baraka, await linkOf(asha, room));
  await join(neema, await linkOf(asha, room));
  await world.runFor(10_000);
  const { person: theirs } = appOf(baraka).view().me!;
  expect(await world.finish(appOf(asha).removePerson(room, theirs!))).toBe(true);
  await until('outside', () => isShut(baraka), 120_000);
  await village.staysIn(neema);
});

test('a member who opens a new owner link owns the relay from then on, and who owned it before is a member as others are', async () => {
  const village = createGated('gated-next');
  const { until, person, own, start, linkOf, join, world, relay, staysIn } = village;
  const [asha, baraka, zuri] = [await person('Asha'), await person('Baraka'), await person('Zuri')];
  await own(asha);
  const room = await start(asha, 'Boats');
  await join(baraka, await linkOf(asha, room));
  await world.runFor(10_000);
  // By his own key now, and not by the invite.
  baraka.crash('killed');
  await world.finish(baraka.start([room]));
  await staysIn(baraka);
  expect(await world.finish(appOf(baraka).joinRoom(relay.owner()!.newLink()))).toBeNull();
  await until('the next owner', () => relayOf(baraka)?.members?.isMine === true);
  await until('hers no more', () => relayOf(asha)?.members?.isMine === false, 120_000);
  await world.runFor(60_000);
  await staysIn(asha);
  expect(isShut(zuri)).toBe(true);
});

test('a relay that says it is mine, and never was, hears nothing of who is in my rooms', async () => {
  const said: MeetFrame[] = [];
  let tell: (frame: MeetFrame) => void = () => undefined;
  const village = createVillage('not-mine', {
    page: () => ({
      network: (network) => ({
        ...network,
        openRelay: async (at, signal) => {
          const opened = await network.openRelay(at, signal);
          if (opened.state !== 'open') return opened;
          const link = {
            ...opened.link,
            send: (bytes: Uint8Array) => {
              const frame = decodeMeet(bytes);
              if (!('refused' in frame)) said.push(frame);
              return opened.link.send(bytes);
            },
          };
          tell = (frame) => ears?.onFrame(link, encodeMeet(frame));
          return { ...opened, link };
        },
        listen: (on) => {
          ears = on;
          return network.listen(on);
        },
      }),
    }),
  });
  let ears: LinkEvents | null = null;
  const { world, person } = village;
  const asha = await person('Asha');
  expect(await world.finish(appOf(asha).startRoom('Boats', 'members'))).not.toBeNull();
  await world.runFor(5_000);
  tell({ kind: 'refused', why: 'members-only', peer: null });
  await world.runFor(2_000);
  tell({ kind: 'entered', as: 'owner', word: new Uint8Array(0) });
  await world.runFor(10_000);
  expect(said.filter(({ kind }) => kind === 'enter')).toHaveLength(1);
  expect(said.filter(({ kind }) => kind === 'access')).toEqual([]);
});
