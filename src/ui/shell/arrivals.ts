/** Says that something arrived in a room one is not in; the open room speaks for itself. */
import { useEffect, useRef } from 'react';
import type { RoomView } from '../../app/view.ts';
import { announce } from '../parts/announce.tsx';
import { useWords } from '../words/speak.tsx';

export function useArrivals(rooms: readonly RoomView[] | null, open: RoomView['id'] | null): void {
  const { w } = useWords();
  const before = useRef<ReadonlyMap<string, number> | null>(null);
  useEffect(() => {
    if (!rooms) return;
    const known = before.current;
    before.current = new Map(rooms.map(({ id, unread }) => [id, unread]));
    if (!known) return;
    for (const { id, unread, name } of rooms) {
      if (id !== open && unread > (known.get(id) ?? 0)) announce(w.room.arrivedIn(name));
    }
  }, [rooms, open, w]);
}
