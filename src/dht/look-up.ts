/**
 * Finds the servers nearest to a place, and what they hold there, on several paths that share no server: whoever lies misleads the
 * path that asked it and no other. A path goes on to the nearest it was told of, until its nearest have all answered.
 */
import type { Contact } from '../protocol/directory/contact.ts';
import { nearer } from '../protocol/directory/distance.ts';
import type { Place } from '../protocol/directory/distance.ts';
import type { DirectoryRecord } from '../protocol/directory/record.ts';
import type { PeerId } from '../protocol/ids.ts';
import type { Server } from './table.ts';

export interface LookUp {
  readonly found: DirectoryRecord | null;
  /** How many paths ended with that record; with none, how many came to an end at all. */
  readonly paths: number;
  /** Who answered, the nearest first. */
  readonly nearest: readonly Server[];
  /** On each path. */
  readonly asked: readonly (readonly PeerId[])[];
}

export interface LookUpHands {
  /** Null: no answer, or none that can be read. */
  ask(server: Server, path: number, done: (answer: LookUpAnswer | null) => void): void;
  /** Null: nobody's, or it cost too little. */
  serverOf(contact: Contact): Server | null;
  /** `stale`: not now, by our own clock, which may be the one that is wrong. `forged`: at no time. */
  judge(record: DirectoryRecord): 'good' | 'stale' | 'forged';
  lied(server: Server): void;
}

export interface LookUpAnswer {
  readonly contacts: readonly Contact[];
  readonly record: DirectoryRecord | null;
}

export const lookUpRules = {
  paths: 12,
  /** Of each path the nearest that must have answered. */
  nearest: 3,
  /** On one path: whoever invents servers without end ends it. */
  mostAsked: 12,
  /** So many of those that one server named do not answer, and the rest of them are not asked. */
  mostSilent: 2,
} as const;

interface Path {
  readonly number: number;
  /** The nearest first. */
  known: readonly Told[];
  readonly asked: Set<PeerId>;
  readonly answered: Server[];
  isWaiting: boolean;
  best: DirectoryRecord | null;
}

interface Told {
  readonly server: Server;
  /** Null: we knew it ourselves. */
  readonly by: PeerId | null;
}

export function lookUp(target: Place, from: readonly Server[], hands: LookUpHands, done: (result: LookUp) => void): void {
  const paths = Array.from({ length: lookUpRules.paths }, (_, number): Path => {
    const mine = from.filter((_server, at) => at % lookUpRules.paths === number);
    const known = mine.map((server) => ({ server, by: null }));
    return { number, known, asked: new Set(), answered: [], isWaiting: false, best: null };
  });
  /** By which path it was asked: no other asks it. */
  const takenBy = new Map<PeerId, Path>();
  /** Where they were said to be. There, no other path asks them either. */
  const isSilent = new Set<string>();
  /** Of those that each named, so many were silent; a liar counts as all of them. */
  const silentOf = new Map<PeerId, number>();
  let isDone = false;

  const isTrusted = (by: PeerId | null): boolean => by === null || (silentOf.get(by) ?? 0) < lookUpRules.mostSilent;
  const nextOf = (path: Path): Told | undefined => {
    if (path.isWaiting || path.asked.size >= lookUpRules.mostAsked) return undefined;
    const mine = path.known.filter(({ server, server: { peer }, by }) => {
      return !isSilent.has(nameOf(server)) && (takenBy.get(peer) ?? path) === path && (path.asked.has(peer) || isTrusted(by));
    });
    return mine.slice(0, lookUpRules.nearest).find(({ server }) => !path.asked.has(server.peer));
  };

  const take = (path: Path, { server, by }: Told, answer: LookUpAnswer | null): void => {
    if (answer === null) {
      isSilent.add(nameOf(server));
      // Whoever told of it may have said a wrong address: who was told another may ask there.
      takenBy.delete(server.peer);
      if (by !== null) silentOf.set(by, (silentOf.get(by) ?? 0) + 1);
      return;
    }
    const judged = answer.record === null ? 'good' : hands.judge(answer.record);
    const record = judged === 'good' ? answer.record : null;
    if (judged === 'forged') {
      silentOf.set(server.peer, lookUpRules.mostSilent);
      return hands.lied(server);
    }
    path.answered.push(server);
    if (record !== null && record.sequence > (path.best?.sequence ?? -1)) path.best = record;
    const names = new Set(path.known.map((each) => each.server.peer));
    const told = answer.contacts.flatMap((contact): readonly Told[] => {
      const named = names.has(contact.peer) ? null : hands.serverOf(contact);
      return named === null ? [] : [{ server: named, by: server.peer }];
    });
    path.known = [...path.known, ...told].sort((one, other) => nearer(target, one.server.place, other.server.place));
  };

  const end = (): void => {
    isDone = true;
    const best = newestOf(paths.map((path) => path.best));
    const ended = paths.filter(({ answered }) => answered.length > 0);
    done({
      found: best,
      paths: (best === null ? ended : withRecord(paths, best)).length,
      nearest: paths.flatMap(({ answered }) => answered).sort((one, other) => nearer(target, one.place, other.place)),
      asked: paths.map(({ asked }) => [...asked]),
    });
  };

  const goOn = (): void => {
    for (const path of paths) {
      const next = nextOf(path);
      if (next === undefined) continue;
      takenBy.set(next.server.peer, path);
      path.asked.add(next.server.peer);
      path.isWaiting = true;
      hands.ask(next.server, path.number, (answer) => {
        path.isWaiting = false;
        take(path, next, answer);
        goOn();
      });
    }
    if (!isDone && paths.every(({ isWaiting }) => !isWaiting)) end();
  };
  goOn();
}

const nameOf = ({ peer, address }: Server): string => `${peer} ${address}`;

const newestOf = (records: readonly (DirectoryRecord | null)[]): DirectoryRecord | null =>
  records.reduce((one, other) => ((other?.sequence ?? -1) > (one?.sequence ?? -1) ? other : one), null);

const withRecord = (paths: readonly Path[], { sequence }: DirectoryRecord): readonly Path[] =>
  paths.filter(({ best }) => best?.sequence === sequence);
