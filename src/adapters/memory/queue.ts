/** What is still to happen, earliest first; at one instant in the order it was asked for. */

export interface Event {
  atUs: number;
  order: number;
  readonly kind: string;
  /** Whose event it is: it never happens once they are gone. Null: the world's own. */
  readonly owner: Owner | null;
  /** Who else has part in it, for the trace. */
  readonly other: string;
  readonly bytes: Uint8Array | null;
  readonly run: () => void;
  state: 'waiting' | 'parked' | 'stopped' | 'over';
}

export interface Owner {
  readonly name: string;
  alive(): boolean;
  /** What came for a page that is frozen waits here until it thaws. Null: it runs. */
  parked(): Event[] | null;
}

export interface Queue {
  add(event: Event): void;
  /** The earliest that still counts, taken out; null if there is none at or before `untilUs`. */
  take(untilUs: number): Event | null;
  /** Told when one that waits was stopped, so that the stopped do not pile up. */
  forget(): void;
  waiting(): number;
}

export const createQueue = (): Queue => {
  let heap: Event[] = [];
  let stopped = 0;

  const rise = (from: number): void => {
    const event = at(heap, from);
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(event, at(heap, parent))) break;
      heap[place] = at(heap, parent);
      place = parent;
    }
    heap[place] = event;
  };

  const sink = (from: number): void => {
    const event = at(heap, from);
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(at(heap, child + 1), at(heap, child))) child += 1;
      if (!before(at(heap, child), event)) break;
      heap[place] = at(heap, child);
      place = child;
    }
    heap[place] = event;
  };

  const removeFirst = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    sink(0);
  };

  return {
    add: (event) => {
      heap.push(event);
      rise(heap.length - 1);
    },
    take: (untilUs) => {
      for (;;) {
        const first = heap[0];
        if (first === undefined) return null;
        if (first.state === 'stopped' || first.owner?.alive() === false) {
          if (first.state === 'stopped') stopped -= 1;
          first.state = 'over';
          removeFirst();
          continue;
        }
        if (first.atUs > untilUs) return null;
        removeFirst();
        const parked = first.owner?.parked() ?? null;
        if (parked !== null) {
          first.state = 'parked';
          parked.push(first);
          continue;
        }
        first.state = 'over';
        return first;
      }
    },
    forget: () => {
      stopped += 1;
      if (stopped < 1000 || stopped * 2 < heap.length) return;
      heap = heap.filter((event) => event.state === 'waiting');
      stopped = 0;
      for (let place = (heap.length >> 1) - 1; place >= 0; place -= 1) sink(place);
    },
    waiting: () => heap.length - stopped,
  };
};

const before = (one: Event, two: Event): boolean => one.atUs < two.atUs || (one.atUs === two.atUs && one.order < two.order);

const at = (heap: readonly Event[], place: number): Event => {
  const event = heap[place];
  if (event === undefined) throw new Error('queue: no such place');
  return event;
};
