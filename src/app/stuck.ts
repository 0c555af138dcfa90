/** The app where the disk did not open: everything is refused, and the view says why. */
import type { Stop } from '../ports/clock.ts';
import type { LocalApp } from './start.ts';
import type { Store } from './store.ts';

export function stuckApp(store: Store): LocalApp {
  const nothing = async (): Promise<void> => undefined;
  const noRoom = async (): Promise<null> => null;
  const noStop: Stop = () => undefined;
  return {
    view: store.view,
    subscribe: () => noStop,
    nameMe: nothing,
    startRoom: noRoom,
    startRoomAs: noRoom,
    joinRoom: noRoom,
    invite: noRoom,
    withdrawInvites: async () => false,
    removePerson: async () => false,
    makeAdmin: async () => false,
    safetyOf: noRoom,
    startDirect: noRoom,
    setVerified: async () => false,
    inSquare: async () => false,
    beginPairing: nothing,
    takePairing: noRoom,
    cancelPairing: nothing,
    addRelay: async () => 'stopped',
    offerRelay: async () => ({ refused: 'stopped' }),
    takeRelayAnswer: async () => 'stopped',
    stopAddingRelay: nothing,
    forgetRelay: nothing,
    letModelScore: nothing,
    leaveRoom: nothing,
    stopWaiting: nothing,
    send: async () => false,
    sendAs: async () => false,
    unsent: async () => '',
    keepUnsent: nothing,
    show: nothing,
    older: nothing,
    markRead: nothing,
    dismissTrouble: noStop,
    wake: noStop,
    close: nothing,
  };
}
