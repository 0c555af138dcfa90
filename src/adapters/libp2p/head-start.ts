/** What takes time and needs little, begun while the rest is still being read: a key, and the door of the relay we came by. */
import { fromBase64url } from '../../protocol/bytes.ts';
import { isPrivateWay } from './thin-bytes.ts';
import { openThinSocket, shakeThinDoor } from './thin-page.ts';
import type { PageKey, ThinDoor } from './thin-page.ts';

export interface HeadStart {
  /** A fresh Ed25519 key; null where the browser cannot make one. */
  readonly key: Promise<PageKey | null>;
  /** The open or opening door at this address, once. */
  takeDoor(url: string): Promise<ThinDoor> | null;
}

/** A following tab, or a page whose relay is elsewhere, never takes the door. */
const untakenMs = 4_000;

export function makeHeadStart(origin: string): HeadStart {
  const key = createKey();
  const url = new URL(origin.replace(/^http/, 'ws')).href;
  if (!isPrivateWay(url)) return { key, takeDoor: () => null };
  const untaken = new AbortController();
  const theKey = key.then((made) => made ?? Promise.reject(new Error('no key')));
  let door: Promise<ThinDoor> | null = shakeThinDoor(openThinSocket(url), theKey, untaken.signal);
  const forget = (): void => {
    const mine = door;
    door = null;
    untaken.abort();
    mine?.then(({ channels }) => channels.wire.abort('untaken')).catch(() => undefined);
  };
  const timer = setTimeout(forget, untakenMs);
  door.catch(() => (door = null));
  // Without it, whoever brings a key opens a door of their own.
  theKey.catch(forget);
  return {
    key,
    takeDoor: (wanted) => {
      if (wanted !== url) return null;
      clearTimeout(timer);
      const taken = door;
      door = null;
      return taken;
    },
  };
}

/** noble's first key costs 30 ms of the page's own time. */
export async function createKey(): Promise<PageKey | null> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    if (!('privateKey' in pair)) return null;
    const { d = '', x = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey);
    const [seed, publicKey] = [fromBase64url(d), fromBase64url(x)];
    if (seed === null || publicKey === null) return null;
    return {
      seed,
      publicKey,
      sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, plain(bytes))),
      verify: async (open, signature, bytes) => {
        const theirs = await crypto.subtle.importKey('raw', plain(open), 'Ed25519', false, ['verify']);
        return crypto.subtle.verify('Ed25519', theirs, plain(signature), plain(bytes));
      },
    };
  } catch {
    return null;
  }
}

// None of our buffers is shared between threads.
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
