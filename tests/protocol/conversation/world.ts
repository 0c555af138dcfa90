/** Two devices on a bad network, for model tests: loss, disorder, doubles, crashes between any two commits, crossed beginnings, resets. */
import { accept } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import { initialFor } from '../../../src/protocol/conversation/initial.ts';
import { open } from '../../../src/protocol/conversation/open.ts';
import {
  emptyPair,
  encodePair,
  mayReset,
  restorePair,
  spokenOn,
  withAccepted,
  withArrived,
  withBegun,
  withoutRetired,
  withSession,
} from '../../../src/protocol/conversation/pair.ts';
import type { Changed, Pair } from '../../../src/protocol/conversation/pair.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import { decodeSeenInitials, encodeSeenInitials, isSeen, withSeen } from './seen-initials.ts';
import type { SeenInitials } from './seen-initials.ts';
import { acknowledge, giveUp, isStuck, needsLease, ownWord, renewLease } from '../../../src/protocol/conversation/session.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { createTagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Luck, Suite } from '../../../src/protocol/suite/suite.ts';
import { decodeAcknowledgement, encodeAcknowledgement, isAcknowledgement } from '../../../src/protocol/wire/acknowledgement.ts';
import { doorwayOf, good } from './two.ts';
import type { Person } from './two.ts';

/** Something to be sent until it is acknowledged. */
interface Row {
  /** Null: the session's own word, which dies with it. */
  readonly message: string | null;
  readonly content: Uint8Array;
  /** `n` is null for an initial. */
  sealed: { readonly session: string; readonly n: number | null; readonly envelope: Uint8Array } | null;
}

interface Memory {
  pair: Pair;
  seen: SeenInitials;
  outbox: Row[];
  /** Of each message how often its content was taken from an envelope. */
  inbox: Map<string, number>;
}

interface Disk {
  readonly pair: Uint8Array;
  readonly seen: Uint8Array;
  readonly outbox: readonly Row[];
  readonly inbox: ReadonlyMap<string, number>;
}

/** Between any two things a device does. */
export class Crash extends Error {}

export interface DeviceOptions {
  readonly suite: Suite;
  readonly us: Person;
  readonly them: Person;
  readonly luck: Luck;
  readonly send: (bytes: Uint8Array) => void;
  /** Throws `Crash` where it likes. */
  readonly atCommit: () => void;
  readonly trace: (line: string) => void;
}

export interface Device {
  readonly memory: Memory;
  write(message: string, nowMs: number): void;
  /** Typing and the like: sealed under the lease alone, sent once. */
  pass(nowMs: number): void;
  receive(bytes: Uint8Array, nowMs: number): void;
  /** Sends again what is not acknowledged, seals what waits, says the sessions' own words. */
  tick(nowMs: number, isBack: boolean): void;
  reset(message: string, nowMs: number): void;
  restart(): void;
}

