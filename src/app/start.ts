/** Builds the app from its ports: reads the disk first, so that rooms can be shown; the mesh joins when it is up. */
import type { Stop } from '../ports/clock.ts';
import type { ReadCard } from '../ports/door.ts';
import type { Network } from '../ports/network.ts';
import type { OpenedStorage } from '../ports/storage.ts';
import { newMessageId } from '../protocol/content.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';
import type { App } from './app.ts';
import { createCore } from './core.ts';
import type { Core, CorePorts } from './core.ts';
import { createOutbox } from './delivery/outbox.ts';
import { createReceipts } from './delivery/receipts.ts';
import { sendText } from './delivery/send.ts';
import { loadIdentity, nameMe } from './identity.ts';
import { attachMesh } from './mesh/attach.ts';
import type { Attached } from './mesh/attach.ts';
import { createPeers } from './mesh/peers.ts';
import { peopleIn } from './mesh/people.ts';
import { joinRoom, leaveRoom, startRoom, sweepLeftRooms } from './rooms/keep-room.ts';
import { loadRooms } from './rooms/load-rooms.ts';
import { writeRoom } from './rooms/room.ts';
import { createTimelines } from './rooms/timeline.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

export interface World extends Omit<CorePorts, 'storage'> {
  readonly storage: Promise<OpenedStorage>;
  readonly network: Promise<Network>;
  readonly readCard: ReadCard;
  /** Where the relay most likely is, asked before its card is there. */
  readonly firstDoor?: string;
}

/** The app in the tab that leads. */
export interface LocalApp extends App {
  /** `again`: it may have been sent under this id before; then it is not sent twice. */
  sendAs(id: MessageId, again: boolean, room: RoomId, text: string): Promise<boolean>;
}

export async function startApp(world: World): Promise<LocalApp> {
  const store = createStore();
  const opened = await world.storage;
  if (opened.state === 'refused') {
    store.change({ stage: 'stuck', trouble: `storage-${opened.why}` });
    return stuckApp(store);
  }
  const peers = createPeers();
  const core: Core = createCore({ ...world, storage: opened.storage }, store, (room) => peopleIn(room, peers, core.me()?.key.id));
  const timelines = createTimelines(core, (room, n) => outbox.hasLeft(room, n));
  const outbox = createOutbox(core, peers, (room) => timelines.refresh(room));
  const receipts = createReceipts(core, timelines, outbox);

  // The mesh begins beside the reading: the relay is asked early, and rooms are told to it once they are read.
  let attached: Attached | null = null;
  let isClosed = false;
  const attaching = world.network.then(async (network) => {
    if (isClosed) await network.close();
    else attached = attachMesh(core, network, world, { peers, timelines, outbox, receipts });
  });
  // A network that cannot start leaves an app that keeps what is written for later.
  attaching.catch(() => core.log('network-not-started'));

  const afterRooms = <Result>(result: Result): Result => {
    attached?.mesh.roomsChanged();
    return result;
  };
  const afterName = (): void => attached?.named();

  const [isNamed] = await Promise.all([loadIdentity(core), loadRooms(core), outbox.load()]);
  core.showRooms();
  store.change({ stage: isNamed ? 'ready' : 'unnamed' });
  afterRooms(null);
  afterName();
  void sweepLeftRooms(core);

  const app: LocalApp = {
    view: store.view,
    subscribe: store.subscribe,
    nameMe: async (name) => {
      await nameMe(core, name);
      afterName();
    },
    startRoom: async (name) => afterRooms(await startRoom(core, name)),
    joinRoom: async (link) => afterRooms(await joinRoom(core, link)),
    leaveRoom: async (room) => {
      attached?.leaving(room);
      if (!(await leaveRoom(core, room))) return;
      outbox.drop(room);
      timelines.drop(room);
      core.showRooms();
      afterRooms(null);
      await sweepLeftRooms(core);
    },
    send: (room, text) => app.sendAs(newMessageId(core.entropy.bytes(16)), false, room, text),
    sendAs: async (id, again, room, text) => {
      const sent = await sendText(core, { timelines, outbox, receipts }, { id, again, room, text });
      if (typeof sent !== 'string') attached?.square.publish(room, sent);
      return sent !== 'refused';
    },
    show: timelines.show,
    older: timelines.older,
    markRead: (id) =>
      core.lane.run(async () => {
        const room = core.rooms.get(id);
        if (room === undefined || room.unread === 0) return;
        if (!(await core.commit([writeRoom(room, 0)], 'relaxed'))) return;
        room.unread = 0;
        core.showRooms();
      }),
    dismissTrouble: () => store.change({ trouble: null }),
    wake: (online) => {
      store.change({ mesh: { ...store.view().mesh, online } });
      if (online) attached?.mesh.wake();
    },
    close: async () => {
      isClosed = true;
      outbox.close();
      await attached?.close();
      await core.lane.run(() => core.storage.close());
    },
  };
  return app;
}

/** The disk did not open: everything is refused, and the view says why. */
function stuckApp(store: Store): LocalApp {
  const nothing = async (): Promise<void> => undefined;
  const noRoom = async (): Promise<null> => null;
  const noStop: Stop = () => undefined;
  return {
    view: store.view,
    subscribe: () => noStop,
    nameMe: nothing,
    startRoom: noRoom,
    joinRoom: noRoom,
    leaveRoom: nothing,
    send: async () => false,
    sendAs: async () => false,
    show: nothing,
    older: nothing,
    markRead: nothing,
    dismissTrouble: noStop,
    wake: noStop,
    close: nothing,
  };
}
