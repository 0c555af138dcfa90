/**
 * Proves that what people say and are called is nowhere to be read but in front of them: not on the disk of the page, in its caches and
 * logs, nor in the relay's memory, logs and folder, nor on the wire. All goes through the relay here: what goes from page to page is
 * DTLS, which nobody could look into anyway. Then the same texts are let slip everywhere once, and must be found.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, kill, platform } from 'node:process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium, openChromiumIn } from './browsers.ts';
import { findCanaries, newCanary } from './canary.ts';
import type { Place } from './canary.ts';
import { openPage, openProfile } from './hands.ts';
import { readPlaces } from './harness/page-places.ts';
import { writeRaw } from './harness/raw-shelves.ts';
import { createPerson, createSteps, isDirect } from './person.ts';
import type { Person } from './person.ts';
import { readMemory } from './process-memory.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';
import { untilUnsentKept } from './unsent-row.ts';
import { tapWire } from './wire-tap.ts';
import type { WireTap } from './wire-tap.ts';

/** In all of them, so that one look finds any, and what was cut short too. */
const mark = newCanary();
const canaries = {
  'my name': mark + newCanary(),
  'your name': mark + newCanary(),
  'open room': mark + newCanary(),
  'members room': mark + newCanary(),
  'my text in the open room': mark + newCanary(),
  'your text in the open room': mark + newCanary(),
  'my text in the members room': mark + newCanary(),
  'your text in the members room': mark + newCanary(),
} as const;
type Canary = keyof typeof canaries;

let folder: string;
let relay: RelayProcess;
let tap: WireTap;
let browser: Browser;
let mine: Seated;
let yours: Seated;

interface Seated {
  readonly person: Person;
  readonly page: Page;
  /** All that its console said, whole. */
  readonly console: string[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavu-canary-'));
  env['WAVU_PLANT'] = join(folder, 'plant');
  relay = await startRelay({ imports: [join(import.meta.dirname, 'harness/plant.ts')] });
  tap = await tapWire(relay.port);
  browser = await openChromium();
  [mine, yours] = [await seat('my name'), await seat('your name')];
});

