/** Wraps channel 1 of a thin door as what libp2p upgrades: Noise, yamux and all the rest run over it, beside the frames. */
import type { Logger, MessageStreamDirection, MultiaddrConnection } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { SendResult } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Pipe } from './thin-channels.ts';

export interface ThinConnectionInit {
  readonly pipe: Pipe;
  /** With the far end's id in it: the upgrade fails for anyone else. */
  readonly remoteAddr: Multiaddr;
  readonly direction: MessageStreamDirection;
  readonly log: Logger;
}

/** Begins a connection on a pipe that is free. */
export const wrapPipe = (init: ThinConnectionInit): MultiaddrConnection => new ThinConnection(init);

// A class because libp2p's own base is one.
class ThinConnection extends AbstractMultiaddrConnection {
  readonly #pipe: Pipe;

  constructor({ pipe, remoteAddr, direction, log }: ThinConnectionInit) {
    super({ remoteAddr, direction, log });
    this.#pipe = pipe;
    pipe.begin({
      onBytes: (bytes) => this.onData(bytes),
      onDrained: () => this.safeDispatchEvent('drain'),
      onEnd: (why) => {
        if (this.status !== 'open' && this.status !== 'closing') return;
        if (why === 'ended') this.onTransportClosed();
        else this.onRemoteReset();
      },
    });
  }

  override sendData(data: { subarray(): Uint8Array; byteLength: number }): SendResult {
    this.#pipe.send(data.subarray());
    return { sentBytes: data.byteLength, canSendMore: this.#pipe.canSendMore() };
  }

  override sendReset(): void {
    this.#pipe.end();
  }

  override async sendClose(): Promise<void> {
    this.#pipe.end();
  }

  override sendPause(): void {
    this.#pipe.pause();
  }

  override sendResume(): void {
    this.#pipe.resume();
  }
}
