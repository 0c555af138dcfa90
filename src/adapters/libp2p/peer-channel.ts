/**
 * The one data channel between two pages, as a link's wire: after its opening each message is a byte of channel and a body.
 *
 * 0: one frame of `/wavu/link/1` · 1: bytes of a libp2p connection, which gossip wants · 2, empty: I want gossip ·
 * 3: a proof of the name that a signal by hand came with.
 */
import type { CloseReason } from '../../ports/network.ts';
import { createThinChannels } from './thin-channels.ts';
import type { Pipe, ThinSocket } from './thin-channels.ts';
import { heldBytes } from './wire.ts';
import type { Wire } from './wire.ts';

export interface PeerChannel {
  /** False: it ended before it opened. */
  readonly opened: Promise<boolean>;
  readonly wire: Wire;
  readonly pipe: Pipe;
  /** Aborted with the connection. */
  readonly gone: AbortSignal;
  wishGossip(): void;
  readonly gossipWished: Promise<void>;
  prove(proof: Uint8Array): void;
  readonly proven: Promise<Uint8Array>;
  /** Takes connections the far end begins on channel 1. */
  onPipe: (() => void) | null;
}

/** Of a connection that was just made: both ends must know the channel before they know each other. */
export function openPeerChannel(connection: RTCPeerConnection): PeerChannel {
  const channel = connection.createDataChannel('wavu', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = heldBytes / 4;
  const opened = Promise.withResolvers<boolean>();
  const gossipWished = Promise.withResolvers<void>();
  const proven = Promise.withResolvers<Uint8Array>();
  const ears = new AbortController();
  const until = { signal: ears.signal };

  const send = (bytes: Uint8Array): void => {
    if (channel.readyState !== 'open') return;
    try {
      // None of our buffers is shared between threads.
      channel.send(bytes as Uint8Array<ArrayBuffer>);
    } catch {
      // It is closing, and has not said so yet.
      ended('lost');
    }
  };
  const channels = createThinChannels({ send, ...socketOf(connection, channel, ears) }, () => peer.onPipe?.());
  const ended = (why: CloseReason): void => {
    if (ears.signal.aborted) return;
    ears.abort();
    connection.close();
    opened.resolve(false);
    channels.ended(why);
  };
  const isBroken = (): boolean => connection.connectionState === 'failed' || connection.connectionState === 'closed';

  channel.addEventListener('open', () => opened.resolve(true), until);
  channel.addEventListener('close', () => ended(connection.connectionState === 'failed' ? 'lost' : 'closed-there'), until);
  channel.addEventListener(
    'message',
    ({ data }: MessageEvent<unknown>) => {
      if (!(data instanceof ArrayBuffer)) return ended('bad-frame');
      const message = new Uint8Array(data);
      if (message[0] === wishChannel) gossipWished.resolve();
      else if (message[0] === proofChannel) proven.resolve(message.subarray(1));
      else channels.take(message);
    },
    until,
  );
  connection.addEventListener('connectionstatechange', () => isBroken() && ended('lost'), until);

  const peer: PeerChannel = {
    opened: opened.promise,
    wire: { ...channels.wire, carrier: connection },
    pipe: channels.pipe,
    gone: channels.gone,
    wishGossip: () => send(Uint8Array.of(wishChannel)),
    gossipWished: gossipWished.promise,
    prove: (proof) => send(Uint8Array.of(proofChannel, ...proof)),
    proven: proven.promise,
    onPipe: null,
  };
  channels.gone.addEventListener('abort', () => opened.resolve(false));
  return peer;
}

const wishChannel = 2;
const proofChannel = 3;
/** Closing a peer connection throws away what it has not sent. */
const flushMs = 500;
const flushLookMs = 10;
/** So that the far end hears a close, and not a silence. */
const goodbyeMs = 50;

function socketOf(connection: RTCPeerConnection, channel: RTCDataChannel, ears: AbortController): Omit<ThinSocket, 'send'> {
  let waiting: (() => void)[] = [];
  const onLow = (): void => {
    const due = waiting;
    waiting = [];
    for (const run of due) run();
  };
  channel.addEventListener('bufferedamountlow', onLow, { signal: ears.signal });
  const close = async (): Promise<void> => {
    ears.abort();
    const untilMs = performance.now() + flushMs;
    while (channel.readyState === 'open' && channel.bufferedAmount > 0 && performance.now() < untilMs) {
      await new Promise((resolve) => void setTimeout(resolve, flushLookMs));
    }
    channel.close();
    setTimeout(() => connection.close(), goodbyeMs);
  };
  return {
    place: (length) => new Uint8Array(length),
    unsentBytes: () => (channel.readyState === 'open' ? channel.bufferedAmount : 0),
    onceDrained: (run) => void waiting.push(run),
    // A data channel cannot wait: what comes is kept above, up to caps of its own.
    pause: () => undefined,
    resume: () => undefined,
    close: () => void close(),
    drop: () => {
      ears.abort();
      connection.close();
    },
  };
}
