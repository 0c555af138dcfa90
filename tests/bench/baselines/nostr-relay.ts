/** As much of a Nostr relay as Trystero speaks: ephemeral events, filtered by kind and one tag. Checks no signatures. */
import type { RawData, WebSocket, WebSocketServer } from 'ws';

type Filter = { readonly kinds?: readonly number[]; readonly '#x'?: readonly string[] };
type NostrEvent = { readonly id: string; readonly kind: number; readonly tags: readonly (readonly string[])[] };
type Message = readonly ['EVENT', NostrEvent] | readonly ['REQ', string, ...(readonly Filter[])] | readonly ['CLOSE', string];

export function answerNostr(sockets: WebSocketServer): void {
  const subscriptions = new Map<WebSocket, Map<string, readonly Filter[]>>();

  sockets.on('connection', (socket) => {
    const mine = new Map<string, readonly Filter[]>();
    subscriptions.set(socket, mine);
    socket.on('close', () => subscriptions.delete(socket));
    socket.on('message', (data) => {
      const message = JSON.parse(textOf(data)) as Message;
      switch (message[0]) {
        case 'REQ': {
          const [, id, ...filters] = message;
          mine.set(id, filters);
          return socket.send(JSON.stringify(['EOSE', id]));
        }
        case 'CLOSE':
          mine.delete(message[1]);
          return;
        case 'EVENT':
          socket.send(JSON.stringify(['OK', message[1].id, true, '']));
          return pass(message[1]);
      }
    });
  });

  const pass = (event: NostrEvent): void => {
    for (const [socket, filtersById] of subscriptions) {
      for (const [id, filters] of filtersById) {
        if (filters.some((filter) => isWanted(event, filter))) socket.send(JSON.stringify(['EVENT', id, event]));
      }
    }
  };
}

// `ws` may hand over a message in several pieces.
export const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');

function isWanted(event: NostrEvent, filter: Filter): boolean {
  if (filter.kinds?.includes(event.kind) === false) return false;
  const tags = filter['#x'];
  return tags === undefined || event.tags.some(([name, value]) => name === 'x' && value !== undefined && tags.includes(value));
}
