/** The network of a page under a fresh name: thin doors to relays, channels to peers, and libp2p once a topic wants it. */
import type { Log } from '../../ports/log.ts';
import type { Network, Opened, OpenRefused } from '../../ports/network.ts';
import { createCalm } from './calm.ts';
import { createKey } from './head-start.ts';
import type { HeadStart } from './head-start.ts';
import { createHandSignal } from './hand-signal.ts';
import { createLinkBook } from './links.ts';
import type { NamedDoor, openNode, PageNode } from './node.ts';
import { createNobleKey } from './page-key.ts';
import { createPeerDials } from './peer-dial.ts';
import type { MakeConnection } from './peer-end.ts';
import { createPeerLinks } from './peer-links.ts';
import { createStanding } from './standing.ts';
import { libp2pNameOfKey, peerIdOfKey } from './thin-bytes.ts';
import { openThinSocket, shakeThinDoor, ThinDoorError } from './thin-page.ts';
import type { ThinDoor } from './thin-page.ts';
import { thinPlaceOf } from './thin-place.ts';
import type { ThinPlace } from './thin-place.ts';
import { createWaitingTopics } from './waiting-topics.ts';
import { nameOf, orWhenAborted } from './waiting.ts';

export interface PageNetworkSettings {
  readonly log: Log;
  /** STUN or TURN addresses. None by default: whoever answers one learns who talks when. */
  readonly iceServers?: readonly string[];
  /** Begun before all this was loaded. */
  readonly headStart?: HeadStart;
  /** Only where there is no `RTCPeerConnection`: Node brings its own. */
  readonly createConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Brings libp2p. Another one only in tests. */
  readonly loadNode?: LoadNode;
}

export type LoadNode = () => Promise<{ readonly openNode: typeof openNode }>;

const openMs = 10_000;

export async function openNetwork(settings: PageNetworkSettings): Promise<Network> {
  const { log, iceServers = [], headStart, createConnection, loadNode = () => import('./node.ts') } = settings;
  const key = (await (headStart?.key ?? createKey())) ?? createNobleKey();
  const self = peerIdOfKey(key.publicKey);
  const book = createLinkBook(log);
  const links = createPeerLinks(book);
  const doors = createStanding<NamedDoor>();
  const calm = createCalm();
  const closing = new AbortController();
  const rtcConfiguration = { iceServers: iceServers.map((urls) => ({ urls })) };
  const make: MakeConnection = Object.assign(
    () => createConnection?.(rtcConfiguration) ?? new RTCPeerConnection(rtcConfiguration),
    { isNative: createConnection !== undefined },
  );
  const dials = createPeerDials({ self, key, links, make, closing: closing.signal, log });
  const byHand = createHandSignal({ key, book, links, make, closing: closing.signal, log });
  const topics = createWaitingTopics(() => void want().catch(() => undefined));
  let node: PageNode | null = null;
  let coming: Promise<PageNode> | null = null;

  const load = async (): Promise<PageNode> => {
    await calm.onceCalm(closing.signal);
    const loaded = await loadNode();
    closing.signal.throwIfAborted();
    const made = await loaded.openNode({ key, self, book, links, doors, rtcConfiguration, log });
    if (closing.signal.aborted) {
      await made.close();
      closing.signal.throwIfAborted();
    }
    node = made;
    topics.joinAt(made);
    return made;
  };
  /** Rejects when its code cannot be had, such as offline without a cache; the next who wants it tries again. */
  const want = (): Promise<PageNode> => {
    coming ??= load().catch((error: unknown) => {
      coming = null;
      log('libp2p-not-loaded', { why: nameOf(error) });
      throw error;
    });
    return coming;
  };
  /** For those who can be refused. */
  const wantFor = async <Done>(signal: AbortSignal, run: (node: PageNode) => Promise<Done>): Promise<Done | OpenRefused> => {
    if (closing.signal.aborted) return refused('closed');
    if (signal.aborted) return refused('aborted');
    const found =
      node ??
      (await orWhenAborted(
        want().catch(() => null),
        null,
        signal,
      ));
    if (signal.aborted) return refused('aborted');
    if (closing.signal.aborted) return refused('closed');
    return found === null ? refused('unreachable') : run(found);
  };

  const knock = async (url: string, whole: AbortSignal): Promise<ThinDoor> => {
    const begun = headStart?.takeDoor(url) ?? null;
    const door = begun && (await orWhenAborted(begun.catch(toError), null, whole));
    if (door instanceof Error) throw door;
    if (begun !== null && door === null) {
      // It may still come, and nobody waits for it any more.
      begun.then(({ channels }) => channels.wire.abort('late')).catch(() => undefined);
      throw new ThinDoorError('unreachable');
    }
    return door !== null && door.channels.wire.isOpen() ? door : shakeThinDoor(openThinSocket(url), Promise.resolve(key), whole);
  };

  const openThin = async ({ url, relay, address }: ThinPlace, signal: AbortSignal): Promise<Opened> => {
    try {
      const door = await knock(url, AbortSignal.any([signal, closing.signal, AbortSignal.timeout(openMs)]));
      const { relayKey, channels } = door;
      const name = libp2pNameOfKey(relayKey);
      if (relay !== null && relay !== name) {
        channels.wire.abort('somebody else');
        return refused('unreachable');
      }
      const wire = calm.watch(channels.wire);
      const link = book.add({ wire, peer: peerIdOfKey(relayKey), end: 'relay', opener: 'us', path: 'socket' });
      doors.add({ door, address: `${address}/p2p/${name}` }, channels.gone);
      return { state: 'open', link };
    } catch (error) {
      if (signal.aborted) return refused('aborted');
      if (closing.signal.aborted) return refused('closed');
      log('relay-refused', { why: error instanceof ThinDoorError ? error.why : nameOf(error) });
      return refused(error instanceof ThinDoorError ? error.why : 'unreachable');
    }
  };

  return {
    self,
    links: book.links,
    listen: book.listen,
    openRelay: async (address, signal) => {
      if (closing.signal.aborted) return refused('closed');
      if (signal.aborted) return refused('aborted');
      const place = thinPlaceOf(address);
      return place === null ? wantFor(signal, (found) => found.openRelay(address, signal)) : openThin(place, signal);
    },
    ...dials,
    ...byHand,
    join: topics.join,
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      topics.close();
      book.abortAll();
      // One that is just being made ends itself.
      await (node?.close() ?? coming?.catch(() => undefined));
    },
  };
}

const refused = (why: OpenRefused['why']): OpenRefused => ({ state: 'refused', why });
const toError = (error: unknown): Error => (error instanceof Error ? error : new Error('door'));