export function deviceOf({ suite, us, them, luck, send, atCommit, trace }: DeviceOptions): Device {
  let memory: Memory = { pair: emptyPair, seen: [], outbox: [], inbox: new Map() };
  let disk: Disk = { pair: encodePair(emptyPair), seen: encodeSeenInitials([]), outbox: [], inbox: new Map() };
  let index = createTagIndex(suite);
  /** Opened and committed, by its bytes: twice is a fault. */
  const opened = new Set<string>();

  const commit = (): void => {
    atCommit();
    disk = {
      pair: encodePair(memory.pair),
      seen: encodeSeenInitials(memory.seen),
      outbox: memory.outbox.map((row) => ({ ...row })),
      inbox: new Map(memory.inbox),
    };
    atCommit();
  };
  const hold = (pair: Pair): void => {
    const before = memory.pair.sessions.map(({ state }) => nameOf(state));
    memory.pair = pair;
    const after = new Set(pair.sessions.map(({ state }) => nameOf(state)));
    for (const name of before) if (!after.has(name)) index.drop(name);
    for (const { state } of pair.sessions) index.put(nameOf(state), state.receiving);
  };
  const holdSession = (state: SessionState): void => hold(withSession(memory.pair, state));
  const sessionOf = (name: string): SessionState | undefined =>
    memory.pair.sessions.find(({ state }) => nameOf(state) === name)?.state;
  /** S15: sealed again, under the same message ids. What a session said for itself goes with it. */
  const tidy = (silent: ReadonlySet<string> = new Set()): void => {
    const isGone = ({ sealed }: Row): boolean => sealed !== null && sessionOf(sealed.session) === undefined;
    memory.outbox = memory.outbox.filter((row) => row.message !== null || !isGone(row));
    for (const row of memory.outbox)
      if (row.message !== null && row.sealed !== null && (silent.has(row.sealed.session) || isGone(row))) row.sealed = null;
  };
  const changed = ({ pair, silenced }: Changed): void => {
    hold(pair);
    tidy(new Set(silenced.map(nameOf)));
  };

  /** The lease is committed before it is used. */
  const sealOn = (name: string, content: Uint8Array): { envelope: Uint8Array; n: number } | null => {
    if (needsLease(sessionOf(name)!)) {
      holdSession(renewLease(sessionOf(name)!, 16));
      commit();
    }
    const sealed = seal(suite, sessionOf(name)!, content);
    if (isRefusal(sealed)) {
      trace(`seal ${sealed.refused}`);
      return null;
    }
    trace(`seal ${sealed.n} ${sealed.envelope.length}`);
    holdSession(sealed.state);
    return sealed;
  };
  const start = (row: Row, replaces: Uint8Array | null, nowMs: number): void => {
    const beginning = { us: us.us, bundle: them.prekey.bundle, content: row.content, invite: null, replaces };
    const begun = good(begin(suite, beginning, luck, nowMs));
    const change = withBegun(memory.pair, begun, nowMs);
    if (isRefusal(change)) return;
    trace(`begin ${begun.envelope.length}`);
    changed(change);
    row.sealed = { session: nameOf(begun.state), n: null, envelope: begun.envelope };
  };
  const sealWaiting = (nowMs: number): void => {
    for (const row of memory.outbox.filter(({ sealed }) => sealed === null)) {
      const spoken = spokenOn(memory.pair);
      if (spoken === null) start(row, null, nowMs);
      else {
        const sealed = sealOn(nameOf(spoken), row.content);
        if (sealed === null) break;
        row.sealed = { session: nameOf(spoken), ...sealed };
      }
    }
  };
  const sayWords = (nowMs: number, isBack: boolean): void => {
    for (const name of memory.pair.sessions.map(({ state }) => nameOf(state))) {
      const word = ownWord(suite, sessionOf(name)!, luck, nowMs, isBack);
      if (word === null) continue;
      holdSession(word.state);
      commit();
      const sealed = sealOn(name, word.content);
      if (sealed !== null) memory.outbox.push({ message: null, content: word.content, sealed: { session: name, ...sealed } });
    }
  };
  const sendAll = (): void => {
    commit();
    for (const { sealed } of memory.outbox) if (sealed !== null) send(sealed.envelope);
  };

  const settleRow = (a: Uint8Array): void => {
    const tag = Buffer.from(suite.hash(a).subarray(0, 16));
    const at = memory.outbox.findIndex(({ sealed }) => sealed !== null && tag.equals(sealed.envelope.subarray(1, 17)));
    const { session, n } = memory.outbox[at]?.sealed ?? { session: '', n: null };
    const state = sessionOf(session);
    if (at < 0 || state === undefined) return;
    if (n === null) hold(withArrived(memory.pair, state.initialId));
    else holdSession(good(acknowledge(state, n)));
    memory.outbox.splice(at, 1);
    trace(`acknowledged ${n}`);
  };
  const take = (content: Uint8Array, envelope: Uint8Array): void => {
    const message = Buffer.from(content.subarray(1)).toString();
    if (content[0] === 1) memory.inbox.set(message, (memory.inbox.get(message) ?? 0) + 1);
    const name = Buffer.from(suite.hash(envelope)).toString('hex');
    commitTaken(name);
  };
  const commitTaken = (name: string): void => {
    if (opened.has(name)) throw new Error('an envelope was opened twice');
    // A crash after the write but before its answer: it was opened all the same.
    const before = disk;
    try {
      commit();
    } finally {
      if (disk !== before) opened.add(name);
    }
  };
  const meet = (envelope: Uint8Array, nowMs: number): void => {
    const doorway = doorwayOf(us, { isSeen: (id) => isSeen(memory.seen, id) });
    const accepted = accept(suite, doorway, envelope, luck, nowMs);
    if (isRefusal(accepted)) {
      trace(`meet ${accepted.refused}`);
      const a = accepted.refused === 'repeated' ? initialFor(suite, us.prekey.bundle, envelope) : null;
      if (a !== null) send(encodeAcknowledgement(a));
      return;
    }
    const change = withAccepted(memory.pair, accepted, nowMs);
    trace(`meet ${isRefusal(change) ? change.refused : 'good'}`);
    if (isRefusal(change)) return;
    changed(change);
    memory.seen = good(withSeen(memory.seen, accepted));
    take(accepted.content, envelope);
    send(encodeAcknowledgement(accepted.a));
  };

  const device: Device = {
    get memory() {
      return memory;
    },
    write: (message, nowMs) => {
      memory.outbox.push({ message, content: contentOf(message), sealed: null });
      commit();
      sealWaiting(nowMs);
      sendAll();
    },
    pass: () => {
      const spoken = spokenOn(memory.pair);
      const sealed = spoken && sealOn(nameOf(spoken), Uint8Array.of(67, 5));
      if (!spoken || !sealed) return;
      holdSession(giveUp(sessionOf(nameOf(spoken))!, sealed.n));
      send(sealed.envelope);
    },
    receive: (bytes, nowMs) => {
      if (isAcknowledgement(bytes)) return settleRow(good(decodeAcknowledgement(bytes)));
      const found = index.find(bytes.subarray(1, 17));
      if (found === null) return initialFor(suite, us.prekey.bundle, bytes) === null ? trace('unknown') : meet(bytes, nowMs);
      const did = open(suite, sessionOf(found.session)!, found, bytes, luck, nowMs);
      if (isRefusal(did)) {
        trace(`open ${found.n} ${did.refused}`);
        if (did.refused === 'repeated') send(encodeAcknowledgement(found.a));
        return;
      }
      trace(`open ${did.n} ${bytes.length}`);
      holdSession(did.state);
      take(did.content ?? Uint8Array.of(64), bytes);
      send(encodeAcknowledgement(did.a));
    },
    tick: (nowMs, isBack) => {
      hold(withoutRetired(memory.pair, nowMs));
      tidy();
      const spoken = spokenOn(memory.pair);
      const [waiting] = memory.outbox.filter(({ sealed, message }) => sealed === null && message !== null);
      if (spoken !== null && waiting !== undefined && isStuck(spoken) && mayReset(memory.pair, nowMs))
        start(waiting, spoken.initialId, nowMs);
      sealWaiting(nowMs);
      sayWords(nowMs, isBack);
      sendAll();
    },
    reset: (message, nowMs) => {
      const row: Row = { message, content: contentOf(message), sealed: null };
      memory.outbox.push(row);
      const spoken = spokenOn(memory.pair);
      if (spoken !== null && mayReset(memory.pair, nowMs)) start(row, spoken.initialId, nowMs);
      sealWaiting(nowMs);
      sendAll();
    },
    restart: () => {
      memory = {
        pair: emptyPair,
        seen: good(decodeSeenInitials(disk.seen)),
        outbox: disk.outbox.map((row) => ({ ...row })),
        inbox: new Map(disk.inbox),
      };
      index = createTagIndex(suite);
      hold(good(restorePair(suite, disk.pair)));
    },
  };
  return device;
}

export const nameOf = ({ initialId }: SessionState): string => Buffer.from(initialId).toString('hex');

const contentOf = (message: string): Uint8Array => new Uint8Array([1, ...Buffer.from(message)]);
