/** Whom each author's messages go on to at once, in each room: a tree that grows where copies came first, and is cut where they came twice. */
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';

export interface Source {
  /** They have these from me as they come. */
  readonly eager: Some;
  /** They said that they have them from others. */
  readonly cut: Some;
  /** Who was told whom else I give them to. */
  readonly told: Some;
}

/** The last few: a page has another name each time it starts, and nobody says that one will not come back. */
export interface Some {
  has(peer: PeerId): boolean;
  add(peer: PeerId): void;
  delete(peer: PeerId): void;
}

export interface Sources {
  /** Null: nobody has heard from this author here yet. */
  of(room: RoomId, author: DeviceId): Source | null;
  begin(room: RoomId, author: DeviceId, eager: readonly PeerId[]): Source;
}

export function createSources(): Sources {
  const all = new Map<string, Source>();
  return {
    of: (room, author) => {
      const name = `${room}/${author}`;
      const source = all.get(name);
      if (source === undefined) return null;
      // Whoever spoke last is forgotten last.
      all.delete(name);
      all.set(name, source);
      return source;
    },
    begin: (room, author, eager) => {
      const source: Source = { eager: createSome(), cut: createSome(), told: createSome() };
      eager.forEach(source.eager.add);
      all.set(`${room}/${author}`, source);
      forgetFirst(all, mostSources);
      return source;
    },
  };
}

function createSome(): Some {
  const some = new Set<PeerId>();
  return {
    has: (peer) => some.has(peer),
    add: (peer) => {
      some.delete(peer);
      some.add(peer);
      forgetFirst(some, mostPages);
    },
    delete: (peer) => void some.delete(peer),
  };
}

const mostSources = 512;
/** In one room, as many as a relay names there. */
const mostPages = 64;
