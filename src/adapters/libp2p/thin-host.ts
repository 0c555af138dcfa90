/** A relay's end of a thin door: lets in who proves the key it names, and says by name why it does not. Node only. */
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import type { WebSocket } from 'ws';
import { createThinChannels } from './thin-channels.ts';
import type { ThinChannels, ThinSocket } from './thin-channels.ts';
import { decodeHello, decodeProof, encodeChallenge, nonceBytes, pageSigns, relaySigns } from './thin-bytes.ts';
import type { BadBytes, Hello } from './thin-bytes.ts';

export interface ThinGuest {
  readonly pageKey: Uint8Array;
  readonly channels: ThinChannels;
}
export type ThinRefusal = BadBytes | 'text' | 'bad-signature' | 'late' | 'gone';

/** What a socket runs on can hold back what is written, and let it out as one. */
export interface Holding {
  cork(): void;
  uncork(): void;
}

export interface ThinHostInit {
  readonly socket: WebSocket;
  /** What it runs on. */
  readonly stream: Holding;
  readonly key: PrivateKey;
  readonly handshakeMs: number;
  /** When the house closes. */
  readonly signal: AbortSignal;
  /** The page begins a libp2p connection. */
  readonly onBegin: (guest: ThinGuest) => void;
}

/** Close codes of a refusal; its name is the reason beside it. */
const refusedCode = 4_400;
/** How long a polite close may take. */
const closeMs = 1_000;

/** Settles once the page has proven itself, or not. What it said right behind its proof is kept. */
export function welcomeThinGuest(init: ThinHostInit): Promise<ThinGuest | ThinRefusal> {
  const { socket, stream, key, handshakeMs, signal, onBegin } = init;
  const relayKey = key.publicKey.raw;
  const challenge = crypto.getRandomValues(new Uint8Array(nonceBytes));
  let hello: Hello | null = null;
  let guest: ThinGuest | null = null;
  /** One message after the other, though a signature may take its time. */
  let turn = Promise.resolve();
  let inTurn = 0;

  return new Promise((resolve) => {
    let isRefused = false;
    const refuse = (why: ThinRefusal): void => {
      if (guest !== null || isRefused) return;
      isRefused = true;
      release();
      if (why === 'gone') socket.terminate();
      else {
        socket.close(refusedCode, why);
        // Whoever does not take the answer is not waited for.
        setTimeout(() => socket.terminate(), closeMs).unref();
      }
      resolve(why);
    };
    const onAbort = (): void => refuse('gone');
    const late = setTimeout(() => refuse('late'), handshakeMs);
    const release = (): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort);

    const take = async (message: Uint8Array): Promise<void> => {
      if (guest !== null) return guest.channels.take(message);
      if (isRefused) return;
      if (hello === null) {
        const read = decodeHello(message);
        if (typeof read === 'string') return refuse(read);
        hello = read;
        const signature = await key.sign(relaySigns(read, challenge));
        return socket.send(encodeChallenge({ challenge, relayKey, signature }));
      }
      const proof = decodeProof(message);
      if (typeof proof === 'string') return refuse(proof);
      const { pageKey } = hello;
      if (!(await isSigned(pageKey, pageSigns(pageKey, challenge, relayKey), proof.signature))) return refuse('bad-signature');
      if (isRefused) return;
      release();
      const channels = createThinChannels(hostSocket(socket, stream), () => onBegin(welcomed));
      const welcomed: ThinGuest = { pageKey, channels };
      guest = welcomed;
      resolve(welcomed);
    };

    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (isRefused) return;
      if (!isBinary || !(data instanceof Uint8Array)) {
        if (guest === null) refuse('text');
        else guest.channels.wire.abort('text');
        return;
      }
      const message = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      if (guest !== null && inTurn === 0) return guest.channels.take(message);
      inTurn += 1;
      turn = turn
        .then(() => take(message))
        .catch(() => refuse('bad-signature'))
        .finally(() => (inTurn -= 1));
    });
    // 'close' follows, whatever the error was.
    socket.on('error', () => {});
    socket.on('close', (code) => {
      guest?.channels.ended(code === 1006 ? 'lost' : 'closed-there');
      refuse('gone');
    });
    if (signal.aborted) refuse('gone');
  });
}

async function isSigned(pageKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    return await publicKeyFromRaw(pageKey).verify(bytes, signature);
  } catch {
    // Bytes that are no point of the curve.
    return false;
  }
}

function hostSocket(socket: WebSocket, stream: Holding): ThinSocket {
  let isHeld = false;
  /** What is sent in one turn goes out as one write: passing on is mostly writing. */
  const hold = (): void => {
    if (isHeld) return;
    isHeld = true;
    stream.cork();
    process.nextTick(() => {
      isHeld = false;
      stream.uncork();
    });
  };
  let waiting: (() => void)[] = [];
  const onSent = (): void => {
    if (waiting.length === 0 || socket.bufferedAmount > 0) return;
    const due = waiting;
    waiting = [];
    for (const run of due) run();
  };
  return {
    // Of a pool: a typed array of its own is most of what passing on costs.
    place: (length) => Buffer.allocUnsafe(length),
    send: (bytes) => {
      if (socket.readyState !== socket.OPEN) return;
      hold();
      socket.send(bytes, onSent);
    },
    unsentBytes: () => socket.bufferedAmount,
    onceDrained: (run) => void waiting.push(run),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => {
      socket.close();
      const timer = setTimeout(() => socket.terminate(), closeMs);
      timer.unref();
      socket.on('close', () => clearTimeout(timer));
    },
    drop: () => socket.terminate(),
  };
}
