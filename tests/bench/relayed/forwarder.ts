/** A bare WebSocket forwarder in a process of its own: the first two at one path get each other's messages, and nothing is looked at. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, skipUTF8Validation: true });
const alone = new Map<string, WebSocket>();
sockets.on('connection', (socket, { url = '' }) => {
  const other = alone.get(url);
  if (other === undefined) {
    alone.set(url, socket);
    return;
  }
  alone.delete(url);
  socket.on('message', (data) => other.send(data));
  other.on('message', (data) => socket.send(data));
});
sockets.once('listening', () => process.send?.((sockets.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0)); // the harness is gone
