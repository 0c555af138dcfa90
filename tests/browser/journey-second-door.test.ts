/** Somewhere that lets no WebSocket through: the page comes in by webrtc-direct, says so, and talks all the same. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import { openProfile } from './hands.ts';
import { createSteps, isDirect, isRelayOpen, openPerson } from './person.ts';
import type { Person, PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Behind the wall';

let relay: RelayProcess;
let wall: Wall;
let browser: Browser;
let asha: PersonOnPage;
let baraka: PersonOnPage;

beforeAll(async () => {
  relay = await startRelay();
  wall = await openWall(relay.port);
  browser = await openChromium();
  [asha, baraka] = await Promise.all([
    openPerson('Asha', await openProfile(browser)),
    openPerson('Baraka', await openProfile(browser)),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await wall?.close();
  await relay?.close();
});

beforeEach(createSteps());

interface Wall {
  readonly url: string;
  letsSocketsThrough: boolean;
  /** How many it turned away. */
  refusedSockets(): number;
  close(): Promise<void>;
}

/** What stands before many a page: it passes HTTP on to the relay, and refuses WebSockets. */
async function openWall(relayPort: number): Promise<Wall> {
  let refused = 0;
  const server = createServer(({ method, url, headers }, response) => {
    const asked = request({ host: '127.0.0.1', port: relayPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    asked.end();
  });
  server.on('upgrade', ({ url, headers }, socket, head) => {
    socket.on('error', () => undefined);
    if (!wanted.letsSocketsThrough) {
      refused += 1;
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const onward = request({ host: '127.0.0.1', port: relayPort, path: url, headers });
    onward.on('error', () => socket.destroy());
    onward.on('response', () => socket.destroy());
    onward.on('upgrade', (answer, far) => {
      far.on('error', () => socket.destroy());
      far.on('close', () => socket.destroy());
      socket.on('close', () => far.destroy());
      const lines = answer.rawHeaders.flatMap((each, at) =>
        at % 2 === 0 ? [`${each}: ${answer.rawHeaders[at + 1] ?? ''}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    onward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wanted: Wall = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    letsSocketsThrough: false,
    refusedSockets: () => refused,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return wanted;
}

/** What the Mesh tab calls the relay, and in which state. */
async function relayRow(person: Person, isSo: (name: string) => boolean): Promise<string> {
  await person.showTab('mesh');
  const seen = await person.until('the relay in the table', ({ links }) => links.some(({ name }) => isSo(name)));
  return seen.links.find(({ name }) => isSo(name))?.name ?? '';
}

const isSecondDoor = (name: string): boolean => name.endsWith('/udp');
const isFirstDoor = (name: string): boolean => name.startsWith('localhost:');

test('where WebSockets are refused the page comes in by webrtc-direct, soon, and the Mesh tab says so', async () => {
  await asha.arrive(wall.url);
  const { atMs } = await asha.until('the relay', isRelayOpen);
  const openedAtMs = await asha.page.evaluate(() => performance.timeOrigin);
  console.log(`in by the second door ${Math.round(atMs - openedAtMs)} ms after the page was opened, the name typed in between`);
  expect(wall.refusedSockets()).toBeGreaterThan(0);
  expect(await relayRow(asha, isSecondDoor)).toMatch(/^127\.0\.0\.1:\d+\/udp$/);
});

test('she meets one who came by WebSocket: both write, and reach each other directly', async () => {
  await asha.showTab('rooms');
  const invite = await asha.startRoom(room);
  await baraka.arrive(invite.replace(wall.url, relay.url));
  await baraka.until('the room of the invite', (seen) => seen.room === room);
  await asha.write('Does this get through?');
  await Promise.all([baraka.hears('Does this get through?'), asha.marked('Does this get through?', 'received')]);
  await baraka.write('It does');
  await Promise.all([asha.hears('It does'), baraka.marked('It does', 'received')]);
  await Promise.all([
    asha.until('Baraka linked directly', (seen) => isDirect(seen, 'Baraka')),
    baraka.until('Asha linked directly', (seen) => isDirect(seen, 'Asha')),
  ]);
  expect(await relayRow(baraka, isFirstDoor)).toBe(`localhost:${relay.port}`);
});

test('after a reload she is in by the second door again, and talks on', async () => {
  await Promise.all([asha.openRoom(room), baraka.openRoom(room)]);
  await asha.hands.reload();
  await asha.until('the relay', isRelayOpen);
  await asha.until('Baraka linked directly', (seen) => isDirect(seen, 'Baraka'));
  await asha.write('Still behind the wall');
  await Promise.all([baraka.hears('Still behind the wall'), asha.marked('Still behind the wall', 'received')]);
});

test('once WebSockets pass she goes over to the first door, and the talk goes on', async () => {
  wall.letsSocketsThrough = true;
  // What a browser says when it is in another network; without it she looks within a minute.
  await asha.page.evaluate(() => dispatchEvent(new Event('online')));
  expect(await relayRow(asha, isFirstDoor)).toBe(new URL(wall.url).host);
  await asha.openRoom(room);
  await baraka.write('Do you still hear me?');
  await Promise.all([asha.hears('Do you still hear me?'), baraka.marked('Do you still hear me?', 'received')]);
});

test('the relay restarts, and she comes back by the first door', async () => {
  await relay.kill('SIGTERM');
  await asha.until('the loss of the relay', ({ tide }) => tide.includes('still here'));
  await relay.restart();
  await asha.until('the relay', isRelayOpen);
  expect(await relayRow(asha, isFirstDoor)).toBe(new URL(wall.url).host);
});

test('nobody complained on the way', () => {
  // What the browser says of each socket the wall turned away is no fault of the page.
  const ofTheWall = /WebSocket connection to/;
  const complaints = [...asha.hands.complaints, ...baraka.hands.complaints];
  expect(complaints.filter((each) => !ofTheWall.test(each))).toEqual([]);
});
