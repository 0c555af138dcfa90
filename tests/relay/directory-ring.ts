/** Relays that each know two others, as sisters, and all others by the directory alone; and pages that ask them. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { openRelayHost } from '../../src/adapters/libp2p/relay-host.ts';
import type { RelayHost } from '../../src/adapters/libp2p/relay-host.ts';
import type { DirectoryHost } from '../../src/adapters/libp2p/directory-host.ts';
import type { HouseSettings, RelayHouse } from '../adapters/relay-house.ts';
import { openHouse } from '../adapters/relay-house.ts';
import { openPerson, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { findEffort } from '../../src/protocol/directory/contact.ts';
import type { Contact } from '../../src/protocol/directory/contact.ts';
import { decodeDirectory, encodeDirectory } from '../../src/protocol/directory/message.ts';
import type { DirectoryMessage } from '../../src/protocol/directory/message.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { freePort } from './free-port.ts';

export interface Ring {
  readonly houses: RelayHouse[];
  /** Takes any port; its sisters are others of the ring. */
  open(at: number): Promise<RelayHouse>;
  page(at: number): Promise<Person>;
  close(): Promise<void>;
}

/** Places cost next to nothing here. */
export const bits = 4;
export const doorOf = (port: number): string => `/ip4/127.0.0.1/tcp/${port}/ws`;
export const memoryShelf = () => ({ kept: null, keep: () => null });

export async function openRing(count: number, more: (at: number) => HouseSettings = () => ({})): Promise<Ring> {
  const ports: number[] = [];
  // One after the other: none twice.
  for (let at = 0; at < count; at += 1) ports.push(await freePort());
  const people: Person[] = [];
  const houses: RelayHouse[] = [];
  const ring: Ring = {
    houses,
    open: async (at) => {
      const port = ports[at]!;
      const sisters = [ports[(at + 1) % count]!, ports[(at + count - 1) % count]!].filter((each) => each !== port).map(doorOf);
      houses[at] = await openHouse({
        port,
        sisters,
        identityKey: new Uint8Array(32).fill(at + 1),
        directory: { address: doorOf(port), shelf: memoryShelf(), bits },
        ...more(at),
      });
      return houses[at];
    },
    page: async (at) => {
      const person = await openPerson();
      people.push(person);
      await person.enter(houses[at]!.address);
      return person;
    },
    close: async () => {
      await Promise.all(people.map(({ network }) => network.close()));
      await Promise.all(houses.map((house) => house.kill()));
    },
  };
  for (let at = 0; at < count; at += 1) await ring.open(at);
  return ring;
}

export const serversOf = ({ node }: RelayHouse): number => node.counts()['directory_servers'] ?? -1;
export const isAwake = ({ node }: RelayHouse): boolean => node.counts()['directory_awake'] === 1;

/** What its relay said of the directory. */
export const heard = ({ met }: Person): readonly DirectoryMessage[] =>
  met.flatMap((frame) => {
    const message = frame.kind === 'directory' ? decodeDirectory(frame.word) : null;
    return message === null || isRefusal(message) ? [] : [message];
  });

export async function ask(page: Person, asked: DirectoryMessage): Promise<DirectoryMessage> {
  page.relay().send(encodeMeet({ kind: 'directory', word: encodeDirectory(asked) }));
  return until(() => heard(page).find((each) => each.number === asked.number), 25_000);
}

/** Somebody with a relay's means, who answers what they like. */
export interface Stranger {
  readonly contact: Contact;
  readonly directory: DirectoryHost;
  close(): Promise<void>;
}

export async function openStranger(answer: (asked: DirectoryMessage) => DirectoryMessage | null): Promise<Stranger> {
  const host: RelayHost = await openRelayHost({
    identityKey: new Uint8Array(32).fill(99),
    publicAddresses: [],
    direct: null,
    topics: [],
    maxPages: 64,
    mayConnect: true,
    handshakeMs: 5_000,
    log: () => {},
  });
  const directory = await host.openDirectory(() => () => undefined);
  directory.book.listen({
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (link, bytes) => {
      const asked = decodeDirectory(bytes);
      const said = isRefusal(asked) ? null : answer(asked);
      if (said !== null) link.send(encodeDirectory(said));
    },
  });
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      void host.acceptSocket(accepted, { address: '127.0.0.1', port: 1 }, socket);
    }),
  );
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const effort = findEffort(suite, host.self, bits, 0, 100_000)!;
  return {
    contact: { peer: host.self, address: doorOf(port), effort },
    directory,
    close: async () => {
      server.close();
      await host.close();
    },
  };
}
