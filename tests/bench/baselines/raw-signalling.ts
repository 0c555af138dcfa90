/** Hands each signal to the page it names: the least a signalling server can do. */
import type { WebSocket, WebSocketServer } from 'ws';
import { textOf } from './nostr-relay.ts';

export function answerRaw(sockets: WebSocketServer): void {
  const pages = new Map<string, WebSocket>();
  sockets.on('connection', (socket, request) => {
    const me = new URL(request.url ?? '/', 'http://loopback').searchParams.get('me') ?? '';
    pages.set(me, socket);
    socket.on('close', () => pages.delete(me));
    socket.on('message', (data) => {
      const text = textOf(data);
      const { to } = JSON.parse(text) as { readonly to: string };
      pages.get(to)?.send(text);
    });
  });
}
