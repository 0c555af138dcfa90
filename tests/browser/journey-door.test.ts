/** Proves that whoever stands at the door of a room of members is told how it stands, keeps what they had, and that Back closes what is open. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { textBytes } from '../../src/app/fit.ts';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile, phone } from './hands.ts';
import { createPerson, createSteps, said, untilHere } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Seed store';

let relay: RelayProcess;
let browser: Browser;
let asha: Person;
/** On a phone. */
let neema: Person & { readonly page: Page };
let first = '';
let second = '';

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  asha = createPerson('Asha', await openPage(await openProfile(browser)));
  const hands = await openPage(await openProfile(browser, { viewport: phone }));
  neema = { ...createPerson('Neema', hands), page: hands.page };
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

const sees = (words: string): Promise<unknown> => neema.until(`"${words}"`, ({ outside }) => outside?.includes(words) === true);
const dialog = (title: string): Promise<void> => neema.page.getByRole('dialog', { name: title }).waitFor();
const noDialog = (): Promise<unknown> =>
  neema.page.waitForFunction(() => document.querySelector('dialog[open]') === null, null, { polling: 50 });
/** As the button of the browser does, or the gesture of a phone. */
const back = (): Promise<unknown> => neema.page.goBack();
const paste = async (link: string): Promise<void> => {
  await neema.hands.press(en.home.join);
  await neema.hands.fill('#invite-link', link);
  await neema.hands.press(en.join.enter);
};

test('what is said before anybody came is said to nobody, and stays so', async () => {
  await asha.arrive(relay.url);
  first = await asha.startRoom(room, 'members');
  await asha.write('To nobody');
  await asha.marked('To nobody', 'alone');
  expect((await asha.seen()).messages[0]?.word).toContain(en.mark.alone);
});

test('a link that was taken back says so, and the waiting screen takes a fresh one', async () => {
  await asha.hands.press(en.invite.open);
  await asha.hands.press(en.inviting.withdraw);
  await asha.hands.press(en.inviting.make);
  const shown = await asha.until('another link', ({ invite }) => invite !== null && invite !== first);
  second = shown.invite ?? '';
  await asha.hands.key('Escape');
  await neema.arrive(first);
  await sees(en.outside.over);
  expect(await findViolations(neema.page)).toEqual([]);
  await paste(second);
  await Promise.all([untilHere(asha, 'Neema'), neema.until('the room', ({ outside }) => outside === null)]);
  await neema.write('Here I am');
  await asha.hears('Here I am');
  await asha.marked('To nobody', 'alone');
});

test('Back closes what is open and leaves the room where it is', async () => {
  const isInRoom = async (): Promise<void> => {
    await noDialog();
    expect((await neema.seen()).room).toBe(room);
  };
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await back();
  await isInRoom();
  // One over the other: one step each.
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await neema.hands.press('Asha');
  await dialog('Asha');
  await back();
  await dialog(en.people.title);
  await neema.page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 1, null, { polling: 50 });
  // One in the place of another is one step as well, and closed by hand it leaves none behind.
  await neema.hands.press(en.people.leave);
  await dialog(en.leaving.title(room));
  await back();
  await isInRoom();
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await neema.hands.key('Escape');
  await isInRoom();
  // Open while the page is loaded anew: gone, and no step of its own any more.
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await neema.hands.reload();
  await neema.until('the room', (seen) => seen.room === room);
  await noDialog();
  await neema.page.waitForFunction(() => JSON.stringify(history.state).includes('"isSheet":false'), null, { polling: 50 });
  await back();
  await neema.until('the list', (seen) => seen.room === null && seen.rooms.includes(room));
  // From a dialog to a place: Back leads to where one was, not into the dialog.
  await neema.hands.press(en.home.fresh);
  await dialog(en.home.fresh);
  await neema.hands.press(en.home.start);
  await dialog(en.start.title);
  await neema.hands.fill('#room-name', 'Elsewhere');
  await neema.hands.press(en.start.open);
  await neema.hands.press(en.start.create);
  await neema.until('the new room', (seen) => seen.room === 'Elsewhere');
  await back();
  await neema.until('the list', (seen) => seen.room === null);
  await noDialog();
  await neema.openRoom(room);
});

test('a message that is too long says by how much, and is not sent', async () => {
  await neema.hands.fill('.composer textarea', 'é'.repeat(textBytes / 2 + 3));
  const problem = neema.page.locator('.composer .error');
  await problem.waitFor();
  expect(await problem.textContent()).toBe(`${en.room.tooLong} ${en.room.tooMany.other.replace('#', '3')}`);
  await neema.hands.key('Enter');
  await neema.hands.fill('.composer textarea', 'é'.repeat(textBytes / 2));
  await problem.waitFor({ state: 'detached' });
  await neema.hands.fill('.composer textarea', '');
  expect((await neema.seen()).messages).toHaveLength(1);
});

test('who is put out and opens a link again still reads what they had; to stop waiting loses nothing', async () => {
  await asha.hands.press('Neema');
  await asha.hands.press(en.person.remove);
  await asha.hands.press(en.person.removeYes);
  await sees(en.room.out);
  await neema.hands.open(second);
  await neema.until('the word on the link, and what was said', (seen) => {
    return seen.outside?.includes(en.outside.over) === true && said(seen, 'Here I am').length === 1;
  });
  await neema.hands.reload();
  await neema.until('both again', (seen) => {
    return seen.outside?.includes(en.outside.over) === true && said(seen, 'Here I am').length === 1;
  });
  expect(await findViolations(neema.page)).toEqual([]);
  await neema.hands.press(en.outside.stop);
  const seen = await neema.until('no waiting any more', ({ outside }) => outside?.includes(en.outside.over) === false);
  expect([seen.room, seen.outside?.includes(en.room.out), said(seen, 'Here I am').length]).toEqual([room, true, 1]);
});

test('asked in again, with nobody there at first: it says so, and lets in who comes', async () => {
  const third = await (async () => {
    await asha.hands.press(en.invite.open);
    await asha.hands.press(en.inviting.make);
    const shown = await asha.until('a link', ({ invite }) => invite !== null && invite !== second);
    return shown.invite ?? '';
  })();
  await asha.hands.open('about:blank');
  await neema.hands.open(third);
  await neema.until('that nobody is there, and what was said', (seen) => {
    return seen.outside?.includes(en.outside.alone) === true && said(seen, 'Here I am').length === 1;
  });
  await asha.hands.open(relay.url);
  await asha.openRoom(room);
  await neema.until('the room', ({ outside, messages }) => outside === null && messages.length === 1);
  await neema.write('In again');
  await asha.hears('In again');
});

test('to leave asks first, and says what goes and what stays', async () => {
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await neema.hands.press(en.people.leave);
  await dialog(en.leaving.title(room));
  await neema.page.getByText(en.leaving.membersTruth).waitFor();
  await neema.hands.press(en.common.cancel);
  await noDialog();
  expect(said(await neema.seen(), 'In again')).toHaveLength(1);
  await neema.page.locator('.bar .count').click();
  await dialog(en.people.title);
  await neema.hands.press(en.people.leave);
  await dialog(en.leaving.title(room));
  await neema.hands.press(en.leaving.yes);
  await neema.until('no such room any more', (seen) => seen.room === null && !seen.rooms.includes(room));
  expect(said(await asha.seen(), 'In again')).toHaveLength(1);
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...neema.hands.complaints]).toEqual([]);
});
