/** A directory of many servers in a memory world: the product on each honest one, and liars of every kind who know each other. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { createDirectory } from '../../src/dht/directory.ts';
import type { Directory } from '../../src/dht/directory.ts';
import type { Network } from '../../src/ports/network.ts';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import { findEffort, placeOf } from '../../src/protocol/directory/contact.ts';
import type { Contact } from '../../src/protocol/directory/contact.ts';
import { nearer } from '../../src/protocol/directory/distance.ts';
import type { Place } from '../../src/protocol/directory/distance.ts';
import { decodeDirectory, encodeDirectory } from '../../src/protocol/directory/message.ts';
import type { DirectoryMessage } from '../../src/protocol/directory/message.ts';
import { keyOfWriter, signRecord, writerSeed } from '../../src/protocol/directory/record.ts';
import type { DirectoryRecord } from '../../src/protocol/directory/record.ts';
import { hourOf } from '../../src/protocol/hour.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';

/**
 * `eclipse`: names none but liars. `silent`: answers nobody. `forge`: holds a newer record, with its own name under it. `old`: keeps
 * the first record for ever, and says that it kept the next. `invent`: names servers that are not, near to what is sought.
 */
export const directoryMisdeeds = ['eclipse', 'silent', 'forge', 'old', 'invent'] as const;
type Misdeed = (typeof directoryMisdeeds)[number];

export interface DirectoryCrowd {
  readonly world: World;
  readonly honest: readonly Directory[];
  /** One that is honest, by luck. */
  anyone(): Directory;
  /** A record of this writer, as of now. */
  record(writer: number, sequence: number): DirectoryRecord;
  keyOf(writer: number): Place;
  /** How often liars were asked for something. */
  lies(): number;
}

export const suite = nodeCryptoSuite;
/** Real places cost more: here some hundred of them are to be found. */
const bits = 4;

export function createDirectoryCrowd(seed: string, count: number, badShare: number, perBucket?: number): DirectoryCrowd {
  const world = createWorld({ seed, path: { delayMs: 20, jitterMs: 10 } });
  const luck = createRandom(`directory ${seed}`);
  const names = Array.from({ length: count }, (_, at) => `server ${at}`);
  const places = names.map((name) => {
    const address = `/memory/${name.replace(' ', '-')}`;
    const life = world.node(name, { role: 'relay', address }).start();
    const { self: peer } = life.network();
    const effort = findEffort(suite, peer, bits, 0, 100_000)!;
    return { life, contact: { peer, address, effort } };
  });
  const bad = places.slice(0, Math.round(count * badShare));
  const invented = Array.from({ length: 200 }, (_, at): Contact => {
    const peer = parsePeerId(`nobody${at.toString().padStart(6, '0')}`)!;
    return { peer, address: `/memory/nowhere-${at}`, effort: findEffort(suite, peer, bits, 0, 100_000)! };
  });
  let lies = 0;
  for (const [at, { life, contact }] of bad.entries()) {
    const misdeed = directoryMisdeeds[at % directoryMisdeeds.length]!;
    const others = bad.map((each) => each.contact);
    createLiar({ network: life.network(), self: contact, misdeed, others, invented, onLie: () => (lies += 1) });
  }

  const honest = places.slice(bad.length).map(({ life, contact }) => {
    const network = life.network();
    const directory = createDirectory({
      ...life,
      network,
      suite,
      self: contact,
      bits,
      ...(perBucket !== undefined && { perBucket }),
    });
    network.listen({ onOpen: () => undefined, onFrame: directory.frame, onClose: directory.closed });
    // Whom it was told of at its start: anybody.
    directory.meet(Array.from({ length: 6 }, () => places[luck.below(places.length)]!.contact));
    return directory;
  });
  // Liars come to everybody first.
  for (const { life, contact } of bad) {
    for (const { contact: to } of places.slice(bad.length)) {
      void life
        .network()
        .openRelay(to.address, new AbortController().signal)
        .then((opened) => {
          if (opened.state !== 'open') return;
          opened.link.send(encodeDirectory({ kind: 'find', number: 1, place: new Uint8Array(32), from: contact }));
        });
    }
  }

  const seedOf = (writer: number): Uint8Array => writerSeed(suite, new Uint8Array(32).fill(writer), 20_000, 0);
  const { clock } = places.at(-1)!.life;
  return {
    world,
    honest,
    anyone: () => honest[luck.below(honest.length)]!,
    record: (writer, sequence) =>
      signRecord(suite, seedOf(writer), {
        sequence,
        expiresHour: hourOf(clock.nowMs()) + 24,
        value: new TextEncoder().encode(`${writer} says ${sequence}`),
      }),
    keyOf: (writer) => keyOfWriter(suite, suite.signPublic(seedOf(writer))),
    lies: () => lies,
  };
}

interface Liar {
  readonly network: Network;
  readonly self: Contact;
  readonly misdeed: Misdeed;
  readonly others: readonly Contact[];
  readonly invented: readonly Contact[];
  onLie(): void;
}

function createLiar({ network, misdeed, others, invented, onLie }: Liar): void {
  const first = new Map<string, DirectoryRecord>();
  const placed = (misdeed === 'invent' ? invented : others).map((contact) => ({ contact, place: placeOf(suite, contact) }));
  const nearestTo = (target: Place): readonly Contact[] =>
    placed
      .toSorted((one, other) => nearer(target, one.place, other.place))
      .slice(0, 16)
      .map(({ contact }) => contact);
  const forged = (number: number): DirectoryRecord =>
    signRecord(suite, new Uint8Array(32).fill(66), { sequence: 1_000 + number, expiresHour: 5_000_000, value: Uint8Array.of(6) });

  const answer = (asked: DirectoryMessage): DirectoryMessage | null => {
    const { number } = asked;
    if (misdeed === 'silent') return null;
    if (asked.kind === 'put') {
      const name = bytesToHex(keyOfWriter(suite, asked.record.writer));
      if (!first.has(name)) first.set(name, asked.record);
      return { kind: 'kept', number };
    }
    if (asked.kind !== 'find') return null;
    const contacts = nearestTo(asked.place);
    const held = misdeed === 'forge' ? forged(number) : misdeed === 'old' ? (first.get(bytesToHex(asked.place)) ?? null) : null;
    return { kind: 'near', number, contacts, record: held };
  };
  network.listen({
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (link, bytes) => {
      const asked = decodeDirectory(bytes);
      if ('refused' in asked || (asked.kind !== 'find' && asked.kind !== 'put')) return;
      onLie();
      const said = answer(asked);
      if (said !== null) link.send(encodeDirectory(said));
    },
  });
}
