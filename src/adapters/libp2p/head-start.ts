/** What takes time and needs nothing, begun while the rest is still being read: a socket to the door we came by, a key. */

export interface HeadStart {
  /** The open or opening socket to this address, once. */
  takeSocket(url: string): WebSocket | null;
  /** A fresh Ed25519 key; null where the browser cannot make one. */
  readonly key: Promise<JsonWebKey | null>;
}

/** A following tab, or a relay elsewhere, never takes the socket; the relay waits 5 s for a handshake. */
const untakenMs = 4_000;

export function makeHeadStart(origin: string): HeadStart {
  const url = new URL(origin.replace(/^http/, 'ws')).href;
  let socket: WebSocket | null = new WebSocket(url);
  const untaken = setTimeout(() => {
    socket?.close();
    socket = null;
  }, untakenMs);
  return {
    key: createKey(),
    takeSocket: (wanted) => {
      if (new URL(wanted).href !== url) return null;
      const taken = socket;
      socket = null;
      clearTimeout(untaken);
      const isAlive = taken?.readyState === WebSocket.CONNECTING || taken?.readyState === WebSocket.OPEN;
      return isAlive ? taken : null;
    },
  };
}

/** noble's first key costs 30 ms of the page's own time. */
export async function createKey(): Promise<JsonWebKey | null> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    return 'privateKey' in pair ? await crypto.subtle.exportKey('jwk', pair.privateKey) : null;
  } catch {
    return null;
  }
}
