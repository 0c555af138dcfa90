/** A page's end of a thin door: shakes hands with the relay on a WebSocket. Small, because the shell brings it. */
import { createThinChannels } from './thin-channels.ts';
import type { ThinChannels, ThinSocket } from './thin-channels.ts';
import { decodeChallenge, encodeHello, encodeProof, nonceBytes, pageSigns, relaySigns, thinProtocol } from './thin-bytes.ts';

/** The key of one start. */
export interface PageKey {
  /** Ed25519, 32 bytes each. */
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  verify(key: Uint8Array, signature: Uint8Array, bytes: Uint8Array): Promise<boolean>;
}

export interface ThinDoor {
  readonly relayKey: Uint8Array;
  readonly channels: ThinChannels;
}

/** `refused-there`: a relay answered, and would not have us. */
export class ThinDoorError extends Error {
  readonly why: 'unreachable' | 'refused-there';

  constructor(why: ThinDoorError['why']) {
    super(why);
    this.name = 'ThinDoorError';
    this.why = why;
  }
}

export function openThinSocket(url: string): WebSocket {
  const socket = new WebSocket(url, thinProtocol);
  socket.binaryType = 'arraybuffer';
  return socket;
}

/** Rejects with a `ThinDoorError` and closes the socket, when aborted too. */
export function shakeThinDoor(socket: WebSocket, key: Promise<PageKey>, signal: AbortSignal): Promise<ThinDoor> {
  return new Promise((resolve, reject) => {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    let channels: ThinChannels | null = null;
    let isAnswered = false;
    const onAbort = (): void => fail('unreachable');
    const fail = (why: ThinDoorError['why']): void => {
      signal.removeEventListener('abort', onAbort);
      socket.close();
      reject(new ThinDoorError(why));
    };

    const begin = (): void => {
      key.then(
        ({ publicKey }) => socket.send(plain(encodeHello({ pageKey: publicKey, nonce }))),
        () => fail('unreachable'),
      );
    };
    const answer = async (message: Uint8Array): Promise<void> => {
      const mine = await key;
      const challenge = decodeChallenge(message);
      if (typeof challenge === 'string') return fail('refused-there');
      const hello = { pageKey: mine.publicKey, nonce };
      // Both are the browser's work, and neither waits for the other; nothing is sent before the relay has proven itself.
      const [isRelay, signature] = await Promise.all([
        mine.verify(challenge.relayKey, challenge.signature, relaySigns(hello, challenge.challenge)),
        mine.sign(pageSigns(mine.publicKey, challenge.challenge, challenge.relayKey)),
      ]);
      if (!isRelay) return fail('refused-there');
      if (signal.aborted || socket.readyState !== WebSocket.OPEN) return fail('unreachable');
      signal.removeEventListener('abort', onAbort);
      socket.send(plain(encodeProof({ signature })));
      channels = createThinChannels(pageSocket(socket), null);
      resolve({ relayKey: challenge.relayKey, channels });
    };

    socket.addEventListener('open', begin, { once: true });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!(data instanceof ArrayBuffer)) {
        if (channels === null) fail('refused-there');
        else channels.wire.abort('text on a binary socket');
      } else if (channels !== null) channels.take(new Uint8Array(data));
      else if (isAnswered) fail('refused-there');
      else {
        isAnswered = true;
        answer(new Uint8Array(data)).catch(() => fail('unreachable'));
      }
    });
    socket.addEventListener('close', ({ wasClean, code }) => {
      if (channels === null) fail(code >= firstCodeOfOurs ? 'refused-there' : 'unreachable');
      else channels.ended(wasClean ? 'closed-there' : 'lost');
    });
    signal.addEventListener('abort', onAbort);
    if (signal.aborted || socket.readyState > WebSocket.OPEN) fail('unreachable');
    else if (socket.readyState === WebSocket.OPEN) begin();
  });
}

/** The relay refuses by name with these. */
const firstCodeOfOurs = 4_000;
/** A browser tells nobody that a socket has drained. */
const drainLookMs = 10;

function pageSocket(socket: WebSocket): ThinSocket {
  let waiting: (() => void)[] = [];
  let look: ReturnType<typeof setInterval> | null = null;
  const lookAtBuffer = (): void => {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > 0) return;
    if (look !== null) clearInterval(look);
    look = null;
    const due = waiting;
    waiting = [];
    for (const run of due) run();
  };
  return {
    place: (length) => new Uint8Array(length),
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(plain(bytes));
    },
    unsentBytes: () => socket.bufferedAmount,
    onceDrained: (run) => {
      waiting.push(run);
      look ??= setInterval(lookAtBuffer, drainLookMs);
    },
    // A browser's socket cannot wait: what comes is kept above, up to caps of its own.
    pause: () => undefined,
    resume: () => undefined,
    close: () => socket.close(),
    drop: () => socket.close(),
  };
}

// None of our buffers is shared between threads.
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
