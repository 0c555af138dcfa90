/** Several tabs, one person: the tab that leads runs the app, the others show its view and ask it to act. */
import type { App } from './app.ts';
import type { LocalApp } from './start.ts';
import { createStore } from './store.ts';
import type { PairingRefused, RelayOffered, RelayRefused, SafetyView, View } from './view.ts';
import type { Clock, Stop } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Tabs } from '../ports/tabs.ts';
import { newMessageId } from '../protocol/content.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';

export interface SharedApp extends App {
  /** Something this tab asked for is under way. */
  isBusy(): boolean;
}

/** An app at once: it follows until this tab leads, and nobody who holds it sees the difference. */
export function shareApp(
  ports: { readonly tabs: Tabs; readonly clock: Clock; readonly entropy: Entropy },
  start: () => Promise<LocalApp>,
): SharedApp {
  const { tabs, clock, entropy } = ports;
  const store = createStore();
  const ending = new AbortController();
  const asked = new Map<string, Asked>();
  /** What this tab looks at: a new leader has loaded none of it. */
  const shown = new Set<RoomId>();
  let local: LocalApp | null = null;
  let stopServing: Stop = () => undefined;
  /** The term of the leader we know of; only that leader does what we ask. */
  let known = '';
  let underWay = 0;

  const lead = async (): Promise<void> => {
    await tabs.lead(ending.signal);
    const app = await start();
    if (ending.signal.aborted) return app.close();
    local = app;
    stopServing = serve(app, tabs, clock, newMessageId(entropy.bytes(16)));
    store.change(app.view());
    app.subscribe(() => store.change(app.view()));
    // What the leader before us left unanswered, it may have done: messages and new rooms carry an id, the rest is harmless twice.
    for (const { call, done } of asked.values()) void performed(app, call, true).then(done);
    asked.clear();
    for (const room of shown) void app.show(room);
  };

  /** Nobody may have heard what we asked, or somebody who is gone: the new leader gets all of it, in its order, before what follows. */
  const meet = (term: string): void => {
    if (term === known) return;
    known = term;
    for (const [ref, { call }] of asked) tabs.post({ kind: 'call', term, ref, call, again: true } satisfies Note);
    for (const room of shown) void ask({ verb: 'show', args: [room] });
  };

  const stop = tabs.listen((note) => {
    if (local !== null || !isNote(note)) return;
    if (note.kind === 'leads' || note.kind === 'view') meet(note.term);
    if (note.kind === 'view') store.change(note.view);
    if (note.kind === 'leads') tabs.post({ kind: 'follows' } satisfies Note);
    if (note.kind === 'done') {
      asked.get(note.ref)?.done(note.result);
      asked.delete(note.ref);
    }
  });
  tabs.post({ kind: 'follows' } satisfies Note);
  lead().catch(() => {
    // Aborted with the tab: nobody waits for it any more.
    if (!ending.signal.aborted) store.change({ stage: 'stuck', trouble: 'storage-failed' });
  });

  const ask = async (call: Call): Promise<unknown> => {
    underWay += 1;
    try {
      if (local !== null) return await perform(local, call, false);
      const ref = newMessageId(entropy.bytes(16));
      tabs.post({ kind: 'call', term: known, ref, call, again: false } satisfies Note);
      return await new Promise((done) => asked.set(ref, { call, done }));
    } finally {
      underWay -= 1;
    }
  };
  const roomId = async (call: Call): ReturnType<App['joinRoom']> => {
    const result = await ask(call);
    return typeof result === 'string' ? (result as Awaited<ReturnType<App['joinRoom']>>) : null;
  };
  const act = async (call: Call): Promise<void> => void (await ask(call));

  return {
    view: store.view,
    subscribe: store.subscribe,
    nameMe: (name) => act({ verb: 'nameMe', args: [name] }),
    startRoom: (name, kind) => roomId({ verb: 'startRoom', args: [name, kind], id: newMessageId(entropy.bytes(16)) }),
    joinRoom: (link) => roomId({ verb: 'joinRoom', args: [link] }),
    invite: async (room) => (await ask({ verb: 'invite', args: [room] })) as string | null,
    withdrawInvites: async (room) => (await ask({ verb: 'withdrawInvites', args: [room] })) === true,
    removePerson: async (room, person) => (await ask({ verb: 'removePerson', args: [room, person] })) === true,
    makeAdmin: async (room, person) => (await ask({ verb: 'makeAdmin', args: [room, person] })) === true,
    startDirect: (person) => roomId({ verb: 'startDirect', args: [person] }),
    safetyOf: async (person) => (await ask({ verb: 'safetyOf', args: [person] })) as SafetyView | null,
    setVerified: async (person, isVerified) => (await ask({ verb: 'setVerified', args: [person, isVerified] })) === true,
    leaveRoom: (room) => {
      shown.delete(room);
      return act({ verb: 'leaveRoom', args: [room] });
    },
    stopWaiting: (room) => act({ verb: 'stopWaiting', args: [room] }),
    send: async (room, text) => (await ask({ verb: 'send', args: [room, text], id: newMessageId(entropy.bytes(16)) })) === true,
    unsent: async (of) => {
      const text = await ask({ verb: 'unsent', args: [of] });
      return typeof text === 'string' ? text : '';
    },
    keepUnsent: (of, text) => act({ verb: 'keepUnsent', args: [of, text] }),
    show: (room) => {
      shown.add(room);
      return act({ verb: 'show', args: [room] });
    },
    older: (room) => act({ verb: 'older', args: [room] }),
    markRead: (room) => act({ verb: 'markRead', args: [room] }),
    inSquare: async (deed) => (await ask({ verb: 'inSquare', args: [deed] })) === true,
    beginPairing: () => act({ verb: 'beginPairing', args: [] }),
    takePairing: async (code) => (await ask({ verb: 'takePairing', args: [code] })) as PairingRefused | null,
    cancelPairing: () => act({ verb: 'cancelPairing', args: [] }),
    addRelay: async (link) => (await ask({ verb: 'addRelay', args: [link] })) as RelayRefused | null,
    offerRelay: async (link) => (await ask({ verb: 'offerRelay', args: [link] })) as RelayOffered,
    takeRelayAnswer: async (answer) => (await ask({ verb: 'takeRelayAnswer', args: [answer] })) as RelayRefused | null,
    stopAddingRelay: () => act({ verb: 'stopAddingRelay', args: [] }),
    forgetRelay: (address) => act({ verb: 'forgetRelay', args: [address] }),
    letModelScore: (isAllowed) => act({ verb: 'letModelScore', args: [isAllowed] }),
    dismissTrouble: () => void act({ verb: 'dismissTrouble', args: [] }),
    isBusy: () => underWay > 0,
    // The leader may be a hidden tab, whose clock the browser slows.
    wake: (online) => void act({ verb: 'wake', args: [online] }),
    close: async () => {
      ending.abort();
      stop();
      // What is asked from here on is for the next leader, which hears it again.
      stopServing();
      await local?.close();
    },
  };
}

