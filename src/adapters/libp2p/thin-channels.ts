/** The two channels of a thin door, the same at both ends: frames of `/wavu/meet/1`, and a libp2p connection when one is wanted. */
import { limits } from '../../protocol/limits.ts';
import type { CloseReason } from '../../ports/network.ts';
import { libp2pChannel, meetChannel } from './thin-bytes.ts';
import { heldBytes } from './wire.ts';
import type { Wire, WireEvents } from './wire.ts';

/** What either end's socket can do. */
export interface ThinSocket {
  /** Where a message of this length is to be written, before it is sent. */
  place(length: number): Uint8Array;
  /** Does not look at the bytes again. */
  send(bytes: Uint8Array): void;
  unsentBytes(): number;
  /** Once everything is out, or most. */
  onceDrained(run: () => void): void;
  /** Where a socket can wait. */
  pause(): void;
  resume(): void;
  /** Lets out what was sent. */
  close(): void;
  /** At once. */
  drop(): void;
}

export interface ThinChannels {
  readonly wire: Wire;
  readonly pipe: Pipe;
  /** Aborted when the socket is gone. */
  readonly gone: AbortSignal;
  /** A message came. */
  take(message: Uint8Array): void;
  /** The socket is gone. */
  ended(why: CloseReason): void;
}

/** Bytes of one libp2p connection at a time. */
export interface Pipe {
  /** Ours to begin, once the one before has ended on both sides. */
  isFree(): boolean;
  /** Or once the socket is gone. */
  onceFree(): Promise<void>;
  begin(on: PipeEvents): void;
  send(bytes: Uint8Array): void;
  /** Whether writers may go on; when not, they are told. */
  canSendMore(): boolean;
  pause(): void;
  resume(): void;
  end(): void;
}
export interface PipeEvents {
  onBytes(bytes: Uint8Array): void;
  onDrained(): void;
  /** `lost`: with the socket. */
  onEnd(why: 'ended' | 'lost'): void;
}

/** More than this unsent, and libp2p waits. */
const pipeHeldBytes = 1_048_576;
/** A relay takes no longer messages than twice this. */
const pieceBytes = 65_536;

/** `onBegin`: the far end begins a connection; null where only we do. Whoever takes it calls `begin` at once, or nothing comes of it. */
export function createThinChannels(socket: ThinSocket, onBegin: (() => void) | null): ThinChannels {
  const over = new AbortController();
  const early: Uint8Array[] = [];
  let ears: WireEvents | null = null;
  let pipeEars: PipeEvents | null = null;
  /** Which side has ended the connection on channel 1; a new one may begin when both have. */
  let weEnded = true;
  let theyEnded = true;
  let freed = Promise.withResolvers<void>();
  let isWireWaiting = false;
  let isPipeWaiting = false;

  const isOpen = (): boolean => !over.signal.aborted;
  const say = (channel: number, body: Uint8Array): void => {
    const message = socket.place(body.length + 1);
    message[0] = channel;
    message.set(body, 1);
    socket.send(message);
  };
  const endPipe = (why: 'ended' | 'lost'): void => {
    const on = pipeEars;
    pipeEars = null;
    isPipeWaiting = false;
    settle();
    on?.onEnd(why);
  };
  const settle = (): void => {
    if (isWireWaiting || isPipeWaiting) socket.pause();
    else socket.resume();
  };
  const ended = (why: CloseReason): void => {
    if (!isOpen()) return;
    over.abort();
    endPipe('lost');
    freed.resolve();
    ears?.onEnd(why);
  };

  const takeFrame = (frame: Uint8Array): void => {
    if (frame.length > limits.frameBytes) return refuse();
    if (ears === null) early.push(frame);
    else ears.onFrame(frame);
  };
  const refuse = (): void => {
    socket.drop();
    ended('bad-frame');
  };
  const takeBytes = (bytes: Uint8Array): void => {
    if (bytes.length === 0) {
      if (theyEnded) return refuse();
      theyEnded = true;
      if (!weEnded) say(libp2pChannel, bytes);
      weEnded = true;
      freed.resolve();
      return endPipe('ended');
    }
    if (theyEnded) {
      // What we ended they may not have heard of yet; what nobody began is a mistake.
      if (onBegin === null) return refuse();
      theyEnded = false;
      weEnded = false;
      onBegin();
      if (pipeEars === null && isOpen()) return end();
    }
    pipeEars?.onBytes(bytes);
  };
  const end = (): void => {
    if (weEnded || !isOpen()) return;
    weEnded = true;
    say(libp2pChannel, new Uint8Array(0));
    // Whoever ends it knows.
    pipeEars = null;
    isPipeWaiting = false;
    settle();
  };

  return {
    gone: over.signal,
    ended,
    take: (message) => {
      if (!isOpen()) return;
      const body = message.subarray(1);
      if (message[0] === meetChannel) takeFrame(body);
      else if (message[0] === libp2pChannel) takeBytes(body);
      else refuse();
    },
    wire: {
      carrier: socket,
      isOpen,
      send: (frame) => {
        if (!isOpen()) return 'closed';
        if (socket.unsentBytes() > heldBytes) return 'full';
        say(meetChannel, frame);
        return 'sent';
      },
      pause: () => {
        isWireWaiting = true;
        settle();
      },
      resume: () => {
        isWireWaiting = false;
        settle();
      },
      close: () => {
        if (!isOpen()) return;
        socket.close();
        ended('closed-here');
      },
      abort: () => {
        if (!isOpen()) return;
        socket.drop();
        ended('lost');
      },
      listen: (on) => {
        ears = on;
        for (const frame of early.splice(0)) on.onFrame(frame);
      },
    },
    pipe: {
      isFree: () => isOpen() && weEnded && theyEnded,
      onceFree: async () => (weEnded && theyEnded ? undefined : freed.promise),
      begin: (on) => {
        pipeEars = on;
        weEnded = false;
        theyEnded = false;
        freed = Promise.withResolvers();
      },
      send: (bytes) => {
        for (let at = 0; at < bytes.length && pipeEars !== null; at += pieceBytes) {
          say(libp2pChannel, bytes.subarray(at, at + pieceBytes));
        }
      },
      canSendMore: () => {
        if (socket.unsentBytes() < pipeHeldBytes) return true;
        socket.onceDrained(() => pipeEars?.onDrained());
        return false;
      },
      pause: () => {
        isPipeWaiting = true;
        settle();
      },
      resume: () => {
        isPipeWaiting = false;
        settle();
      },
      end,
    },
  };
}
