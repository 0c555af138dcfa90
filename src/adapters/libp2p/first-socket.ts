/** Knocks at the door this page came by while the rest is still being read; libp2p takes the socket when it is there. */

export interface FirstSocket {
  /** The open or opening socket to this address, once. */
  take(url: string): WebSocket | null;
}

/** A following tab, or a relay elsewhere, never takes it; the relay waits 5 s for a handshake. */
const untakenMs = 4_000;

export function openFirstSocket(origin: string): FirstSocket {
  const url = new URL(origin.replace(/^http/, 'ws')).href;
  let socket: WebSocket | null = new WebSocket(url);
  const untaken = setTimeout(() => {
    socket?.close();
    socket = null;
  }, untakenMs);
  return {
    take: (wanted) => {
      if (new URL(wanted).href !== url) return null;
      const taken = socket;
      socket = null;
      clearTimeout(untaken);
      const isAlive = taken?.readyState === WebSocket.CONNECTING || taken?.readyState === WebSocket.OPEN;
      return isAlive ? taken : null;
    },
  };
}