/** What tabs say to each other. */
type Note =
  | { readonly kind: 'leads'; readonly term: string }
  | { readonly kind: 'follows' }
  | { readonly kind: 'view'; readonly term: string; readonly view: View }
  | {
      readonly kind: 'call';
      readonly term: string;
      readonly ref: string;
      readonly call: Call;
      readonly again: boolean;
    }
  | { readonly kind: 'done'; readonly ref: string; readonly result: unknown };

type Verb = Exclude<keyof App, 'view' | 'subscribe' | 'close' | Named>;
/** What must not be done twice. */
type Named = 'send' | 'startRoom';
type Call =
  | { readonly [Name in Verb]: { readonly verb: Name; readonly args: Parameters<App[Name]> } }[Verb]
  | { readonly [Name in Named]: { readonly verb: Name; readonly args: Parameters<App[Name]>; readonly id: MessageId } }[Named];

interface Asked {
  readonly call: Call;
  readonly done: (result: unknown) => void;
}

function serve(app: LocalApp, tabs: Tabs, clock: Clock, term: string): Stop {
  let isFollowed = false;
  let isPlanned = false;
  const post = (): void => {
    isPlanned = false;
    tabs.post({ kind: 'view', term, view: app.view() } satisfies Note);
  };
  // Views are whole: many changes in one breath are one note.
  app.subscribe(() => {
    if (!isFollowed || isPlanned) return;
    isPlanned = true;
    clock.after(breathMs, post);
  });
  const stop = tabs.listen((note) => {
    if (!isNote(note)) return;
    if (note.kind === 'follows') {
      isFollowed = true;
      post();
    }
    if (note.kind === 'call' && note.term === term) {
      void performed(app, note.call, note.again).then((result) =>
        tabs.post({ kind: 'done', ref: note.ref, result } satisfies Note),
      );
    }
  });
  tabs.post({ kind: 'leads', term } satisfies Note);
  return stop;
}

/** Whoever asked from another tab gets an answer, even from an app that failed. */
const performed = (app: LocalApp, call: Call, again: boolean): Promise<unknown> => perform(app, call, again).catch(() => null);

async function perform(app: LocalApp, call: Call, again: boolean): Promise<unknown> {
  switch (call.verb) {
    case 'send':
      return app.sendAs(call.id, again, ...call.args);
    case 'nameMe':
      return app.nameMe(...call.args);
    case 'startRoom':
      return app.startRoomAs(call.id, ...call.args);
    case 'joinRoom':
      return app.joinRoom(...call.args);
    case 'invite':
      return app.invite(...call.args);
    case 'withdrawInvites':
      return app.withdrawInvites(...call.args);
    case 'removePerson':
      return app.removePerson(...call.args);
    case 'makeAdmin':
      return app.makeAdmin(...call.args);
    case 'startDirect':
      return app.startDirect(...call.args);
    case 'safetyOf':
      return app.safetyOf(...call.args);
    case 'setVerified':
      return app.setVerified(...call.args);
    case 'leaveRoom':
      return app.leaveRoom(...call.args);
    case 'stopWaiting':
      return app.stopWaiting(...call.args);
    case 'unsent':
      return app.unsent(...call.args);
    case 'keepUnsent':
      return app.keepUnsent(...call.args);
    case 'show':
      return app.show(...call.args);
    case 'older':
      return app.older(...call.args);
    case 'markRead':
      return app.markRead(...call.args);
    case 'inSquare':
      return app.inSquare(...call.args);
    case 'beginPairing':
      return app.beginPairing();
    case 'takePairing':
      return app.takePairing(...call.args);
    case 'cancelPairing':
      return app.cancelPairing();
    case 'addRelay':
      return app.addRelay(...call.args);
    case 'offerRelay':
      return app.offerRelay(...call.args);
    case 'takeRelayAnswer':
      return app.takeRelayAnswer(...call.args);
    case 'stopAddingRelay':
      return app.stopAddingRelay();
    case 'forgetRelay':
      return app.forgetRelay(...call.args);
    case 'letModelScore':
      return app.letModelScore(...call.args);
    case 'dismissTrouble':
      return app.dismissTrouble();
    case 'wake':
      return app.wake(...call.args);
  }
}

const breathMs = 40;

/** Our own origin's tabs only; the shape is theirs to keep. */
const isNote = (note: unknown): note is Note => typeof note === 'object' && note !== null && 'kind' in note;
