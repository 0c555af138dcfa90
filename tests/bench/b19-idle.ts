/** B19: what a page that nobody touches gives to its relay, and to each neighbour. */
import type { Page } from 'playwright-core';
import { openReady, pause } from './contender.ts';
import type { BenchHandle } from './handle.ts';
import { row } from './rows.ts';
import type { Row } from './rows.ts';
import { isAbsent } from './world.ts';
import type { Bench, World } from './world.ts';

const NEIGHBOURS = 6;
const LINKED_MS = 60_000;
const CALM_MS = 60_000; // strangers, the Square's topic and the first measurements of each path are over by then
const WINDOW_MS = 120_000; // six rounds of the slowest heartbeat
const MINUTES = WINDOW_MS / 60_000;

export type Given = { readonly sockets: number; readonly channels: readonly number[] };

export const idle: Bench = {
  ids: ['B19', 'B19a', 'B19b'],
  async *run(world): AsyncGenerator<Row> {
    const wavu = await world.wavu();
    const given = isAbsent(wavu) ? [] : await idleBytes(world, wavu.homeUrl, WINDOW_MS);
    const most = (bytes: readonly number[]): number | null => (bytes.length === 0 ? null : Math.max(...bytes) / MINUTES);
    const counted = `bytes handed to send() in ${WINDOW_MS / 1_000} s, by the one of ${NEIGHBOURS + 1} pages that gave most: one room and the Square, all linked to all, ${CALM_MS / 1_000} s after the last link; framing of WebSocket, SCTP, DTLS and IP apart`;
    const why = isAbsent(wavu) ? { why: wavu.absent } : {};
    yield row({
      name: 'B19a idle page, bytes a minute to its relay',
      value: most(given.map(({ sockets }) => sockets)),
      unit: 'B/min',
      baseline: null,
      limit: { of: 'value', atMost: 2_000 },
      counted: `${counted}; its WebSockets`,
      samples: given.length,
      ...why,
    });
    const channels = given.flatMap((page) => page.channels);
    yield row({
      name: 'B19b idle page, bytes a minute to each neighbour',
      value: most(channels),
      unit: 'B/min',
      baseline: null,
      limit: { of: 'value', atMost: 1_000 },
      counted: `${counted}; the data channels of one connection`,
      samples: channels.length,
      ...why,
    });
  },
};

/** One entry a page: what it gave in the window. */
export async function idleBytes({ browser, say }: World, homeUrl: string, windowMs: number): Promise<readonly Given[]> {
  const contexts = await Promise.all(Array.from({ length: NEIGHBOURS + 1 }, async () => browser.newContext()));
  try {
    await Promise.all(contexts.map((context) => context.addInitScript(countSends)));
    const pages: Page[] = [];
    let url = homeUrl;
    for (const context of contexts) {
      const page = await openReady(context, url);
      pages.push(page);
      if (url === homeUrl) url = await page.evaluate(() => bench().invite());
    }
    await untilLinked(pages);
    await pause(CALM_MS);
    await Promise.all(pages.map((page) => page.evaluate(() => idleSends().begin())));
    await pause(windowMs);
    const given = await Promise.all(pages.map((page) => page.evaluate(() => idleSends().given())));
    for (const { sockets, channels } of given) say(`sockets ${sockets}, channels ${channels.join(' ')}`);
    return given;
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

async function untilLinked(pages: readonly Page[]): Promise<void> {
  for (const startedAtMs = performance.now(); ; await pause(500)) {
    const links = await Promise.all(pages.map((page) => page.evaluate(() => idleSends().links())));
    if (links.every((count) => count >= NEIGHBOURS)) return;
    if (performance.now() - startedAtMs > LINKED_MS)
      throw new Error(`after ${LINKED_MS} ms linked to ${links.join(', ')} others`);
  }
}

type IdleSends = {
  readonly begin: () => void;
  readonly links: () => number;
  readonly given: () => Given;
};

// Only ever named inside functions that run in the page.
declare function bench(): BenchHandle;
declare function idleSends(): IdleSends;

/** Runs in the page before anything of it does. Of a connection all channels count together. */
function countSends(): void {
  type Data = string | ArrayBuffer | ArrayBufferView | Blob;
  const sizeOf = (data: Data): number =>
    typeof data === 'string' ? new TextEncoder().encode(data).length : data instanceof Blob ? data.size : data.byteLength;
  const connectionOf = new WeakMap<RTCDataChannel, RTCPeerConnection>();
  const connections = new Map<RTCPeerConnection, number>();
  let sockets = 0;

  const { send: sendOnSocket } = WebSocket.prototype;
  WebSocket.prototype.send = function (data: Data): void {
    sockets += sizeOf(data);
    sendOnSocket.call(this, data as ArrayBuffer);
  };
  const { send: sendOnChannel } = RTCDataChannel.prototype;
  RTCDataChannel.prototype.send = function (data: Data): void {
    const connection = connectionOf.get(this);
    if (connection === undefined) throw new Error('a channel of no known connection');
    connections.set(connection, (connections.get(connection) ?? 0) + sizeOf(data));
    sendOnChannel.call(this, data as ArrayBufferView<ArrayBuffer>);
  };
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (label, init): RTCDataChannel {
    const channel = createDataChannel.call(this, label, init);
    connectionOf.set(channel, this);
    return channel;
  };
  const Plain = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.set(this, 0);
      this.addEventListener('datachannel', ({ channel }) => connectionOf.set(channel, this));
    }
  };

  const open = (): readonly number[] =>
    [...connections].flatMap(([connection, bytes]) => (connection.connectionState === 'connected' ? [bytes] : []));
  const sends: IdleSends = {
    begin: () => {
      sockets = 0;
      for (const connection of connections.keys()) connections.set(connection, 0);
    },
    links: () => open().length,
    given: () => ({ sockets, channels: open() }),
  };
  Object.assign(globalThis, { idleSends: () => sends });
}
