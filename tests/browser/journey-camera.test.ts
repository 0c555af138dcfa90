/**
 * Codes go from one screen to the other device's camera, and nobody types or pastes: what Chromium takes for a camera is a picture of the
 * other page, taken while it is open. A camera that may not be used is told, and pasting does as well.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openProfile } from './hands.ts';
import { openStaticSite } from './harness/static-site.ts';
import type { StaticSite } from './harness/static-site.ts';
import { offer, paste, shown, untilDialog } from './pairing.ts';
import { openPerson, tell } from './person.ts';
import type { PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const app = env['WAVU_APP'] ?? join(import.meta.dirname, '../../dist');

/** A browser with a camera that sees what the last picture in its file shows. */
interface Device {
  readonly browser: Browser;
  sees(other: PersonOnPage): Promise<void>;
}

let folder: string;
let site: StaticSite;
let relay: RelayProcess;
let devices: readonly Device[] = [];

async function openDevice(name: string): Promise<Device> {
  const camera = join(folder, `${name}.mjpeg`);
  const browser = await openChromium(['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`]);
  return {
    browser,
    // Chromium opens the file each time that a page opens the camera.
    sees: async ({ page }) => writeFile(camera, await page.screenshot({ type: 'jpeg', quality: 90 })),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavu-camera-'));
  [site, relay] = await Promise.all([openStaticSite(app), startRelay({ square: 'off' })]);
  devices = [await openDevice('asha'), await openDevice('baraka')];
});

afterAll(async () => {
  await Promise.all(devices.map(({ browser }) => browser.close()));
  await Promise.all([site?.stop(), relay?.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function withCamera(name: string, { browser }: Device, may: 'allowed' | 'refused'): Promise<PersonOnPage> {
  const context = await openProfile(browser, { permissions: may === 'allowed' ? ['camera'] : [] });
  await context.addInitScript(keepTracks);
  return await openPerson(name, context);
}

test('two codes from screen to camera: two people with no relay are connected', async () => {
  const [hers, his] = devices as readonly [Device, Device];
  const asha = await withCamera('Asha', hers, 'allowed');
  const baraka = await withCamera('Baraka', his, 'allowed');
  await asha.arrive(site.origin);
  await baraka.arrive(site.origin);

  await offer(asha);
  await his.sees(asha);
  await baraka.hands.press(en.home.pair);
  await baraka.hands.press(en.pair.scan);
  await shown(baraka, en.pair.answering);
  await hers.sees(baraka);
  await asha.hands.press(en.pair.toAnswer);
  await Promise.all([untilDialog(asha, en.pair.connected('Baraka')), untilDialog(baraka, en.pair.connected('Asha'))]);

  await Promise.all([untilOffAgain(asha), untilOffAgain(baraka)]);
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
  await Promise.all([asha.hands.close(), baraka.hands.close()]);
});

test('the code of an invite leads into the room', async () => {
  const [hers, his] = devices as readonly [Device, Device];
  const asha = await withCamera('Asha', hers, 'allowed');
  const baraka = await withCamera('Baraka', his, 'allowed');
  await asha.arrive(relay.url);
  await baraka.arrive(relay.url);
  await asha.startRoom('The well');
  await asha.page.locator('.invite .qr').waitFor();
  await his.sees(asha);
  await baraka.hands.press(en.home.join);
  await baraka.hands.press(en.join.scan);
  await baraka.until('the room', ({ room }) => room === 'The well');
  await tell(baraka, [asha], 'Is there water?');
  await untilOffAgain(baraka);
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
  await Promise.all([asha.hands.close(), baraka.hands.close()]);
});

test('a code of another kind is told, and the camera stays open and looks on', async () => {
  const [hers, his] = devices as readonly [Device, Device];
  const asha = await withCamera('Asha', hers, 'allowed');
  const baraka = await withCamera('Baraka', his, 'allowed');
  await asha.arrive(relay.url);
  await baraka.arrive(site.origin);
  await asha.startRoom('The well');
  await asha.page.locator('.invite .qr').waitFor();
  await his.sees(asha);
  await baraka.hands.press(en.home.pair);
  await baraka.hands.press(en.pair.scan);
  await baraka.until('the refusal', ({ refusal }) => refusal === en.pair.isInvite);
  // Each letter draws the screen anew.
  await baraka.page.locator('#pair-code').pressSequentially('good morning');
  expect(await baraka.page.evaluate(tracks)).toEqual(['live']);
  await baraka.hands.press(en.common.back);
  await untilDialog(baraka, en.pair.title);
  await untilOffAgain(baraka);
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
  await Promise.all([asha.hands.close(), baraka.hands.close()]);
});

test('a camera that may not be used is told, and the code can be pasted', async () => {
  const [hers, his] = devices as readonly [Device, Device];
  const asha = await withCamera('Asha', hers, 'refused');
  const baraka = await withCamera('Baraka', his, 'refused');
  await asha.arrive(site.origin);
  await baraka.arrive(site.origin);
  const told = (words: string): Promise<void> => baraka.page.getByRole('alert').filter({ hasText: words }).waitFor();

  await baraka.hands.press(en.home.join);
  await baraka.hands.press(en.join.scan);
  await told(en.join.scanRefused);
  await baraka.hands.press(en.common.cancel);

  const question = await offer(asha);
  await baraka.hands.press(en.home.pair);
  await baraka.hands.press(en.pair.scan);
  await told(en.pair.noCamera);
  await paste(baraka, question);
  await shown(baraka, en.pair.answering);
  expect(await baraka.page.evaluate(tracks)).toEqual([]);
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
  await Promise.all([asha.hands.close(), baraka.hands.close()]);
});

// Only ever named inside functions that run in the page, where `keepTracks` has put it.
declare const kept: MediaStreamTrack[];
/** It was opened once. */
const untilOffAgain = ({ page }: PersonOnPage): Promise<unknown> =>
  page.waitForFunction(() => kept.map(({ readyState }) => readyState).join() === 'ended', null, { timeout: 5_000 });
const tracks = (): readonly string[] => kept.map(({ readyState }) => readyState);

/** Runs in the page before anything of it does. */
function keepTracks(): void {
  const all: MediaStreamTrack[] = [];
  Object.assign(globalThis, { kept: all });
  const open = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (this: MediaDevices, wanted?: MediaStreamConstraints) {
    const stream = await Reflect.apply(open, this, [wanted]);
    all.push(...stream.getTracks());
    return stream;
  };
}
