/** Topics between pages that are linked and know no relay: over channel 1 of the link, where both want them, and not elsewhere. */
import { afterEach, expect, test } from 'vitest';
import type { LoadNode } from '../../src/adapters/libp2p/page.ts';
import type { Carry, Network } from '../../src/ports/network.ts';
import { never, openPerson, until } from './people.ts';
import type { Person } from './people.ts';

let people: Person[] = [];
afterEach(async () => {
  await Promise.all(people.map(async (person) => person.network.close()));
  people = [];
});

const openOne = async (loads: string[] = [], name = ''): Promise<Person> => {
  const loadNode: LoadNode = () => {
    loads.push(name);
    return import('../../src/adapters/libp2p/node.ts');
  };
  const person = await openPerson({ loadNode });
  people.push(person);
  return person;
};

const link = async (from: Network, to: Network): Promise<void> => {
  const carry = (here: Network, there: Network): Carry => {
    return (bytes) => {
      const own = bytes.slice();
      setImmediate(() => there.takeSignal(here.self, own, carry(there, here)));
      return true;
    };
  };
  const opened = await from.openPeer(to.self, carry(from, to), never());
  if (opened.state !== 'open') throw new Error(opened.why);
  await until(() => to.links().some((each) => each.peer === from.self));
};

const hears = (person: Person): number[] => {
  const heard: number[] = [];
  person.network.join('square', (bytes) => heard.push(bytes[0]!));
  return heard;
};

test('whoever joins first, and whichever has the smaller id: what is said in a topic comes over the link, beside its frames', async () => {
  for (const early of ['lower', 'higher', 'before the link'] as const) {
    const two = [await openOne(), await openOne()];
    const [lower, higher] = two.toSorted((one, other) => (one.network.self < other.network.self ? -1 : 1)) as [Person, Person];
    const [first, second] = early === 'higher' ? [higher, lower] : [lower, higher];
    if (early !== 'before the link') await link(lower.network, higher.network);
    const heard = [hears(first)];
    const said = first.network.join('square', () => {});
    heard.push(hears(second));
    if (early === 'before the link') await link(lower.network, higher.network);
    said.publish(Uint8Array.of(7));
    await until(() => heard[1]?.includes(7));
    first.peers()[0]?.send(Uint8Array.of(1, 2, 3));
    await until(() => second.frames.length === 1);
    expect([heard[0], second.frames]).toEqual([[], [Uint8Array.of(1, 2, 3)]]);
  }
}, 30_000);

test('three in a row: the one between passes it on', async () => {
  const [ann, bob, eve] = [await openOne(), await openOne(), await openOne()];
  await link(ann.network, bob.network);
  await link(eve.network, bob.network);
  const heard = [ann, bob, eve].map(hears);
  ann.network.join('square', () => {}).publish(Uint8Array.of(9));
  await until(() => heard[2]?.includes(9));
  expect(heard).toEqual([[], [9], [9]]);
}, 30_000);

test('who joined no topic loads nothing and stays linked', async () => {
  const loads: string[] = [];
  const [ann, bob] = [await openOne(loads, 'ann'), await openOne(loads, 'bob')];
  await link(ann.network, bob.network);
  hears(ann);
  await until(() => loads.length === 1);
  ann.peers()[0]?.send(Uint8Array.of(4));
  await until(() => bob.frames.length === 1);
  expect([loads, ann.peers().length, bob.peers().length]).toEqual([['ann'], 1, 1]);
});
