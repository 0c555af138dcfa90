/** The least a page can do: one data channel, candidates trickled over a bare WebSocket. */
import { offerHandle } from './door.ts';
import type { Door, Link, Listener } from './door.ts';

type Signal = {
  readonly call: string;
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
};

offerHandle((listener) => createRawDoor(listener));

function createRawDoor({ onLink, onBytes }: Listener): Door {
  const me = crypto.randomUUID();
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/raw?me=${me}`);
  const ready = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the signalling socket failed')));
  });
  const calls = new Map<string, RTCPeerConnection>();
  const signal = async (to: string, body: Signal): Promise<void> => {
    await ready;
    socket.send(JSON.stringify({ to, from: me, ...body }));
  };

  const start = (call: string, peer: string): RTCPeerConnection => {
    const connection = new RTCPeerConnection();
    calls.set(call, connection);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) void signal(peer, { call, candidate: candidate.toJSON() });
    });
    return connection;
  };
  const offerChannel = (call: string, connection: RTCPeerConnection, channel: RTCDataChannel): Promise<Link> => {
    channel.binaryType = 'arraybuffer';
    const link: Link = {
      send: (bytes) => channel.send(bytes),
      close: () => {
        channel.close();
        connection.close();
        calls.delete(call);
      },
      connection,
    };
    channel.addEventListener('message', ({ data }) => onBytes(link, new Uint8Array(data as ArrayBuffer)));
    channel.addEventListener('close', link.close);
    return new Promise((resolve) => {
      if (channel.readyState === 'open') resolve(link);
      else channel.addEventListener('open', () => resolve(link));
    });
  };

  const answer = async (from: string, call: string, description: RTCSessionDescriptionInit): Promise<void> => {
    const connection = start(call, from);
    connection.addEventListener('datachannel', ({ channel }) => void offerChannel(call, connection, channel).then(onLink));
    await connection.setRemoteDescription(description);
    await connection.setLocalDescription();
    await signal(from, { call, description: must(connection.localDescription) });
  };
  socket.addEventListener('message', ({ data }) => {
    const { from, call, description, candidate } = JSON.parse(String(data)) as Signal & { readonly from: string };
    const connection = calls.get(call);
    // The connection queues its own operations, so candidates may be added before the description is settled.
    if (description !== undefined && connection !== undefined) void connection.setRemoteDescription(description);
    else if (description?.type === 'offer') void answer(from, call, description);
    if (candidate !== undefined) void connection?.addIceCandidate(candidate);
  });

  const meet = async (peer: string): Promise<Link> => {
    const call = crypto.randomUUID();
    const connection = start(call, peer);
    const opened = offerChannel(call, connection, connection.createDataChannel('bench'));
    await connection.setLocalDescription();
    void signal(peer, { call, description: must(connection.localDescription) });
    return await opened;
  };
  return { me, ready, meet };
}

function must<Value>(value: Value | null): Value {
  if (value === null) throw new Error('the connection has no description');
  return value;
}
