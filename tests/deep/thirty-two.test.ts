/**
 * Thirty-two come to one room at once, eight of them Chromium pages. Within 15 s each shows what was said there and links
 * of its own, no more of them than a phone should have, and with the relay gone a word of one still reaches all.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import type { App } from '../../src/app/app.ts';
import type { View } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createConnection } from '../adapters/people.ts';
import { openChromium } from '../browser/browsers.ts';
import { openPage, openProfile } from '../browser/hands.ts';
import { createPerson } from '../browser/person.ts';
import type { Person } from '../browser/person.ts';
import { startRelay } from '../browser/relay-process.ts';
import type { RelayProcess } from '../browser/relay-process.ts';
import { openDevice, untilView } from '../soak/device.ts';

const [pages, devices] = [8, 24];
const all = pages + devices;
const withinMs = 15_000;
const first = 'Are you all here?';
const [fewest, most] = [3, 12];

let chromium: Browser;
let relay: RelayProcess;
const apps: App[] = [];

beforeAll(async () => {
  chromium = await openChromium();
  relay = await startRelay();
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await chromium?.close();
  await relay?.close();
});

test(`${all} peers in one room: connected within ${withinMs} ms, each by ${fewest} to ${most} links of its own`, async () => {
  for (let at = 0; at < devices; at += 1) apps.push(await openDevice(`Device ${at}`, relay.url, { createConnection }));
  const people: Person[] = [];
  for (let at = 0; at < pages; at += 1) {
    const person = createPerson(`Page ${at}`, await openPage(await openProfile(chromium)));
    await person.arrive(relay.url);
    people.push(person);
  }
  const [founder, ...others] = apps as [App, ...App[]];
  const room = await founder.startRoom('The hall', 'open');
  if (room === null) throw new Error('no room');
  const invite = founder.view().rooms.find(({ id }) => id === room)?.invite ?? '';

  const startMs = performance.now();
  const stands = (app: App): Promise<void> =>
    untilView(app, (view) => textsIn(view, room).includes(first) && isBounded(directOf(view)));
  const came = async (person: Person): Promise<void> => {
    await person.hands.open(`${relay.url}#${invite}`);
    await person.hears(first);
    await person.showTab('mesh');
    await person.until('its links', ({ links }) => isBounded(links.filter(isDirect)));
  };
  await Promise.all([
    founder.show(room).then(async () => {
      await founder.send(room, first);
      await stands(founder);
    }),
    ...others.map(async (app) => {
      await app.joinRoom(invite);
      await app.show(room);
      await stands(app);
    }),
    ...people.map(came),
  ]);
  const tookMs = performance.now() - startMs;

  const degrees = apps.map((app) => directOf(app.view()).length);
  for (const person of people) {
    const { links } = await person.seen();
    degrees.push(links.filter(isDirect).length);
  }
  process.stderr.write(
    `${all} peers: all in after ${tookMs.toFixed(0)} ms, links ${degrees.toSorted((a, b) => a - b).join(' ')}\n`,
  );
  expect(Math.max(...degrees)).toBeLessThanOrEqual(most);
  expect(Math.min(...degrees)).toBeGreaterThanOrEqual(fewest);
  expect(tookMs).toBeLessThanOrEqual(withinMs);

  await relay.kill('SIGKILL');
  for (const person of people) await person.openRoom('The hall');
  const last = 'By our links alone';
  await others.at(-1)?.send(room, last);
  await Promise.all([
    ...apps.map((app) => untilView(app, (view) => textsIn(view, room).includes(last))),
    ...people.map((person) => person.hears(last)),
  ]);
});

const isBounded = (links: readonly unknown[]): boolean => links.length >= fewest && links.length <= most;
const directOf = ({ mesh }: View): readonly unknown[] => mesh.neighbours.filter(({ path }) => path === 'direct');
const textsIn = ({ timelines }: View, room: RoomId): readonly string[] => timelines[room]?.messages.map(({ text }) => text) ?? [];
const isDirect = ({ path }: { readonly path: string }): boolean => path.includes(en.people.direct);
