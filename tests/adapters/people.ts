/** Pages that meet at a relay, for tests: what they hear, and ways to wait for it. */
import { RTCPeerConnection as NodeConnection } from 'node-datachannel/polyfill';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import type { PageNetworkSettings } from '../../src/adapters/libp2p/page.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { parseTopic } from '../../src/protocol/ids.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import type { Carry, CloseReason, Link, Network, Opened } from '../../src/ports/network.ts';

/** Node has no peer connections of its own. */
export const createConnection = (configuration: RTCConfiguration): RTCPeerConnection =>
  new NodeConnection(configuration as never) as unknown as RTCPeerConnection;

export interface Person {
  readonly network: Network;
  readonly met: MeetFrame[];
  readonly frames: Uint8Array[];
  readonly closes: { readonly link: Link; readonly why: CloseReason }[];
  relay(): Link;
  peers(): Link[];
  /** Opens the relay and joins the one topic. */
  enter(address: string): Promise<void>;
  open(other: Person): Promise<Opened>;
}

export const topic: Topic = parseTopic('ab'.repeat(16))!;
export const never = (): AbortSignal => new AbortController().signal;

export async function until<Value>(look: () => Value | undefined | null | false, waitMs = 10_000): Promise<Value> {
  const endMs = Date.now() + waitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited ${waitMs} ms for ${look.toString()}`);
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
}

export async function openPerson(settings: Partial<PageNetworkSettings> = {}): Promise<Person> {
  const network = await openNetwork({ log: () => {}, createConnection, ...settings });
  /** As the app does: the relay passes it on, in a frame. */
  const carryTo =
    (to: PeerId): Carry =>
    (bytes) =>
      person.relay().send(encodeMeet({ kind: 'pass', to, bytes: encodeFrame({ kind: 'signal', bytes }) })) === 'sent';
  const person: Person = {
    network,
    met: [],
    frames: [],
    closes: [],
    relay: () => network.links().find((link) => link.end === 'relay')!,
    peers: () => network.links().filter((link) => link.end === 'peer'),
    enter: async (address) => {
      const opened = await network.openRelay(address, never());
      if (opened.state !== 'open') throw new Error(opened.why);
      const before = person.met.length;
      opened.link.send(encodeMeet({ kind: 'join', topics: [topic] }));
      await until(() => person.met.slice(before).some((frame) => frame.kind === 'met'));
    },
    open: async (other) => network.openPeer(other.network.self, carryTo(other.network.self), never()),
  };
  network.listen({
    onOpen: () => {},
    onFrame: (link, frame) => {
      if (link.end === 'peer') {
        person.frames.push(frame);
        return;
      }
      const decoded = decodeMeet(frame);
      if (isRefusal(decoded)) return;
      const passed = decoded.kind === 'passed' ? decodeFrame(decoded.bytes) : null;
      if (decoded.kind !== 'passed' || passed === null || isRefusal(passed) || passed.kind !== 'signal') person.met.push(decoded);
      else network.takeSignal(decoded.from, passed.bytes, carryTo(decoded.from));
    },
    onClose: (link, why) => person.closes.push({ link, why }),
  });
  return person;
}
