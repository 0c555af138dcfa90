/**
 * The harness's door, in bench builds only: drives the app as a person would, and answers tests/bench/handle.ts.
 * What it may and a person may not: open and close links by itself, and send frames the app never sees.
 */
import type { App } from './app/app.ts';
import { keyOf } from './app/records.ts';
import type { RoomView, View } from './app/view.ts';
import { createEcho, isEchoFrame } from './measure-echo.ts';
import type { EchoKind } from './measure-echo.ts';
import type { Carry, Link, Network } from './ports/network.ts';
import type { OpenedStorage } from './ports/storage.ts';
import { decodeOwnContent } from './protocol/content.ts';
import { deriveDevice } from './protocol/device.ts';
import type { DeviceKey } from './protocol/device.ts';
import { openEnvelope } from './protocol/envelope.ts';
import { decodeFrame, encodeFrame } from './protocol/frame.ts';
import { parsePeerId } from './protocol/ids.ts';
import type { PeerId } from './protocol/ids.ts';
import { decodeInvite } from './protocol/invite.ts';
import { decodeMeet, encodeMeet } from './protocol/meet.ts';
import { isRefusal } from './protocol/refusal.ts';
import { dayOf, deriveRoomKeys, topicOn } from './protocol/room-keys.ts';
import type { RoomKeys } from './protocol/room-keys.ts';

/** The same as tests/bench/handle.ts, which src may not import. */
export interface MeasureHandle {
  readonly ready: Promise<void>;
  readonly me: () => string;
  readonly invite: () => Promise<string>;
  readonly firstReceivedAtMs: (text: string) => Promise<number>;
  readonly dial: (peer: string) => Promise<number>;
  readonly closeLinks: () => Promise<void>;
  readonly pathKind: () => Promise<string>;
  readonly echo: (count: number, sizeBytes: number, kind: EchoKind) => Promise<readonly number[]>;
}

export interface Measure {
  /** Stands between the app and its network, and lets everything through but echo frames. */
  watch(network: Promise<Network>, storage: Promise<OpenedStorage>): Promise<Network>;
  /** Puts the handle in the page, and says what the address asks for. */
  offer(app: App): void;
}

/** Does nothing unless the page was opened with `?bench`. */
export function createMeasure(): Measure {
  const url = new URL(openedAs());
  const isAsked = url.searchParams.has('bench');
  const arrived: Arrived[] = [];
  const met = new Map<string, () => void>();
  const wasMet = new Set<string>();
  let network: Network | null = null;
  let storage: Promise<OpenedStorage> | null = null;
  let echo: ReturnType<typeof createEcho> | null = null;

  const note = (link: Link, frame: Uint8Array): void => {
    if (link.end === 'peer') return void arrived.push({ path: `direct ${link.path}`, frame });
    const told = decodeMeet(frame);
    if (isRefusal(told)) return;
    if (told.kind === 'passed') arrived.push({ path: 'relayed', frame: told.bytes });
    if (told.kind !== 'met') return;
    mark('met');
    wasMet.add(told.topic);
    met.get(told.topic)?.();
  };

  const listen: (inner: Network) => Network['listen'] = (inner) => (on) =>
    inner.listen({
      ...on,
      onFrame: (link, frame) => {
        if (isEchoFrame(frame)) return echo?.take(link, frame);
        note(link, frame);
        on.onFrame(link, frame);
        arrived.splice(0, Math.max(0, arrived.length - mostKept));
      },
    });

  const watch = async (opening: Promise<Network>): Promise<Network> => {
    const inner = await opening;
    mark('network');
    network = {
      ...inner,
      listen: listen(inner),
      openRelay: async (relay, signal) => {
        mark('relay asked');
        const opened = await inner.openRelay(relay, signal);
        mark('relay open');
        return opened;
      },
      openPeer: async (peer, carry, signal) => {
        mark('peer asked');
        const opened = await inner.openPeer(peer, carry, signal);
        mark('peer open');
        return opened;
      },
    };
    return network;
  };

  return {
    watch: (opening, opened) => {
      if (!isAsked) return opening;
      storage = opened;
      return watch(opening);
    },
    offer: (app) => {
      if (!isAsked) return;
      const theNetwork = (): Network => network ?? fail('the network is not up yet');
      const begun = begin(app, url);
      echo = createEcho({
        app,
        link: () =>
          theNetwork()
            .links()
            .findLast((link) => link.end === 'peer') ?? fail('no link is open'),
        rooms: () => app.view().rooms.flatMap((room) => keysOf(room) ?? []),
        device: async () => deviceOf(await (storage ?? fail('this tab does not lead'))),
      });
      const handle = createHandle({ app, url, begun, network: theNetwork, arrived, met, wasMet, echo });
      Object.assign(globalThis, { wavuBench: handle });
    },
  };
}

/** A moment for whoever profiles; `performance.getEntriesByType('mark')` tells them. */
const mark = (what: string): void => void performance.mark(`wavu ${what}`);

/** Names itself, joins what the address brought or starts a room, and says what it was opened to say. */
async function begin(app: App, url: URL): Promise<RoomView> {
  const say = url.searchParams.get('say');
  const invite = url.hash.startsWith('#join/') ? url.hash.slice(1) : null;
  const { stage } = await until(app, (view) => (view.stage === 'opening' ? null : view));
  mark(`stage ${stage}`);
  if (stage === 'unnamed') await app.nameMe('Bench');
  const known = app.view().rooms.find((room) => room.kind === 'open');
  const id = invite === null ? (known?.id ?? (await app.startRoom('Bench', 'open'))) : await app.joinRoom(invite);
  if (id === null) fail('no room');
  mark('joined');
  if (say === null) await app.show(id);
  else if (!(await app.send(id, say))) fail('not sent');
  mark('kept');
  return await until(app, (view) => view.rooms.find((room) => room.id === id) ?? null);
}

