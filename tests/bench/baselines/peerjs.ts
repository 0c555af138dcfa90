/** PeerJS against its own server on loopback, with no ICE servers and its id chosen here to spare a request. */
import { Peer } from 'peerjs';
import type { DataConnection } from 'peerjs';
import { offerHandle } from './door.ts';
import type { Link } from './door.ts';

offerHandle(({ onLink, onBytes }, query) => {
  const me = crypto.randomUUID();
  const peer = new Peer(me, {
    host: location.hostname,
    port: Number(query.get('peerjs')),
    path: '/',
    config: { iceServers: [] },
  });
  const ready = new Promise<void>((resolve, reject) => {
    peer.on('open', () => resolve());
    peer.on('error', reject);
  });
  const asLink = (connection: DataConnection): Promise<Link> =>
    new Promise((resolve) => {
      const link: Link = {
        send: (bytes) => void connection.send(bytes),
        close: () => connection.close(),
        get connection() {
          return connection.peerConnection;
        },
      };
      connection.on('data', (data) => onBytes(link, new Uint8Array(data as ArrayBuffer)));
      connection.on('open', () => resolve(link));
    });
  peer.on('connection', (connection) => void asLink(connection).then(onLink));
  const meet = async (to: string): Promise<Link> => {
    await ready; // dialled earlier, one connection in eight never opened
    return await asLink(peer.connect(to, { serialization: 'raw', reliable: true }));
  };
  return { me, ready, meet };
});
