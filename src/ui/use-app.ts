/** The one door between the interface and the app: its view, and what a person can do. */
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { Context } from 'react';
import type { PageApp } from '../app/app.ts';
import type { View } from '../app/view.ts';

/** The app's verbs; called early, they wait until the app is there. */
export type Acts = Pick<
  PageApp,
  | 'nameMe'
  | 'startRoom'
  | 'joinRoom'
  | 'leaveRoom'
  | 'stopWaiting'
  | 'invite'
  | 'withdrawInvites'
  | 'removePerson'
  | 'makeAdmin'
  | 'startDirect'
  | 'safetyOf'
  | 'setVerified'
  | 'send'
  | 'unsent'
  | 'keepUnsent'
  | 'show'
  | 'older'
  | 'markRead'
  | 'inSquare'
  | 'beginPairing'
  | 'takePairing'
  | 'cancelPairing'
  | 'addRelay'
  | 'offerRelay'
  | 'takeRelayAnswer'
  | 'stopAddingRelay'
  | 'forgetRelay'
  | 'letModelScore'
  | 'dismissTrouble'
  | 'doctor'
>;

export interface Door {
  /** Null until the app has arrived. */
  view(): View | null;
  /** The app did not come. */
  isBroken(): boolean;
  subscribe(changed: () => void): () => void;
  readonly acts: Acts;
}

export function createDoor(arriving: PageApp | Promise<PageApp>): Door {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const changed of listeners) changed();
  };
  let app: PageApp | null = null;
  let broken = false;
  const arrived = (came: PageApp): PageApp => {
    app = came;
    came.subscribe(onceIdle(tell));
    tell();
    return came;
  };
  const soon = arriving instanceof Promise ? arriving.then(arrived) : Promise.resolve(arrived(arriving));
  soon.catch(() => {
    broken = true;
    tell();
  });

  return {
    view: () => app?.view() ?? null,
    isBroken: () => broken,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    acts: {
      nameMe: async (name) => (await soon).nameMe(name),
      startRoom: async (name, kind) => (await soon).startRoom(name, kind),
      joinRoom: async (link) => (await soon).joinRoom(link),
      leaveRoom: async (room) => (await soon).leaveRoom(room),
      stopWaiting: async (room) => (await soon).stopWaiting(room),
      invite: async (room) => (await soon).invite(room),
      withdrawInvites: async (room) => (await soon).withdrawInvites(room),
      removePerson: async (room, person) => (await soon).removePerson(room, person),
      makeAdmin: async (room, person) => (await soon).makeAdmin(room, person),
      startDirect: async (person) => (await soon).startDirect(person),
      safetyOf: async (person) => (await soon).safetyOf(person),
      setVerified: async (person, isVerified) => (await soon).setVerified(person, isVerified),
      send: async (room, text) => (await soon).send(room, text),
      unsent: async (of) => (await soon).unsent(of),
      keepUnsent: async (of, text) => (await soon).keepUnsent(of, text),
      show: async (room) => (await soon).show(room),
      older: async (room) => (await soon).older(room),
      markRead: async (room) => (await soon).markRead(room),
      inSquare: async (deed) => (await soon).inSquare(deed),
      beginPairing: async () => (await soon).beginPairing(),
      takePairing: async (code) => (await soon).takePairing(code),
      cancelPairing: async () => (await soon).cancelPairing(),
      addRelay: async (link) => (await soon).addRelay(link),
      offerRelay: async (link) => (await soon).offerRelay(link),
      takeRelayAnswer: async (answer) => (await soon).takeRelayAnswer(answer),
      stopAddingRelay: async () => (await soon).stopAddingRelay(),
      forgetRelay: async (address) => (await soon).forgetRelay(address),
      letModelScore: async (isAllowed) => (await soon).letModelScore(isAllowed),
      dismissTrouble: () => app?.dismissTrouble(),
      doctor: async () => (await soon).doctor(),
    },
  };
}

/**
 * A burst of changes is drawn once, when nothing more urgent waits: at the start that is the first message on its way, and
 * React would otherwise draw each change on the spot, in the midst of the frames that bring them.
 */
function onceIdle(run: () => void): () => void {
  let isPlanned = false;
  const now = (): void => {
    if (!isPlanned) return;
    isPlanned = false;
    run();
  };
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    // Safari has no idle callbacks. A hidden page may get neither, but what it tells (the title's count) shall come.
    if ('requestIdleCallback' in window) requestIdleCallback(now, { timeout: latestMs });
    else requestAnimationFrame(now);
    setTimeout(now, hiddenMs);
  };
}

const latestMs = 100;
const hiddenMs = 250;

export const DoorContext: Context<Door | null> = createContext<Door | null>(null);

/** Picks a part of the view; the part must keep its identity while it stays the same. */
export function useView<Part>(pick: (view: View) => Part): Part | null {
  const door = useDoor();
  const read = (): Part | null => {
    const view = door.view();
    return view ? pick(view) : null;
  };
  return useSyncExternalStore(door.subscribe, read);
}

export function useActs(): Acts {
  return useDoor().acts;
}

/** The trouble of this very moment, for who just awaited a verb: what is drawn may be a little older. */
export function useTroubleNow(): () => View['trouble'] {
  const door = useDoor();
  return useCallback(() => door.view()?.trouble ?? null, [door]);
}

export function useBroken(): boolean {
  const door = useDoor();
  return useSyncExternalStore(door.subscribe, door.isBroken);
}

function useDoor(): Door {
  const door = useContext(DoorContext);
  if (!door) throw new Error('a view outside mountUi');
  return door;
}
