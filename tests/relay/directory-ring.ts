/** Relays that each know two others, as sisters, and all others by the directory alone; and pages that ask them. */
import type { HouseSettings, RelayHouse } from '../adapters/relay-house.ts';
import { openHouse } from '../adapters/relay-house.ts';
import { openPerson, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
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
