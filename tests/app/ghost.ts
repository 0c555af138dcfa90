/** Somebody at the relay with no app behind: stands at topics, hears what is passed to it, and passes on what it likes. */
import { castTopic } from '../../src/protocol/contact/address.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { dayOf } from '../../src/protocol/room-keys.ts';
import { decodeHop, encodeHop } from '../../src/protocol/wire/hop.ts';
import type { Page } from '../simulation/page.ts';
import { address } from './village.ts';
import type { Well } from './well.ts';

export interface Ghost {
  readonly met: ReadonlySet<PeerId>;
  /** Envelopes, with who passed them here. */
  readonly heard: readonly { readonly from: PeerId; readonly envelope: Uint8Array }[];
  onEnvelope(take: (envelope: Uint8Array, from: PeerId) => void): void;
  throwAt(to: PeerId, envelope: Uint8Array): void;
  passTo(to: PeerId, hop: Uint8Array): void;
  /** Lets time go by, and is not forgotten by the relay meanwhile. */
  stay(ms: number): Promise<void>;
}

/** Where rooms with these cast secrets meet. */
export async function ghostAt({ village, suiteOf, people }: Well, secrets: readonly Uint8Array[]): Promise<Ghost> {
  const { world } = village;
  const network = world.node('Ghost').start().network();
  const met = new Set<PeerId>();
  const heard: { from: PeerId; envelope: Uint8Array }[] = [];
  const takers: ((envelope: Uint8Array, from: PeerId) => void)[] = [];
  network.listen({
    // Nobody needs a direct path to it.
    onOpen: (link) => (link.end === 'relay' ? undefined : link.close()),
    onClose: () => undefined,
    onFrame: (_link, bytes) => {
      const told = decodeMeet(bytes);
      if (!('kind' in told)) return;
      if (told.kind === 'met') for (const peer of told.peers) met.add(peer);
      if (told.kind === 'joined') met.add(told.peer);
      if (told.kind !== 'passed') return;
      const frame = decodeFrame(told.bytes);
      const hop = 'kind' in frame && frame.kind === 'hop' ? decodeHop(frame.bytes) : null;
      if (hop === null || !('kind' in hop) || hop.kind !== 'envelope') return;
      heard.push({ from: told.from, envelope: hop.rest.slice() });
      for (const take of takers) take(hop.rest, told.from);
    },
  });
  const opened = await world.finish(network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  const relay = opened.link;
  const suite = suiteOf(people[0]!);
  const topics = secrets.map((secret) => castTopic(suite, secret, dayOf(village.wallMs())));
  relay.send(encodeMeet({ kind: 'join', topics }));
  const ghost: Ghost = {
    met,
    heard,
    onEnvelope: (take) => void takers.push(take),
    throwAt: (to, envelope) =>
      ghost.passTo(to, encodeHop({ kind: 'envelope', ttl: 0, copies: 1, to: new Uint8Array(8) }, envelope)),
    passTo: (to, hop) => void relay.send(encodeMeet({ kind: 'pass', to, bytes: encodeFrame({ kind: 'hop', bytes: hop }) })),
    stay: async (ms) => {
      for (let gone = 0; gone < ms; gone += keepMs) {
        await world.runFor(Math.min(keepMs, ms - gone));
        relay.send(encodeMeet({ kind: 'ping', token: 1 }));
      }
    },
  };
  return ghost;
}

export function peerOf(page: Page): PeerId {
  const running = page.running();
  if (running === null) throw new Error('nobody is running there');
  return running.life.network().self;
}

const keepMs = 60_000;
