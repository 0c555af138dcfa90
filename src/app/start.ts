/** Builds the app from its ports: reads the disk first, so that rooms can be shown; the mesh joins when it is up. */
import type { ReadCard } from '../ports/door.ts';
import type { Network } from '../ports/network.ts';
import type { OpenedStorage } from '../ports/storage.ts';
import { newMessageId } from '../protocol/content.ts';
import { decodeInviteLink } from '../protocol/contact/invite-link.ts';
import type { MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import { isRefusal } from '../protocol/refusal.ts';
import { decodeOwnerLink } from '../protocol/square/owner-link.ts';
import type { App } from './app.ts';
import { createCast } from './cast/cast.ts';
import { createCore } from './core.ts';
import type { Core, CorePorts } from './core.ts';
import { createKeeper } from './delivery/keeper.ts';
import { createOutbox } from './delivery/outbox.ts';
import { createReceipts } from './delivery/receipts.ts';
import { sendText } from './delivery/send.ts';
import { createShare } from './delivery/share.ts';
import { loadIdentity, nameMe } from './identity.ts';
import { attachMesh } from './mesh/attach.ts';
import type { Attached } from './mesh/attach.ts';
import type { Members } from './members/members.ts';
import type { OpenHere } from './here/here.ts';
import type { OpenMembers } from './members/open.ts';
import { createPeers } from './mesh/peers.ts';
import { tellBroken } from './pairing/begun.ts';
import type { OpenPairing } from './pairing/open.ts';
import type { Pairing } from './pairing/pairing.ts';
import { peopleIn } from './mesh/people.ts';
import { createModel } from './routing/model.ts';
import type { LoadPredictor } from './routing/model.ts';
import { createRouting } from './routing/routing.ts';
import { joinOpenRoom, leaveRoom, startRoom, sweepLeftRooms } from './rooms/keep-room.ts';
import { loadRooms } from './rooms/load-rooms.ts';
import { writeRoom } from './rooms/room.ts';
import { createTimelines } from './rooms/timeline.ts';
import { createUnsent } from './rooms/unsent.ts';
import { createSquareRules } from './square/square.ts';
import { createStore } from './store.ts';
import { stuckApp } from './stuck.ts';

export interface World extends Omit<CorePorts, 'storage'> {
  readonly storage: Promise<OpenedStorage>;
  readonly network: Promise<Network>;
  readonly readCard: ReadCard;
  readonly loadMembers: () => Promise<OpenMembers>;
  readonly loadPairing: () => Promise<OpenPairing>;
  readonly loadHere: () => Promise<OpenHere>;
  /** Absent: the rule alone scores links. */
  readonly loadPredictor?: LoadPredictor;
  /** Where the relay most likely is, asked before its card is there. */
  readonly firstDoor?: string;
}

/** The app in the tab that leads. */
export interface LocalApp extends App {
  /** `again`: it may have been sent under this id before; then it is not sent twice. */
  sendAs(id: MessageId, again: boolean, room: RoomId, text: string): Promise<boolean>;
  /** The same wish asked again is the same room. */
  startRoomAs(asked: MessageId, ...room: Parameters<App['startRoom']>): Promise<RoomId | null>;
}

export async function startApp(world: World): Promise<LocalApp> {
  const store = createStore();
  const opened = await world.storage;
  if (opened.state === 'refused') {
    store.change({ stage: 'stuck', trouble: `storage-${opened.why}` });
    return stuckApp(store);
  }
  const routing = createRouting(world.clock, { changed: () => attached?.mesh.show(), opened: () => model.wanted() });
  const peers = createPeers(routing);
  const core: Core = createCore({ ...world, storage: opened.storage }, store, (room) =>
    peopleIn(room, peers, core.me()?.key.id, (device) => attached?.here()?.isHere(room, device)),
  );
  const model = createModel(core, routing, world.loadPredictor);
  const timelines = createTimelines(core, (room, n) => outbox.stateOf(room, n));
  const share = createShare(core.clock);
  const cast = createCast(core, peers, share);
  const outbox = createOutbox(core, peers, share, cast, (room) => timelines.refresh(room));
  const receipts = createReceipts(core, timelines, outbox);
  const keeper = createKeeper(core, peers, cast, timelines, (...what) => attached?.here()?.takesOver(...what) === true);
  const square = createSquareRules(core, {
    peers,
    timelines,
    outbox,
    relay: () => attached?.mesh.ownRelay()?.peer ?? null,
    tellRelay: (frame) => attached?.mesh.tellRelay(frame) ?? false,
    owned: () => void attached?.owned(),
  });
  let members: Members | null = null;
  let pairing: Pairing | null = null;

  // The mesh begins beside the reading: the relay is asked early, and rooms are told to it once they are read.
  let attached: Attached | null = null;
  let isClosed = false;
  const attaching = world.network.then(async (network) => {
    if (isClosed) await network.close();
    else
      attached = attachMesh(core, network, world, {
        peers,
        share,
        cast,
        timelines,
        outbox,
        receipts,
        keeper,
        square,
        loadHere: world.loadHere,
        members: () => members,
        openMembers: async () => (core.me() === null ? null : (members ?? openMembers())),
        pairing: () => pairing,
      });
  });
  // A network that cannot start leaves an app that keeps what is written for later.
  attaching.catch(() => core.log('network-not-started'));
  const soon = attaching.then(() => attached).catch(() => null);

  const afterRooms = <Result>(result: Result): Result => {
    attached?.mesh.roomsChanged();
    return result;
  };
  const afterName = (): void => attached?.named();

  /** Their keys cost a start some time: nobody pays it who has no such room. */
  let opening: Promise<Members | null> | null = null;
  const openMembers = async (): Promise<Members | null> => {
    opening ??= world.loadMembers().then((open) =>
      open(
        core,
        { peers, timelines, outbox, receipts, keeper },
        {
          onSummary: (peer, room, summary) => attached?.onSummary(peer, room, summary),
          onCameIn: (room) => attached?.cameIn(room),
          onTopics: () => attached?.mesh.roomsChanged(),
          metAt: () => attached?.mesh.metAt() ?? [],
          knowRelays: (addresses) => attached?.mesh.knowRelays(addresses),
        },
      ),
    );
    try {
      members = await opening;
      for (const word of attached?.directoryWords() ?? []) members?.whereabouts.heard(...word);
    } catch {
      // Not there to be loaded: offline, and never needed before.
      core.log('members-not-loaded');
      core.trouble('members-not-loaded');
    }
    if (members === null) opening = null;
    attached?.mesh.roomsChanged();
    return members;
  };

  let openingPairing: Promise<Pairing | null> | null = null;
  /** One promise for all who wait: what is asked in an order is done in it. */
  const openPairing = (): Promise<Pairing | null> =>
    (openingPairing ??= world.loadPairing().then(
      (open) => {
        if (isClosed) return null;
        const person = async (): Promise<PersonId | null> => (await openMembers()) && (store.view().me?.person ?? null);
        return (pairing = open(core, world.network, { person }));
      },
      () => {
        openingPairing = null;
        store.change({ pairing: { stage: 'failed', why: 'not-ready' } });
        return null;
      },
    ));

  const [isNamed] = await Promise.all([loadIdentity(core), loadRooms(core), outbox.load()]);
  await square.load();
  core.showRooms();
  store.change({ stage: isNamed ? 'ready' : 'unnamed' });
  afterRooms(null);
  afterName();
  void sweepLeftRooms(core);
  void tellBroken(core);
  void model.load();
  if ([...core.rooms.values()].some((room) => room.keys === null)) void openMembers();

  const unsent = createUnsent(core);
  const app: LocalApp = {
    view: store.view,
    subscribe: store.subscribe,
    nameMe: async (name) => {
      await nameMe(core, name);
      afterName();
      members?.renamed();
    },
    startRoom: (name, kind) => app.startRoomAs(newMessageId(core.entropy.bytes(16)), name, kind),
    startRoomAs: async (asked, name, kind) => {
      if (kind === 'open') return afterRooms(await startRoom(core, asked, name));
      return afterRooms((await (await openMembers())?.start(asked, name)) ?? null);
    },
    joinRoom: async (link) => {
      const secret = decodeOwnerLink(link);
      if (secret !== null) {
        return square.claim(secret);
      }
      const invite = decodeInviteLink(link, core.clock.nowMs());
      if (isRefusal(invite)) {
        core.log('invite-refused', { why: invite.refused });
        core.trouble(invite.refused === 'expired' ? 'link-expired' : 'bad-link');
        return null;
      }
      if (invite.kind === 'open') return afterRooms(await joinOpenRoom(core, invite));
      void soon.then((mesh) => mesh?.mesh.knowRelays(invite.relays));
      return afterRooms((await (await openMembers())?.knock(invite)) ?? null);
    },
    invite: async (id) => {
      const room = core.rooms.get(id);
      return (await (await openMembers())?.invite(id)) && room ? core.linkOf(room) : null;
    },
    withdrawInvites: async (room) => (await (await openMembers())?.withdrawInvites(room)) ?? false,
    removePerson: async (room, person) => (await (await openMembers())?.removePerson(room, person)) ?? false,
    makeAdmin: async (room, person) => (await (await openMembers())?.makeAdmin(room, person)) ?? false,
    startDirect: async (person) => afterRooms((await (await openMembers())?.startDirect(person)) ?? null),
    safetyOf: async (person) => (await openMembers())?.safetyOf(person) ?? null,
    setVerified: async (person, isVerified) => (await (await openMembers())?.setVerified(person, isVerified)) ?? false,
    leaveRoom: async (room) => {
      attached?.leaving(room);
      if (core.rooms.get(room)?.keys === null) await (await openMembers())?.leave(room);
      if (!(await leaveRoom(core, room))) return;
      outbox.drop(room);
      timelines.drop(room);
      core.showRooms();
      afterRooms(null);
      await sweepLeftRooms(core);
    },
    stopWaiting: async (id) => {
      // Never let in, so there is nothing to keep.
      if (core.rooms.get(id)?.stage === 'knocking') return app.leaveRoom(id);
      await (await openMembers())?.stopWaiting(id);
    },
    send: (room, text) => app.sendAs(newMessageId(core.entropy.bytes(16)), false, room, text),
    sendAs: async (id, again, room, text) => {
      const inMembers = core.rooms.get(room);
      if (inMembers?.keys === null) return (await (await openMembers())?.send(inMembers, { id, again, room, text })) ?? false;
      const sent = await sendText(core, { timelines, outbox, receipts }, { id, again, room, text }, square.mayWrite);
      if (typeof sent !== 'string') attached?.square.publish(room, sent);
      return sent !== 'refused';
    },
    inSquare: square.does,
    unsent: unsent.read,
    keepUnsent: unsent.keep,
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
    beginPairing: async () => (await openPairing())?.begin(),
    takePairing: async (code) => (await openPairing())?.take(code) ?? null,
    cancelPairing: async () => {
      (await openingPairing)?.cancel();
      // Also what was told before it was loaded.
      store.change({ pairing: null });
    },
    addRelay: async (link) => {
      const there = await soon;
      return there === null ? 'unreachable' : there.mesh.addRelay(link);
    },
    offerRelay: async (link) => (await soon)?.mesh.relayByHand.offer(link) ?? { refused: 'stopped' },
    takeRelayAnswer: async (answer) => {
      const there = await soon;
      return there === null ? 'stopped' : there.mesh.relayByHand.take(answer);
    },
    stopAddingRelay: async () => (await soon)?.mesh.stopAddingRelay(),
    forgetRelay: async (address) => (await soon)?.mesh.forgetRelay(address),
    letModelScore: model.allow,
    dismissTrouble: () => store.change({ trouble: null }),
    wake: (online) => {
      store.change({ mesh: { ...store.view().mesh, online } });
      if (online) attached?.mesh.wake();
    },
    close: async () => {
      isClosed = true;
      outbox.close();
      pairing?.close();
      members?.close();
      model.close();
      await attached?.close();
      await core.lane.run(() => core.storage.close());
    },
  };
  return app;
}
