/** patches/@libp2p+webrtc: without it, 21 of 56 dials waited for ever. */
import { pbStream, streamPair } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { initiateConnection } from '../../node_modules/@libp2p/webrtc/dist/src/private-to-private/initiate-connection.js';
import { Message } from '../../node_modules/@libp2p/webrtc/dist/src/private-to-private/pb/message.js';
import { RTCPeerConnection } from '../../node_modules/@libp2p/webrtc/dist/src/webrtc/index.js';
import { openPerson } from './people.ts';
import { openHouse } from './relay-house.ts';

const peer = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';

afterEach(() => void vi.restoreAllMocks());

describe('one dial, with a peer connection that behaves as we want', () => {
  test('goes on when the other side closed the first channel before we looked', async () => {
    const [dial] = await startDial((connection) => {
      connection.channel.readyState = 'closed';
      connection.become('connected');
    });
    await expect(dial).resolves.toHaveProperty('peerConnection');
  });

  test('goes on when the channel closes while we wait for it to open', async () => {
    const [dial] = await startDial((connection) => {
      connection.become('connected');
      setTimeout(() => connection.channel.close(), 50);
    });
    await expect(dial).resolves.toHaveProperty('peerConnection');
  });

  test('signals on a circuit, not on a direct connection that is still listed though it is dead', async () => {
    const [dial] = await startDial((connection) => {
      connection.channel.readyState = 'closed';
      connection.become('connected');
    });
    await expect(dial).resolves.toHaveProperty('peerConnection');
  });

  test('closes a channel that stands open, and waits for that', async () => {
    let channel: FakeChannel | null = null;
    const [dial] = await startDial((connection) => {
      channel = connection.channel;
      channel.readyState = 'open';
      connection.become('connected');
    });
    await expect(dial).resolves.toHaveProperty('peerConnection');
    expect(channel).toHaveProperty('readyState', 'closed');
  });

  test('fails at once when the connection closes instead of connecting', async () => {
    const startMs = performance.now();
    const [dial] = await startDial((connection) => connection.become('closed'));
    await expect(dial).rejects.toThrow();
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});

test('16 dials through a relay: none fails, none hangs', async () => {
  const house = await openHouse();
  const host = await openPerson();
  await host.enter(house.address);
  for (let round = 0; round < 4; round += 1) {
    const guests = await Promise.all([openPerson(), openPerson(), openPerson(), openPerson()]);
    for (const guest of guests) await guest.enter(house.address);
    const opened = await Promise.all(guests.map(async (guest) => guest.open(host)));
    expect(opened.map((each) => each.state)).toEqual(['open', 'open', 'open', 'open']);
    await Promise.all(guests.map(async (guest) => guest.network.close()));
  }
  await host.network.close();
  await house.kill();
}, 60_000);

interface FakeConnection {
  readonly channel: FakeChannel;
  become(state: RTCPeerConnectionState): void;
}

class FakeChannel extends EventTarget {
  readyState = 'connecting';
  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    setTimeout(() => this.dispatchEvent(new Event('close')), 5);
  }
}

/** In an array: an async function would otherwise wait for the dial itself. */
async function startDial(onAnswer: (connection: FakeConnection) => void): Promise<readonly [Promise<unknown>]> {
  const channel = new FakeChannel();
  const methods = RTCPeerConnection.prototype;
  vi.spyOn(methods, 'createDataChannel').mockReturnValue(channel as never);
  vi.spyOn(methods, 'createOffer').mockResolvedValue({ type: 'offer', sdp: 'offer' });
  vi.spyOn(methods, 'setLocalDescription').mockResolvedValue();
  const state = vi.spyOn(methods, 'connectionState', 'get').mockReturnValue('new');
  const answered = async function (this: { onconnectionstatechange: ((event: Event) => void) | null }): Promise<void> {
    const become = (next: RTCPeerConnectionState): void => {
      state.mockReturnValue(next);
      this.onconnectionstatechange?.(new Event('connectionstatechange'));
    };
    setTimeout(() => onAnswer({ channel, become }), 20);
    return Promise.resolve();
  };
  vi.spyOn(methods, 'setRemoteDescription').mockImplementation(answered as never);
  const [here, there] = await streamPair();
  const answerer = pbStream(there).pb(Message);
  void answerer.read().then(async () => answerer.write({ type: Message.Type.SDP_ANSWER, data: 'answer' }));
  const silent: object = Object.assign(() => {}, { error: () => {}, trace: () => {}, newScope: () => silent });
  const dial: Promise<unknown> = initiateConnection({
    multiaddr: multiaddr(`/ip4/127.0.0.1/tcp/9/ws/p2p/${peer}/p2p-circuit/webrtc/p2p/${peer}`),
    connectionManager: {
      getConnections: () => [
        // A direct one that just died: whoever asks it waits for ever.
        { status: 'open', newStream: async () => new Promise(() => {}) },
        { status: 'open', limits: {}, newStream: async () => Promise.resolve(here) },
      ],
    },
    signal: AbortSignal.timeout(2_500),
    rtcConfiguration: { iceServers: [] },
    log: silent,
    logger: { forComponent: () => silent },
  } as never);
  return [dial];
}
