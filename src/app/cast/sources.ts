/** Whom each author's messages go on to at once, in each room: a tree that grows where copies came first, and is cut where they came twice. */
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';

export interface Source {
  /** They have these from me as they come. */
  readonly eager: Set<PeerId>;
  /** They said that they have them from others. */
  readonly cut: Set<PeerId>;
  /** Who was told whom else I give them to. */
  readonly told: Set<PeerId>;
}

export interface Sources {
  /** Null: nobody has heard from this author here yet. */
  of(room: RoomId, author: DeviceId): Source | null;
  begin(room: RoomId, author: DeviceId, eager: Iterable<PeerId>): Source;
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
      const source: Source = { eager: new Set(eager), cut: new Set(), told: new Set() };
      all.set(`${room}/${author}`, source);
      const [oldest] = all.keys();
      if (all.size > mostSources && oldest !== undefined) all.delete(oldest);
      return source;
    },
  };
}

const mostSources = 512;
