/** Wraps one data channel as what libp2p upgrades: Noise, yamux and all the rest run over it. */
import type { Logger, MessageStreamDirection, MultiaddrConnection } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { SendResult } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';

export interface ChannelConnectionInit {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  readonly remoteAddr: Multiaddr;
  readonly direction: MessageStreamDirection;
  readonly log: Logger;
}

const heldBytes = 1_048_576;
const messageBytes = 65_536;
const flushMs = 500;

export const wrapChannel = (init: ChannelConnectionInit): MultiaddrConnection => new ChannelConnection(init);

// A class because libp2p's own base is one.
class ChannelConnection extends AbstractMultiaddrConnection {
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;

  constructor({ connection, channel, remoteAddr, direction, log }: ChannelConnectionInit) {
    super({ remoteAddr, direction, log, maxMessageSize: messageBytes });
    this.#connection = connection;
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = heldBytes / 4;
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.onData(new Uint8Array(data));
      else this.abort(new Error('text on a binary channel'));
    });
    channel.addEventListener('bufferedamountlow', () => this.safeDispatchEvent('drain'));
    channel.addEventListener('close', () => this.#ended());
    connection.addEventListener('connectionstatechange', () => {
      if (['failed', 'closed'].includes(connection.connectionState)) this.#ended();
    });
  }

  #ended(): void {
    if (this.status === 'open' || this.status === 'closing') this.onTransportClosed();
    this.#connection.close();
  }

  override sendData(data: { subarray(): Uint8Array; byteLength: number }): SendResult {
    this.#channel.send(new Uint8Array(data.subarray()));
    return { sentBytes: data.byteLength, canSendMore: this.#channel.bufferedAmount < heldBytes };
  }

  override sendReset(): void {
    this.#connection.close();
  }

  /** Closing a peer connection throws away what it has not sent. */
  override async sendClose(): Promise<void> {
    const untilMs = performance.now() + flushMs;
    while (this.#channel.bufferedAmount > 0 && this.#channel.readyState === 'open' && performance.now() < untilMs) {
      await new Promise((resolve) => void setTimeout(resolve, 10));
    }
    this.#channel.close();
    setTimeout(() => this.#connection.close(), 50);
  }

  override sendPause(): void {
    // Data channels know no read backpressure.
  }

  override sendResume(): void {
    // Nor its end.
  }
}