interface Parts {
  readonly app: App;
  readonly url: URL;
  readonly begun: Promise<RoomView>;
  readonly network: () => Network;
  readonly arrived: readonly Arrived[];
  readonly met: Map<string, () => void>;
  readonly wasMet: ReadonlySet<string>;
  readonly echo: ReturnType<typeof createEcho>;
}

function createHandle({ app, url, begun, network, arrived, met, wasMet, echo }: Parts): MeasureHandle {
  const seenAtMs = new Map<string, number>();
  let latest = '';
  const known = new Set<PeerId>();
  const look = (): void => {
    const nowMs = performance.timeOrigin + performance.now();
    for (const { last } of app.view().rooms) {
      if (last === null || last.mine || seenAtMs.has(last.text)) continue;
      seenAtMs.set(last.text, nowMs);
      latest = last.text;
    }
  };
  app.subscribe(look);

  const introduced = async (room: RoomView): Promise<void> => {
    const topic = topicOn(keysOf(room) ?? fail('a room without keys'), dayOf(Date.now()));
    if (!wasMet.has(topic)) await new Promise<void>((resolve) => met.set(topic, resolve));
  };
  const peerLinks = (): readonly Link[] =>
    network()
      .links()
      .filter((link) => link.end === 'peer');
  const closeLinks = async (): Promise<void> => {
    for (const link of peerLinks()) link.close();
    while (peerLinks().length > 0) await breath();
  };

  /** The first time, the app itself introduces and links us; that link is closed. */
  const meet = async (id: PeerId, invite: string): Promise<void> => {
    if (known.has(id)) return;
    const room = (await app.joinRoom(invite)) ?? fail('no room');
    await until(app, ({ rooms }) => rooms.find((each) => each.id === room && each.people.some((one) => one.here)) ?? null);
    while (!peerLinks().some((link) => link.peer === id)) await breath();
    await closeLinks();
    await until(app, ({ mesh }) => mesh.neighbours.find((each) => each.peer === id) ?? null);
    await breath();
    known.add(id);
  };

  return {
    ready: begun.then(introduced),
    me: () => `${network().self} ${app.view().rooms.find((room) => room.kind === 'open')?.invite ?? ''}`,
    invite: async () => `${url.origin}${url.pathname}?bench#${(await begun).invite ?? ''}`,
    firstReceivedAtMs: async (text) => {
      await until(app, () => (look(), seenAtMs.has(text) || null));
      return seenAtMs.get(text) ?? fail('unseen');
    },
    dial: async (peer) => {
      const [name = '', invite = ''] = peer.split(' ');
      const id = parsePeerId(name) ?? fail('no peer');
      await meet(id, invite);
      const relay =
        network()
          .links()
          .find((link) => link.end === 'relay') ?? fail('no relay');
      const startedAtMs = performance.now();
      const opened = await network().openPeer(id, carryOver(relay, id), AbortSignal.timeout(mostDialMs));
      if (opened.state === 'refused') fail(opened.why);
      return performance.now() - startedAtMs;
    },
    closeLinks,
    pathKind: async () => wayOf(latest, app, arrived) ?? (peerLinks().length > 0 ? 'direct webrtc' : 'relayed'),
    echo: echo.run,
  };
}

/** As the app does it, which takes what comes back. */
const carryOver =
  (relay: Link, to: PeerId): Carry =>
  (bytes) =>
    relay.send(encodeMeet({ kind: 'pass', to, bytes: encodeFrame({ kind: 'signal', bytes }) })) === 'sent';

interface Arrived {
  readonly path: string;
  readonly frame: Uint8Array;
}

/** With the invite, which the interface took out of sight before this module began. */
const openedAs = (): string => performance.getEntriesByType('navigation')[0]?.name ?? location.href;

const mostKept = 200;
const mostDialMs = 20_000;

/** By which way this text came first. */
function wayOf(text: string, app: App, arrived: readonly Arrived[]): string | null {
  const rooms = app.view().rooms.flatMap((room) => keysOf(room) ?? []);
  for (const { path, frame } of arrived) {
    const read = decodeFrame(frame);
    if (isRefusal(read) || read.kind !== 'envelope') continue;
    for (const keys of rooms) {
      const signed = openEnvelope(keys, read.bytes);
      const content = isRefusal(signed) ? signed : decodeOwnContent(signed);
      if ('kind' in content && content.kind === 'message' && content.text === text) return path;
    }
  }
  return null;
}

const keyCache = new Map<string, RoomKeys>();

/** Null for the Square, whose secret is the relay's to tell. */
function keysOf({ id, invite: link }: RoomView): RoomKeys | null {
  if (link === null) return null;
  const invite = decodeInvite(link);
  if (isRefusal(invite)) return null;
  const keys = keyCache.get(id) ?? deriveRoomKeys(invite.secret);
  keyCache.set(id, keys);
  return keys;
}

async function deviceOf(opened: OpenedStorage): Promise<DeviceKey> {
  const seed = opened.state === 'open' ? await opened.storage.get(keyOf.device) : null;
  return deriveDevice(seed?.value ?? fail('nobody lives here'));
}

/** The first thing `pick` finds in a view, now or after a change. */
function until<Found>(app: App, pick: (view: View) => Found | null): Promise<Found> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = pick(app.view());
      if (found === null) return;
      stop();
      resolve(found);
    };
    const stop = app.subscribe(look);
    look();
  });
}

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function fail(why: string): never {
  throw new Error(`measure: ${why}`);
}
