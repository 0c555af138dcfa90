/**
 * A page's old way to a relay, where no thin door may be: WebSockets as libp2p dials them, with one message a write.
 * @libp2p/websockets makes two of each Noise frame.
 */
import { serviceCapabilities, transportSymbol } from '@libp2p/interface';
import type { ComponentLogger, Connection, DialTransportOptions, Logger, Transport } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { SendResult } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import { WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher';

export function pageSockets({ logger }: { readonly logger: ComponentLogger }): Transport {
  const only = (addresses: Multiaddr[]): Multiaddr[] =>
    addresses.filter((address) => WebSockets.exactMatch(address) || WebSocketsSecure.exactMatch(address));
  const transport: Transport & { readonly [serviceCapabilities]: readonly string[] } = {
    [transportSymbol]: true,
    [serviceCapabilities]: ['@libp2p/transport'],
    [Symbol.toStringTag]: 'wavu/page-sockets',
    dialFilter: only,
    listenFilter: () => [],
    createListener: () => {
      throw new Error('a page takes no sockets');
    },
    dial: async (address: Multiaddr, options: DialTransportOptions): Promise<Connection> => {
      const socket = new WebSocket(urlOf(address));
      socket.binaryType = 'arraybuffer';
      await onceOpen(socket, options.signal);
      const wrapped = new PageSocket(socket, address, logger.forComponent('wavu:page-socket'));
      try {
        return await options.upgrader.upgradeOutbound(wrapped, options);
      } catch (error) {
        wrapped.abort(error instanceof Error ? error : new Error('upgrade'));
        throw error;
      }
    },
  };
  return transport;
}

/** More than this unsent, and writers wait until it is gone. */
const heldBytes = 1_048_576;
/** A browser tells nobody that a socket has drained. */
const drainLookMs = 10;

// A class because libp2p's own base is one.
class PageSocket extends AbstractMultiaddrConnection {
  readonly #socket: WebSocket;
  #look: ReturnType<typeof setInterval> | null = null;

  constructor(socket: WebSocket, remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, log, direction: 'outbound' });
    this.#socket = socket;
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.onData(new Uint8Array(data));
      else this.abort(new Error('text on a binary socket'));
    });
    socket.addEventListener('close', ({ wasClean }) => {
      this.#stopLooking();
      if (wasClean) this.onTransportClosed();
      else this.onRemoteReset();
    });
    // It may have gone between its opening and now, and such a socket tells nobody any more.
    if (socket.readyState !== WebSocket.OPEN) queueMicrotask(() => this.onRemoteReset());
  }

  override sendData(data: { subarray(): Uint8Array; byteLength: number }): SendResult {
    // libp2p's buffers are never shared between threads.
    this.#socket.send(data.subarray() as Uint8Array<ArrayBuffer>);
    const canSendMore = this.#socket.bufferedAmount < heldBytes;
    if (!canSendMore) this.#look ??= setInterval(() => this.#lookAtBuffer(), drainLookMs);
    return { sentBytes: data.byteLength, canSendMore };
  }

  override sendReset(): void {
    this.#stopLooking();
    this.#socket.close();
  }

  override async sendClose(): Promise<void> {
    this.#socket.close();
  }

  override sendPause(): void {
    // A browser's socket cannot be paused: what comes is kept by the stream above, up to its own cap.
  }

  override sendResume(): void {}

  #lookAtBuffer(): void {
    if (this.#socket.bufferedAmount > 0) return;
    this.#stopLooking();
    this.safeDispatchEvent('drain');
  }

  #stopLooking(): void {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
  }
}

function urlOf(address: Multiaddr): string {
  const parts = new Map(address.getComponents().map(({ name, value }) => [name, value ?? '']));
  const scheme = WebSocketsSecure.exactMatch(address) ? 'wss' : 'ws';
  const six = parts.get('ip6');
  const host = six === undefined ? hostNames.map((name) => parts.get(name)).find((each) => each !== undefined) : `[${six}]`;
  return new URL(`${scheme}://${host ?? ''}:${parts.get('tcp') ?? ''}/`).href;
}

/** The name a certificate is for goes before the address it was found at. */
const hostNames = ['sni', 'ip4', 'dns', 'dns4', 'dns6'] as const;

function onceOpen(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const settle = (finish: () => void): void => {
      done.abort();
      finish();
    };
    const fail = (why: string): void => {
      socket.close();
      settle(() => reject(new Error(why)));
    };
    const until = { signal: done.signal };
    socket.addEventListener('open', () => settle(resolve), until);
    socket.addEventListener('close', () => fail('the socket closed'), until);
    signal.addEventListener('abort', () => fail('aborted'), until);
    if (signal.aborted) fail('aborted');
    else if (socket.readyState === WebSocket.OPEN) settle(resolve);
    else if (socket.readyState !== WebSocket.CONNECTING) fail('the socket closed');
  });
}