afterAll(async () => {
  await browser?.close();
  await tap?.close();
  await relay?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

beforeEach(createSteps());

async function seat(name: Canary): Promise<Seated> {
  const context = await openProfile(browser);
  // Nobody gets a link of their own: every word passes the relay and the wire that we listen to.
  await context.addInitScript(() => {
    Object.assign(RTCPeerConnection.prototype, { setLocalDescription: () => Promise.reject(new Error('not here')) });
  });
  const hands = await openPage(context);
  const said: string[] = [];
  hands.page.on('console', (message) => {
    said.push(message.text());
    for (const each of message.args())
      void each.jsonValue().then((value: unknown) => said.push(JSON.stringify(value) ?? ''), ignore);
  });
  return { person: createPerson(canaries[name], hands), page: hands.page, console: said };
}

const ignore = (): void => undefined;

async function tell(from: Seated, to: Seated, what: Canary): Promise<void> {
  await from.person.write(canaries[what]);
  await Promise.all([to.person.hears(canaries[what]), from.person.marked(canaries[what], 'received')]);
}

async function places(): Promise<readonly Place[]> {
  const all: Place[] = [];
  for (const [whose, { page, console: said }] of Object.entries({ mine, yours })) {
    for (const { where, base64 } of await page.evaluate(readPlaces)) {
      all.push({ where: `${whose}: ${where}`, bytes: Buffer.from(base64, 'base64') });
    }
    all.push({ where: `${whose}: console`, bytes: Buffer.from(said.join('\n')) });
  }
  all.push({ where: 'wire', bytes: Buffer.concat(tap.heard()) });
  all.push({ where: 'log of the relay', bytes: Buffer.from(relay.said()) });
  for (const name of await readdir(relay.data)) {
    // The lock may be held so that not even its owner reads it.
    const bytes = await readFile(join(relay.data, name)).catch(() => Buffer.alloc(0));
    all.push({ where: `folder of the relay`, bytes: Buffer.concat([Buffer.from(`${name} `), bytes]) });
  }
  return all;
}

const inMemory = (wanted: Readonly<Record<string, string>>): readonly string[] => {
  const found = new Set<string>();
  let read = 0;
  for (const bytes of readMemory(relay.pid(), 256)) {
    read += bytes.length;
    for (const line of findCanaries(wanted, [{ where: 'memory of the relay', bytes }])) found.add(line);
  }
  // A relay that stands holds more than this: less would mean that we looked past it.
  expect(read).toBeGreaterThan(30_000_000);
  return [...found];
};

test('two people talk in an open room and in one of members, all through the relay', async () => {
  await mine.person.arrive(tap.url);
  await yours.person.arrive(await mine.person.startRoom(canaries['open room']));
  const before = tap.payloadBytes();
  await tell(mine, yours, 'my text in the open room');
  await tell(yours, mine, 'your text in the open room');
  expect(isDirect(await mine.person.seen(), canaries['your name'])).toBe(false);
  expect(tap.payloadBytes() - before).toBeGreaterThan(4 * 223); // each text up to the relay, and down again

  await mine.person.hands.press(en.home.fresh);
  const invite = await mine.person.startRoom(canaries['members room'], 'members');
  await yours.page.goto(invite, { waitUntil: 'commit' });
  await yours.person.until(
    'the room of members from within',
    ({ room, outside, people }) =>
      room === canaries['members room'] && outside === null && people.some(({ name }) => name.startsWith(canaries['my name'])),
  );
  await tell(yours, mine, 'your text in the members room');
  await tell(mine, yours, 'my text in the members room');
  expect(tap.isCompressed()).toBe(false);
});

test(
  'nothing of it is to be read on a disk, in a cache or log, in the relay or on the wire',
  { timeout: 180_000 },
  async (context) => {
    // A reload, so that everything was read from the disk once more, and may have been written again.
    await Promise.all([mine, yours].map(({ person }) => person.hands.reload()));
    await mine.person.until('what was said', ({ messages }) => messages.length > 1);
    await yours.person.until('what was said', ({ messages }) => messages.length > 1);
    const all = await places();
    const names = all.map(({ where }) => where);
    for (const where of [
      'mine: IndexedDB wavu/sealed/timeline/',
      'mine: IndexedDB wavu/keys/data',
      'yours: IndexedDB wavu/sealed/me/name',
    ])
      expect(names.some((each) => each.startsWith(where))).toBe(true);
    expect(findCanaries({ ...canaries, mark }, all)).toEqual([]);
    if (platform !== 'linux') return context.skip('the memory of the relay was NOT looked at: only Linux gives it to us (/proc)');
    expect(inMemory({ mark })).toEqual([]);
  },
);

test('let slip once in each place, it is found there', { timeout: 180_000 }, async (context) => {
  const planted = newCanary();
  const bytes = [...Buffer.from(planted)];
  const rows = [{ shelf: 'sealed', key: 'planted', bytes, version: 1 }];
  await mine.page.evaluate(writeRaw, { name: 'wavu', rows });
  await mine.page.evaluate(async (text) => {
    localStorage.setItem('planted', text);
    sessionStorage.setItem('planted', text);
    await (await caches.open('planted')).put('/planted', new Response(text));
    console.info('planted', { text });
    // Masked on its way up: only who takes the frames apart finds it.
    const socket = new WebSocket(location.origin.replace('http', 'ws'), 'wavu.meet.1');
    await new Promise((opened) => (socket.onopen = opened));
    socket.send(text);
    await new Promise((passed) => setTimeout(passed, 300));
    socket.close();
  }, planted);
  if (platform !== 'win32') {
    await writeFile(env['WAVU_PLANT'] ?? '', planted);
    kill(relay.pid(), 'SIGUSR2');
  }
  await expect.poll(() => relay.said().match(new RegExp(planted, 'g'))?.length, { timeout: 10_000 }).toBe(2);
  const found = findCanaries({ planted }, await places());
  for (const where of [
    'mine: IndexedDB wavu/sealed/planted',
    'mine: localStorage',
    'mine: sessionStorage',
    'mine: CacheStorage planted',
    'mine: console',
    'wire',
    'log of the relay',
    'folder of the relay',
  ])
    expect(found).toContainEqual(expect.stringContaining(`planted as UTF-8 or JSON in ${where}`));
  expect(found.some((line) => line.includes('yours'))).toBe(false);
  // Nor is it seen by who does not unmask.
  expect(
    findCanaries({ planted }, [{ where: 'wire', bytes: Buffer.concat(tap.heard().filter((_, at) => at % 2 === 0)) }]),
  ).toEqual([]);
  if (platform !== 'linux') return context.skip('the memory of the relay was NOT looked at: only Linux gives it to us (/proc)');
  expect(inMemory({ planted })).toContain('planted as UTF-8 or JSON in memory of the relay');
});

test(
  'what is written and not said yet is there after a reload, and in no file of the profile',
  { timeout: 180_000 },
  async () => {
    const [draft, planted] = [newCanary(), newCanary()];
    const profile = join(folder, 'profile');
    const context = await openChromiumIn(profile);
    const hands = await openPage(context);
    const zuri = createPerson('Zuri', hands);
    await zuri.arrive(relay.url);
    await zuri.startRoom('Well');
    await hands.fill('.composer textarea', draft);
    await untilUnsentKept(hands.page);
    // Let slip where a page may keep something over a reload.
    await hands.page.evaluate((text) => sessionStorage.setItem('planted', text), planted);
    await hands.reload();
    await zuri.until('what was written', (seen) => seen.draft === draft);
    await context.close();
    const files = await readdir(profile, { recursive: true, withFileTypes: true });
    const read = async (path: string): Promise<Place> => ({
      where: path,
      bytes: await readFile(path).catch(() => Buffer.alloc(0)),
    });
    const all = await Promise.all(files.filter((file) => file.isFile()).map((file) => read(join(file.parentPath, file.name))));
    expect(findCanaries({ planted }, all)).toContainEqual(expect.stringContaining('Session Storage'));
    expect(findCanaries({ draft }, all)).toEqual([]);
  },
);

const spelt: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(`so "${text}" it is`)],
  ['UTF-16LE', (text) => Buffer.from(`é${text}`, 'utf16le')],
  ['UTF-16BE', (text) => Buffer.from(`é${text}`, 'utf16le').swap16()],
  ['JSON', (text) => Buffer.from(JSON.stringify({ said: `"${text}"\n` }))],
  ['hex', (text) => Buffer.from(Buffer.from(`x${text}x`).toString('hex'))],
  ['HEX', (text) => Buffer.from(Buffer.from(`x${text}x`).toString('hex').toUpperCase())],
  ...(['base64', 'base64url'] as const).flatMap((spelling) =>
    [0, 1, 2].map(
      (before) =>
        [
          `${spelling} (${before})`,
          (text: string) => Buffer.from(Buffer.from(`${'~'.repeat(before)}${text}ÿ`).toString(spelling)),
        ] as const,
    ),
  ),
];

test.each(spelt)('a text is found as %s, and not where it is not', (_, spell) => {
  const text = newCanary();
  expect(findCanaries({ text }, [{ where: 'here', bytes: spell(text) }]).length).toBeGreaterThan(0);
  expect(findCanaries({ text }, [{ where: 'here', bytes: spell(newCanary()) }])).toEqual([]);
});
