/** Wraps a WebSocket that somebody opened to us as what libp2p upgrades, with backpressure both ways. Node only. */
import type { Logger, MultiaddrConnection } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { SendResult } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { WebSocket } from 'ws';

export interface AcceptedSocketInit {
  readonly socket: WebSocket;
  readonly remoteAddr: Multiaddr;
  readonly log: Logger;
  /** Told once of bytes no libp2p sends. */
  readonly onJunk: () => void;
}

/** More than this unsent, and writers wait; they go on below a quarter of it. */
const heldBytes = 1_048_576;
/** How long a polite close may take. */
const closeMs = 1_000;

export const wrapAcceptedSocket = (init: AcceptedSocketInit): MultiaddrConnection => new AcceptedSocket(init);

// A class because libp2p's own base is one.
class AcceptedSocket extends AbstractMultiaddrConnection {
  readonly #socket: WebSocket;

  constructor({ socket, remoteAddr, log, onJunk }: AcceptedSocketInit) {
    super({ remoteAddr, log, direction: 'inbound' });
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!isBinary || !(data instanceof Uint8Array)) {
        onJunk();
        socket.terminate();
        return;
      }
      this.onData(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    // 'close' follows, whatever the error was.
    socket.on('error', () => {});
    socket.on('close', (code) => {
      if (this.status !== 'open' && this.status !== 'closing') return;
      if (code === 1006) this.onRemoteReset();
      else this.onTransportClosed();
    });
  }

  override sendData(data: { subarray(): Uint8Array; byteLength: number }): SendResult {
    this.#socket.send(data.subarray(), () => {
      if (this.writableNeedsDrain && this.#socket.bufferedAmount < heldBytes / 4) this.safeDispatchEvent('drain');
    });
    return { sentBytes: data.byteLength, canSendMore: this.#socket.bufferedAmount < heldBytes };
  }

  override sendReset(): void {
    this.#socket.terminate();
  }

  override async sendClose(): Promise<void> {
    this.#socket.close();
    const timer = setTimeout(() => this.#socket.terminate(), closeMs);
    timer.unref();
    this.#socket.on('close', () => clearTimeout(timer));
    return Promise.resolve();
  }

  override sendPause(): void {
    this.#socket.pause();
  }

  override sendResume(): void {
    this.#socket.resume();
  }
}
