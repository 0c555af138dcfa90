/** Trystero's Nostr strategy against the small local relay, with no ICE servers. Peers meet by being in one room. */
import { getRelaySockets, joinRoom } from 'trystero';
import { offerHandle } from './door.ts';
import type { Link } from './door.ts';

const SUBSCRIBED_AFTER_MS = 300; // Trystero has no event for "present": its socket is open and has had time to subscribe

offerHandle(({ onLink, onBytes }) => {
  const me = crypto.randomUUID();
  const invited = new URLSearchParams(location.search).has('to');

  const enter = (roomName: string): Promise<Link> =>
    new Promise((resolve) => {
      const relayConfig = { urls: [`${location.origin.replace('http', 'ws')}/nostr`] };
      const room = joinRoom({ appId: 'wavu-bench', rtcConfig: { iceServers: [] }, relayConfig }, roomName);
      const links = new Map<string, Link>();
      const linkTo = (peerId: string): Link => {
        const known = links.get(peerId);
        if (known !== undefined) return known;
        const link: Link = {
          send: (bytes) => void action.send(bytes, { target: peerId }),
          close: () => void room.leave(),
          get connection() {
            return room.getPeers()[peerId];
          },
        };
        links.set(peerId, link);
        return link;
      };
      const action = room.makeAction<ArrayBuffer | ArrayBufferView>('bench', {
        onMessage: (data, { peerId }) => onBytes(linkTo(peerId), bytesOf(data)),
      });
      room.onPeerJoin = (peerId) => {
        onLink(linkTo(peerId));
        resolve(linkTo(peerId));
      };
      room.onPeerLeave = (peerId) => void links.delete(peerId);
    });

  const present = async (): Promise<void> => {
    void enter(me);
    while (!relaySockets().some(({ readyState }) => readyState === WebSocket.OPEN)) await pause(20);
    await pause(SUBSCRIBED_AFTER_MS);
  };
  return { me, ready: invited ? Promise.resolve() : present(), meet: enter };
});

// Trystero's own declaration of this one names a type it does not ship.
function relaySockets(): readonly WebSocket[] {
  return Object.values((getRelaySockets as () => Record<string, WebSocket>)());
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}
