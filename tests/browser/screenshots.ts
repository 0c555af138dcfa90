/** Takes the pictures of the README and the manifest from the real thing: two people, a real relay, nothing staged but the words. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { openChromium } from './browsers.ts';
import { openPage, openProfile, phone, wide } from './hands.ts';
import { createPerson, isDirect } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';

const folder = fileURLToPath(new URL('../../public/screenshots/', import.meta.url));
const views = [
  { name: 'phone-light', viewport: phone, colorScheme: 'light' },
  { name: 'phone-dark', viewport: phone, colorScheme: 'dark' },
  { name: 'desktop-light', viewport: wide, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: wide, colorScheme: 'dark' },
] as const;

type View = (typeof views)[number];

const talk = [
  ['Baraka', 'The pump at the school is running again.'],
  ['Baraka', 'We need two more lengths of pipe, 32 mm.'],
  ['Asha', 'I have one. Neema may have the other.'],
  ['Neema', 'Yes. I can bring it before noon.'],
  ['Asha', 'Good. Meet at the tank?'],
  ['Baraka', 'At the tank, eleven.'],
] as const;

await mkdir(folder, { recursive: true });
const browser = await openChromium();
for (const view of views) {
  process.stderr.write(`screenshots: ${view.name} …\n`);
  await takeAll(browser, view);
}
await browser.close();

async function takeAll(from: Browser, view: View): Promise<void> {
  const relay = await startRelay();
  const shown = await openPage(await openProfile(from, { ...view, deviceScaleFactor: view.viewport === phone ? 2 : 1 }));
  const take = async (what: string): Promise<void> => {
    await shown.page.bringToFront();
    // Nothing stands under the pointer.
    await shown.page.mouse.move(0, 0);
    await shown.page.screenshot({ path: `${folder}${view.name}-${what}.png`, animations: 'disabled' });
  };
  const asha = createPerson('Asha', shown);
  const others = await Promise.all(
    ['Baraka', 'Neema'].map(async (name) => createPerson(name, await openPage(await openProfile(from)))),
  );
  const people: readonly Person[] = [asha, ...others];

  await shown.open(relay.url);
  await asha.until('the relay', ({ screen }) => screen === 'first');
  await take('first-minute');
  await asha.arrive(relay.url);
  await take('home');
  const invite = await asha.startRoom('Water committee');
  await take('invite');
  for (const each of others) {
    await each.arrive(invite);
    await each.until('Asha, directly', (seen) => isDirect(seen, 'Asha'));
  }
  for (const [name, text] of talk) {
    const author = people.find((each) => each.name === name);
    await author?.write(text);
    if (author !== asha) await asha.hears(text);
    else await asha.marked(text, 'received');
  }
  await take('room');
  if (view.viewport === phone) await shown.page.goBack();
  await asha.showTab('mesh');
  await shown.page.getByRole('table').waitFor();
  await take('mesh');
  await asha.showTab('you');
  await shown.page.locator('#name').waitFor();
  await take('you');
  await Promise.all(people.map(({ hands }) => hands.close()));
  await relay.close();
}
