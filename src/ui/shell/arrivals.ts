/** Says that something arrived in a room one is not in; the open room speaks for itself. */
import { useEffect, useRef } from 'react';
import type { RoomView } from '../../app/view.ts';
import { announce } from '../parts/announce.tsx';
import { roomName } from '../rooms/room-name.ts';
import { useWords } from '../words/speak.tsx';

export function useArrivals(rooms: readonly RoomView[] | null, open: RoomView['id'] | null): void {
  const { w } = useWords();
  const before = useRef<ReadonlyMap<string, number> | null>(null);
  useEffect(() => {
    if (!rooms) return;
    const known = before.current;
    before.current = new Map(rooms.map(({ id, unread }) => [id, unread]));
    if (!known) return;
    for (const room of rooms) {
      if (room.id !== open && room.unread > (known.get(room.id) ?? 0)) announce(w.room.arrivedIn(roomName(room, w)));
    }
  }, [rooms, open, w]);
}
