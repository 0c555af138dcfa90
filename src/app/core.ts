/** What every verb of the app holds: the world's ports, the rooms, and who I am. */
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Log } from '../ports/log.ts';
import type { CommitResult, Storage, Write } from '../ports/storage.ts';
import type { DeviceKey } from '../protocol/device.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { createLane } from './lane.ts';
import { withRelayHint } from './mesh/relay-hint.ts';
import type { Lane } from './lane.ts';
import type { LastLine, Room } from './rooms/room.ts';
import type { Voice } from './delivery/say.ts';
import type { Store } from './store.ts';
import type { PersonView, RoomView, Trouble } from './view.ts';

export interface Core {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly storage: Storage;
  readonly store: Store;
  readonly lane: Lane;
  readonly rooms: Map<RoomId, Room>;
  me(): Self | null;
  /** Null until rooms of members are ready. */
  voice(): Voice | null;
  setVoice(voice: Voice): void;
  setMe(me: Self): void;
  setPerson(person: PersonId): void;
  /** All or nothing; a refusal becomes trouble on screen and `false` here. */
  commit(writes: readonly Write[], durability: 'strict' | 'relaxed'): Promise<boolean>;
  trouble(trouble: Trouble): void;
  /** What brings others into the room, and says where we are met. */
  linkOf(room: Room): string | null;
  showRooms(): void;
}

export interface Self {
  readonly key: DeviceKey;
  readonly name: string;
}

export interface CorePorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly storage: Storage;
}

/** `peopleOf` is asked of the mesh, which knows who is here. */
export function createCore(ports: CorePorts, store: Store, peopleOf: (room: Room) => readonly PersonView[]): Core {
  let me: Self | null = null;
  let voice: Voice | null = null;
  const rooms = new Map<RoomId, Room>();
  const core: Core = {
    ...ports,
    store,
    lane: createLane(),
    rooms,
    me: () => me,
    setPerson: (person) => {
      const shown = store.view().me;
      if (shown !== null) store.change({ me: { ...shown, person } });
    },
    voice: () => voice,
    setVoice: (ready) => {
      voice = ready;
    },
    setMe: (next) => {
      me = next;
      store.change({ me: { device: next.key.id, person: store.view().me?.person ?? null, name: next.name } });
    },
    commit: async (writes, durability) => {
      const result = await ports.storage.commit({ writes, durability });
      if (result.state === 'committed') return true;
      ports.log('commit-refused', { why: result.why, writes: writes.length });
      core.trouble(troubleOf(result));
      return false;
    },
    trouble: (trouble) => store.change({ trouble }),
    linkOf: ({ invite }) => invite && withRelayHint(invite, store.view().mesh.relay?.address, ports.clock.nowMs()),
    showRooms: () => {
      const views = [...rooms.values()].map((room) =>
        viewOf(room, peopleOf(room), (me && room.members.get(me.key.id)?.role) ?? null, core.linkOf(room)),
      );
      store.change({ rooms: views.sort((a, b) => lastAtMs(b) - lastAtMs(a)) });
    },
  };
  const lastAtMs = (view: RoomView): number => view.last?.sentAtMs ?? rooms.get(view.id)?.joinedAtMs ?? 0;
  return core;
}

const viewOf = (room: Room, people: readonly PersonView[], myRole: RoomView['role'], invite: RoomView['invite']): RoomView => ({
  id: room.id,
  name: room.name,
  kind: room.kind,
  stage: room.stage,
  wait: room.wait,
  role: myRole,
  invite,
  unread: room.unread,
  last: room.last && lastIn(room, room.last),
  people,
});

/** By their newest name. */
const lastIn = ({ names }: Room, { author, name, text, sentAtMs, mine }: LastLine): RoomView['last'] => ({
  name: names.get(author) ?? name,
  text,
  sentAtMs,
  mine,
});

const troubleOf = (refused: Exclude<CommitResult, { state: 'committed' }>): Trouble =>
  refused.why === 'full' ? 'storage-full' : 'storage-failed';
