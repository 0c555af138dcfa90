/** Links between servers of the directory, on `/wavu/directory/1`: each asks on those it opened, and answers on those opened to it. */
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { CloseReason, Link } from '../../ports/network.ts';
import { createLinkBook } from './links.ts';
import type { LinkBook } from './links.ts';
import { directoryProtocol } from './meet-protocol.ts';
import { toPeerId } from './peer-ids.ts';
import { createRelayDoors } from './relay-door.ts';
import type { RelayDoors, RelayDoorsInit } from './relay-door.ts';
import { wireOfStream } from './stream-wire.ts';

export interface DirectoryHost {
  readonly book: LinkBook;
  readonly open: RelayDoors['open'];
}

/** Somebody of that address begins a link. What to call once it is over; null: not now. `drop`: it has to go for another. */
export type AdmitServer = (address: string, drop: () => void) => (() => void) | null;

export async function openDirectoryHost(
  node: Libp2p,
  init: Omit<RelayDoorsInit, 'book' | 'protocol'>,
  admit: AdmitServer,
): Promise<DirectoryHost> {
  const book = createLinkBook(init.log);
  const leaving = new Map<string, () => void>();
  const closed = (link: Link, _why: CloseReason): void => {
    leaving.get(link.id)?.();
    leaving.delete(link.id);
  };
  book.listen({ onOpen: () => undefined, onFrame: () => undefined, onClose: closed });

  const welcome = (stream: Stream, connection: Connection): void => {
    let link: Link | null = null;
    const gone = admit(addressOf(connection), () => link?.close());
    if (gone === null) return stream.abort(new Error('too many'));
    const wire = wireOfStream(stream, connection);
    link = book.add({ wire, peer: toPeerId(connection.remotePeer), end: 'relay', opener: 'them', path: 'socket' });
    if (link.state() === 'closed') gone();
    else leaving.set(link.id, gone);
  };
  await node.handle(directoryProtocol, welcome, { maxInboundStreams: 2 });
  return { book, open: createRelayDoors(node, { ...init, book, protocol: directoryProtocol }).open };
}

const addressOf = ({ remoteAddr }: Connection): string => /^\/ip[46]\/([^/]+)/.exec(remoteAddr.toString())?.[1] ?? '0.0.0.0';
