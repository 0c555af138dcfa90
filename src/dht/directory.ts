/** One server of the directory: answers others, and finds and leaves records itself. It sleeps while fewer than sixteen are known. */
import type { Clock, Stop } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Network } from '../ports/network.ts';
import type { Contact } from '../protocol/directory/contact.ts';
import type { Place } from '../protocol/directory/distance.ts';
import { checkRecord, keyOfWriter } from '../protocol/directory/record.ts';
import type { DirectoryRecord } from '../protocol/directory/record.ts';
import { hourOf } from '../protocol/hour.ts';
import type { PeerId } from '../protocol/ids.ts';
import { limits } from '../protocol/limits.ts';
import type { Refusal } from '../protocol/refusal.ts';
import { createAllowance } from '../protocol/meeting/allowance.ts';
import { createShares } from '../protocol/meeting/shares.ts';
import type { Suite } from '../protocol/suite/suite.ts';
import { createLines } from './lines.ts';
import type { Door, Lines, Question, Reply } from './lines.ts';
import { lookUp } from './look-up.ts';
import type { LookUp } from './look-up.ts';
import { createShelf } from './shelf.ts';
import { createTable, serverOf } from './table.ts';
import type { Server, Table } from './table.ts';

export interface Directory extends Pick<Lines, 'frame' | 'closed'> {
  /** Servers that somebody named: whoever answers is kept, and asked for more. */
  meet(contacts: readonly Contact[]): void;
  /** One that we trust to be there, whatever its place: it is asked whom it knows, and now and then again. It comes to us by itself. */
  knock(door: Door): void;
  isAwake(): boolean;
  /** Null: it sleeps. */
  find(key: Place, done: (result: LookUp | null) => void): void;
  /** How many took it; null: it sleeps. */
  leave(record: DirectoryRecord, done: (kept: number | null) => void): void;
  counts(): Record<'servers' | 'records' | 'asked' | 'refused', number>;
  close(): void;
}

export interface DirectoryWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly network: Pick<Network, 'openRelay'>;
  readonly suite: Suite;
  /** Ourselves, as others dial us. */
  readonly self: Contact;
  /** What a place must have cost. */
  readonly bits: number;
  /** Servers known of each part. Fewer stand for a larger directory. */
  readonly perBucket?: number;
  /** Whether we go where somebody says that a server is; left out: anywhere. */
  readonly mayDial?: (address: string) => boolean;
  readonly onAwake?: (isAwake: boolean) => void;
}

/** With us. */
const leastServers = 16;
/** Siblings that a record is left with. */
const holders = 16;
const startsOf = 48;
const mostAskers = 4_096;
const refreshMs = 600_000;
/** Who waits for others looks around more often: at first soon again, as all may have been started at once. */
const settleMs = 5_000;
const asleepMs = 60_000;
const hurryMs = 1_000;
const mostDoors = 16;

