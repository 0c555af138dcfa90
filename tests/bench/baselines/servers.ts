/** The process baselines are served and introduced by. Given their folder, it says its addresses and serves until left. */
import { PeerServer } from 'peer';
import { WebSocketServer } from 'ws';
import { serveFolder } from '../../browser/serve.ts';
import { answerNostr } from './nostr-relay.ts';
import { answerRaw } from './raw-signalling.ts';

export type Addresses = { readonly origin: string; readonly peerjsPort: number };

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: servers.ts FOLDER');

const site = await serveFolder(folder);
const raw = new WebSocketServer({ noServer: true });
const nostr = new WebSocketServer({ noServer: true });
answerRaw(raw);
answerNostr(nostr);
site.server.on('upgrade', (request, socket, head) => {
  const sockets = request.url?.startsWith('/nostr') ? nostr : raw;
  sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
});

const peerjsPort = await new Promise<number>((resolve) => {
  PeerServer({ host: '127.0.0.1', port: 0, path: '/' }, (server) => {
    const address = server.address();
    if (address !== null && typeof address !== 'string') resolve(address.port);
  });
});
const addresses: Addresses = { origin: site.origin, peerjsPort };
process.send?.(addresses);
process.on('disconnect', () => process.exit(0)); // the harness is gone
