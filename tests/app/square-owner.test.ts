/** [Q1] [Q2] [Q5] Whoever opens the owner link first owns the Square, and what the owner says holds on every page and at the relay. */
import { expect, test } from 'vitest';
import { decodeOwnerWord, encodeOwnerWord } from '../../src/protocol/square/word.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import type { Page } from '../simulation/page.ts';
import { createOwner, noOwner } from '../../relay/owner.ts';
import type { Network } from '../../src/ports/network.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import { decodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { createSquareVillage, squareOf } from './square.ts';
import { appOf, messagesOf, textsOf } from './village.ts';

const deviceOf = (page: Page) => appOf(page).view().me!.device;

test('used once: the first to open it owns the Square, the second is told so, and so is who made one up', async () => {
  const village = createSquareVillage('owner-link');
  const { world, person, enter, relay, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await enter(asha);
  await enter(baraka);
  const link = relay.owner()!.newLink();
  const claim = async (page: Page, what: string, outcome: string): Promise<void> => {
    expect(await world.finish(appOf(page).joinRoom(what))).toBe(room);
    await until(outcome, () => squareOf(page).claim === outcome);
  };
  await claim(asha, link, 'yours');
  expect(squareOf(asha)).toMatchObject({ isMine: true, deed: { did: 'began' } });
  await until('Baraka hears whose it is', () => squareOf(baraka).owner?.name === 'Asha');
  await claim(baraka, link, 'used');
  await claim(baraka, `own/${'A'.repeat(43)}`, 'unknown');
  expect(squareOf(baraka)).toMatchObject({ isMine: false, owner: { name: 'Asha' } });
  // The answer was lost, or the link is opened again where it was: nothing changes.
  await claim(asha, link, 'yours');
  expect(relay.owner()!.word()?.said.seq).toBe(1);
  // Lost the device: a new link makes a new owner, who goes on from there.
  await claim(baraka, relay.owner()!.newLink(), 'yours');
  await until('Asha hears of it', () => !squareOf(asha).isMine && squareOf(asha).owner?.name === 'Baraka');
  expect(await world.finish(appOf(asha).inSquare({ kind: 'close' }))).toBe(false);
});

test('[Q1] the link of another relay is refused here, and nothing that this relay hears makes anybody its owner', async () => {
  const heard: Uint8Array[] = [];
  const listen = (network: Network): Network => ({
    ...network,
    openRelay: async (at, signal) => {
      const opened = await network.openRelay(at, signal);
      if (opened.state !== 'open') return opened;
      const { send } = opened.link;
      // The same link: others know it by itself.
      Object.assign(opened.link, { send: (bytes: Uint8Array) => (heard.push(bytes.slice()), send(bytes)) });
      return opened;
    },
  });
  const village = createSquareVillage('owner-elsewhere', { page: () => ({ network: listen }) });
  const { world, person, enter, relay, until } = village;
  const asha = await person('Asha');
  const room = await enter(asha);
  // Of another relay, even with the same Square.
  const elsewhere = createOwner(
    room,
    parsePeerId('elsewhere')!,
    { bytes: (length) => new Uint8Array(length).fill(77) },
    {
      kept: noOwner,
      keep: () => undefined,
    },
  );
  const link = elsewhere.newLink();
  await world.finish(appOf(asha).joinRoom(link));
  await until('refused', () => squareOf(asha).claim === 'unknown');
  const claims = heard.map((bytes) => decodeMeet(bytes)).filter((frame) => 'kind' in frame && frame.kind === 'claim');
  expect(claims).toHaveLength(1);
  const secret = Buffer.from(decodeOwnerLink(link)!);
  for (const bytes of heard) expect(Buffer.from(bytes).includes(secret)).toBe(false);
  for (const claim of claims) if ('kind' in claim && claim.kind === 'claim') expect(elsewhere.claim(claim)).toBe('refused');
  expect([elsewhere.word(), relay.owner()!.word()]).toEqual([null, null]);
  await world.finish(appOf(asha).joinRoom(relay.owner()!.newLink()));
  await until('hers', () => squareOf(asha).claim === 'yours');
});

test('pins, expels, lets in again, closes, reopens and clears: seen by all, also by who comes later, and with the relay gone', async () => {
  const village = createSquareVillage('owner-acts');
  const { world, person, enter, own, until, relay, refusals } = village;
  const [asha, baraka, neema] = [await person('Asha'), await person('Baraka'), await person('Neema')];
  const room = await own(asha);
  await enter(baraka);
  await enter(neema);
  const say = (page: Page, text: string) => world.finish(appOf(page).send(room, text));
  const does = (deed: Parameters<ReturnType<typeof appOf>['inSquare']>[0]) => world.finish(appOf(asha).inSquare(deed));
  expect(await say(baraka, 'Cheap watches')).toBe(true);
  expect(await say(neema, 'Meet at the tank')).toBe(true);
  await until('both are heard', () => textsOf(appOf(asha), room).length === 2);
  const tank = messagesOf(appOf(asha), room).find(({ text }) => text === 'Meet at the tank')!;

  expect(await does({ kind: 'pin', author: tank.author, id: tank.id })).toBe(true);
  await until('pinned there', () => squareOf(baraka).pinned?.text === 'Meet at the tank');
  expect(squareOf(baraka)).toMatchObject({ owner: { name: 'Asha' }, deed: { did: 'pinned' } });

  expect(await does({ kind: 'expel', device: deviceOf(baraka) })).toBe(true);
  await until('his words are gone', () => textsOf(appOf(neema), room).join() === 'Meet at the tank');
  await until('he knows', () => squareOf(baraka).silent === 'expelled');
  expect(squareOf(neema)).toMatchObject({ deed: { did: 'expelled', about: 'Baraka' } });
  await world.runFor(11_000);
  expect(await say(baraka, 'Cheaper watches')).toBe(false);
  expect(refusals()).toContain('expelled');
  expect(await does({ kind: 'let-in', device: deviceOf(baraka) })).toBe(true);
  await until('they are back', () => textsOf(appOf(neema), room).includes('Cheap watches'));
  await until('he knows that too', () => squareOf(baraka).silent === null);

  expect(await does({ kind: 'close' })).toBe(true);
  await until('closed', () => squareOf(neema).silent === 'closed');
  await world.runFor(11_000);
  expect(await say(neema, 'Hello?')).toBe(false);
  expect(await say(asha, 'Back at noon')).toBe(true);
  const zuri = await person('Zuri');
  await enter(zuri);
  await until('Zuri knows at once', () => squareOf(zuri).silent === 'closed' && squareOf(zuri).pinned !== null);
  await until('and hears the owner', () => textsOf(appOf(zuri), room).includes('Back at noon'));

  await until('linked', () =>
    appOf(asha)
      .view()
      .mesh.neighbours.every(({ path }) => path === 'direct'),
  );
  relay.crash('killed');
  expect(await does({ kind: 'reopen' })).toBe(true);
  expect(await does({ kind: 'clear' })).toBe(true);
  expect(await does({ kind: 'unpin' })).toBe(true);
  for (const page of [baraka, neema, zuri]) {
    await until('open and empty, without the relay', () => squareOf(page).silent === null && squareOf(page).pinned === null);
    await until('cleared', () => textsOf(appOf(page), room).length === 0);
  }
  relay.start();
  await until('the relay hears of it from whoever comes back', () => relay.owner()?.word()?.said.did === 'unpinned', 120_000);
});

test('an older word said again, a stranger’s, and one for another Square change nothing', async () => {
  const village = createSquareVillage('owner-forged');
  const { world, person, enter, own, until, relay, refusals } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await own(asha);
  const room = await enter(baraka);
  const first = relay.owner()!.word()!.bytes;
  await world.finish(appOf(asha).inSquare({ kind: 'close' }));
  await until('closed', () => squareOf(baraka).isClosed);
  const stranger = deriveDevice(new Uint8Array(32).fill(99));
  const word = decodeOwnerWord(first, room);
  if ('refused' in word) throw new Error(word.refused);
  const forged = [
    first,
    encodeOwnerWord({ ...word, owner: stranger.id, seq: 9 }, room, stranger),
    encodeOwnerWord({ ...word, seq: 9 }, room, stranger),
    encodeOwnerWord({ ...word, seq: Number.MAX_SAFE_INTEGER }, room, stranger),
    new Uint8Array(40),
  ];
  const mallory = await person('Mallory');
  await enter(mallory);
  const network = mallory.running()!.life.network();
  await until('linked', () => network.links().filter(({ end }) => end === 'peer').length >= 2);
  for (const link of network.links()) {
    for (const bytes of forged) if (link.end === 'peer') link.send(encodeFrame({ kind: 'square', bytes }));
  }
  await world.runFor(2_000);
  expect(squareOf(baraka)).toMatchObject({ isClosed: true, owner: { name: 'Asha' } });
  expect(refusals()).toEqual(expect.arrayContaining(['not-owner', 'bad-signature', 'too-far-ahead']));
  for (const bytes of forged) expect(relay.owner()!.take(bytes)).not.toBeNull();
  expect(relay.owner()!.word()?.said.seq).toBe(2);
});

test('a page that starts again, and a relay that does, know whose it is and what holds', async () => {
  const village = createSquareVillage('owner-restart');
  const { world, person, enter, own, until, relay, shelf } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await own(asha);
  await enter(baraka);
  const before = shelf.kept;
  await world.finish(appOf(asha).inSquare({ kind: 'close' }));
  await until('closed', () => squareOf(baraka).isClosed);
  await world.runFor(5_000);
  relay.crash('power-cut');
  baraka.crash('killed');
  await world.finish(baraka.start([]));
  await until('known from the disk', () => appOf(baraka).view().square?.isClosed === true);
  relay.start();
  expect(relay.owner()!.word()?.said.did).toBe('closed');
  relay.crash('killed');
  // Its folder was put back from an old backup: the pages know better, and tell it.
  shelf.keep(before);
  relay.start();
  expect(relay.owner()!.word()?.said.did).toBe('began');
  await until('told', () => relay.owner()?.word()?.said.did === 'closed', 120_000);
});