export function createDirectory(world: DirectoryWorld): Directory {
  const { clock, entropy, network, suite, self, bits, perBucket, mayDial = () => true } = world;
  const me = serverOf(suite, self, bits);
  if (me === null) throw new Error('our own place cost too little');
  const table: Table = createTable(me.place, perBucket);
  const shelf = createShelf(suite, me.place, clock);
  const askers = createShares(mostAskers, () => ({
    questions: createAllowance(20, 200, clock.ticksMs),
    records: createAllowance(2, 100, clock.ticksMs),
  }));
  /** Of all together: a crowd of names costs no more than this, and leaves as much to servers that we know, whose places cost something. */
  const together = () => ({
    questions: createAllowance(200, 2_000, clock.ticksMs),
    records: createAllowance(20, 1_000, clock.ticksMs),
  });
  const [strangers, servers] = [together(), together()];
  const doors = new Map<string, Door>();
  /** Asked once whether they answer, lately. Who comes by itself says where it is; others may have said something else before. */
  const greeted = new Set<string>();
  let underWay = 0;
  let refresh: Stop | null = null;
  /** Grows while it sleeps. */
  let restMs = settleMs;
  let isHurried = false;
  let [asked, refused] = [0, 0];
  const isAwake = (): boolean => table.size() + 1 >= leastServers;
  let wasAwake = false;
  const lookIn = (afterMs: number): void => {
    refresh?.();
    refresh = clock.after(afterMs, lookAround);
  };
  const look = (): void => {
    if (wasAwake === isAwake()) return;
    wasAwake = isAwake();
    // The next look was planned as for one that is awake.
    if (!wasAwake) lookIn(settleMs);
    world.onAwake?.(wasAwake);
  };
  const serverAt = (contact: Contact): Server | null =>
    contact.peer !== self.peer && mayDial(contact.address) ? serverOf(suite, contact, bits) : null;

  /** Nobody is kept on somebody's word, not even on their own: only who answers at that address. */
  const greet = (contact: Contact, how: 'came' | 'told'): void => {
    const name = `${how} ${contact.peer}`;
    if (greeted.has(name) || underWay >= mostGreeted) return;
    const server = serverAt(contact);
    if (server === null || !table.hasPlaceFor(server, how)) return;
    greeted.add(name);
    const [longestAgo] = greeted;
    if (greeted.size > mostAskers && longestAgo !== undefined) greeted.delete(longestAgo);
    underWay += 1;
    lines.ask(server, { kind: 'find', place: me.place, from: self }, (reply) => {
      underWay -= 1;
      if (reply?.kind !== 'near') return;
      table.answered(server, how);
      look();
      hurry();
      for (const other of reply.contacts) greet(other, 'told');
    });
  };

  /** Somebody new knows others: while too few are known, they are asked soon. */
  const hurry = (): void => {
    if (isAwake() || isHurried) return;
    isHurried = true;
    lookIn(hurryMs);
  };

  const answer = (from: PeerId, question: Question): Reply | null => {
    const asker = askers(from);
    const all = table.knows(from) ? servers : strangers;
    if (!asker.questions.take(1) || !all.questions.take(1)) {
      refused += 1;
      return null;
    }
    asked += 1;
    const { number } = question;
    if (question.kind === 'put') {
      const mayLeave = asker.records.take(1) && all.records.take(1);
      return { kind: mayLeave && shelf.put(question.record) ? 'kept' : 'not-kept', number };
    }
    // By the name that the link proves.
    const isNamed = [...doors.values()].some(({ peer }) => peer === from);
    if (question.from?.peer === from) greet(question.from, isNamed ? 'told' : 'came');
    const contacts = table.nearest(question.place, limits.contacts).filter(({ peer }) => peer !== from);
    return { kind: 'near', number, contacts, record: shelf.at(question.place) };
  };

  const lines = createLines(network, clock, { answer });

  const search = (target: Place, done: (result: LookUp) => void): void =>
    lookUp(
      target,
      table.nearest(target, startsOf),
      {
        ask: (server, _path, take) =>
          lines.ask(server, { kind: 'find', place: target, from: self }, (reply) => {
            if (reply?.kind !== 'near') table.failed(server);
            else table.answered(server);
            take(reply?.kind === 'near' ? reply : null);
            if (reply?.kind === 'near') for (const other of reply.contacts) greet(other, 'told');
          }),
        serverOf: serverAt,
        judge: (record) => judge(checkRecord(suite, record, target, hourOf(clock.nowMs()))),
        lied: ({ peer }) => table.lied(peer),
      },
      done,
    );

  const knock = (door: Door): void =>
    lines.ask(door, { kind: 'find', place: me.place, from: self }, (reply) => {
      if (reply?.kind === 'near') for (const other of reply.contacts) greet(other, 'told');
    });

  /** Our own part, and one by luck. */
  const lookAround = (): void => {
    isHurried = false;
    greeted.clear();
    for (const door of doors.values()) knock(door);
    search(me.place, () => {
      // Who answered no more was counted. Of few all were asked.
      look();
      if (isAwake()) search(entropy.bytes(32), look);
    });
    restMs = isAwake() ? settleMs : Math.min(restMs * 2, asleepMs);
    lookIn(isAwake() ? refreshMs : restMs);
  };
  lookIn(settleMs);

  return {
    meet: (contacts) => {
      for (const contact of contacts) greet(contact, 'told');
    },
    knock: (door) => {
      if (door.peer === self.peer || (doors.size >= mostDoors && !doors.has(door.address))) return;
      doors.set(door.address, door);
      knock(door);
    },
    isAwake,
    find: (key, done) => (isAwake() ? search(key, done) : done(null)),
    leave: (record, done) => {
      if (!isAwake()) return done(null);
      search(keyOfWriter(suite, record.writer), ({ nearest }) => {
        const chosen: readonly Server[] = nearest.slice(0, holders);
        let [open, kept] = [chosen.length, 0];
        if (open === 0) return done(0);
        for (const server of chosen) {
          lines.ask(server, { kind: 'put', record }, (reply) => {
            open -= 1;
            if (reply?.kind === 'kept') kept += 1;
            if (open === 0) done(kept);
          });
        }
      });
    },
    frame: lines.frame,
    closed: lines.closed,
    counts: () => ({ servers: table.size(), records: shelf.size(), asked, refused }),
    close: () => {
      refresh?.();
      lines.close();
    },
  };
}

const mostGreeted = 32;

const judge = (wrong: Refusal | null): 'good' | 'stale' | 'forged' =>
  wrong === null ? 'good' : wrong.refused === 'bad-key' || wrong.refused === 'bad-signature' ? 'forged' : 'stale';
