/**
 * The servers that we know to answer: all of those near us and many of each part far away, so that few stand between us and any
 * place. Whoever has long been there stays: a crowd of newcomers takes no place from anybody who still answers, and those who came
 * to us by themselves have a quarter of each part. One address is one server, however many names it has.
 */
import type { Contact, Hashing } from '../protocol/directory/contact.ts';
import { isCostly, placeOf } from '../protocol/directory/contact.ts';
import { nearer, sharedBits } from '../protocol/directory/distance.ts';
import type { Place } from '../protocol/directory/distance.ts';
import type { PeerId } from '../protocol/ids.ts';

/** A contact with its place, which cost it enough. */
export interface Server extends Contact {
  readonly place: Place;
}

export interface Table {
  /** It answered. `came`: we know of it by itself alone. */
  answered(server: Server, how?: 'came' | 'told'): void;
  /** Where somebody says that it is, and it is not, is nothing against it. */
  failed(server: Server): void;
  /** It gave out what nobody honest would. */
  lied(peer: PeerId): void;
  /** Whether a place is free for it, so that it is worth asking whether it answers. */
  hasPlaceFor(server: Server, how?: 'came' | 'told'): boolean;
  /** It answered, and is one of those kept. */
  knows(peer: PeerId): boolean;
  nearest(target: Place, most: number): readonly Server[];
  /** Who answered no more is not counted. */
  size(): number;
}

/** Null: its place cost too little. */
export function serverOf(suite: Hashing, contact: Contact, bits: number): Server | null {
  const place = placeOf(suite, contact);
  return isCostly(suite, place, bits) ? { ...contact, place } : null;
}

const mostFailures = 2;
const isDead = ({ failures }: Pick<Known, 'failures'>): boolean => failures >= mostFailures;
/** Names of liars kept. */
const mostLiars = 1_024;

interface Known {
  readonly server: Server;
  readonly how: 'came' | 'told';
  failures: number;
}

/** `perBucket`: of each part so many; those near us are in parts that hold few. */
export function createTable(self: Place, perBucket = 64): Table {
  /** By how many bits they share with us; the longest known first. */
  const buckets = new Map<number, Map<PeerId, Known>>();
  const liars = new Set<PeerId>();
  const alive = (): Known[] => [...buckets.values()].flatMap((bucket) => [...bucket.values()].filter((each) => !isDead(each)));
  const find = (peer: PeerId): readonly [Map<PeerId, Known>, Known] | null => {
    for (const bucket of buckets.values()) {
      const known = bucket.get(peer);
      if (known !== undefined) return [bucket, known];
    }
    return null;
  };

  const table: Table = {
    answered: (server, how = 'told') => {
      const found = find(server.peer);
      // Somebody else in its name would have to hold its key, but it may have moved.
      const isMoved = found !== null && isDead(found[1]) && found[1].server.address !== server.address;
      if (found !== null && !isMoved) {
        // That it is elsewhere says nothing of where we know it.
        if (found[1].server.address === server.address) found[1].failures = 0;
        return;
      }
      if (!table.hasPlaceFor(server, how)) return;
      found?.[0].delete(server.peer);
      const at = sharedBits(self, server.place);
      const bucket = buckets.get(at) ?? new Map<PeerId, Known>();
      buckets.set(at, bucket);
      const dead = [...bucket.values()].find(isDead);
      if (bucket.size >= perBucket && dead !== undefined) bucket.delete(dead.server.peer);
      bucket.set(server.peer, { server, how, failures: 0 });
    },
    failed: ({ peer, address }) => {
      const found = find(peer);
      if (found !== null && found[1].server.address === address) found[1].failures += 1;
    },
    lied: (peer) => {
      find(peer)?.[0].delete(peer);
      liars.add(peer);
      if (liars.size > mostLiars) for (const first of liars) return void liars.delete(first);
    },
    hasPlaceFor: ({ peer, place, address }, how = 'told') => {
      const at = sharedBits(self, place);
      if (at === 256 || liars.has(peer)) return false;
      // Who answered no more may be back.
      if (alive().some(({ server }) => server.peer === peer || server.address === address)) return false;
      const there = [...(buckets.get(at)?.values() ?? [])].filter((each) => !isDead(each));
      return there.length < perBucket && (how === 'told' || there.filter((each) => each.how === 'came').length < perBucket / 4);
    },
    knows: (peer) => find(peer) !== null,
    nearest: (target, most) =>
      alive()
        .map(({ server }) => server)
        .sort((one, other) => nearer(target, one.place, other.place))
        .slice(0, most),
    size: () => alive().length,
  };
  return table;
}
