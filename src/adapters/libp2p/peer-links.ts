/** Open channels become links, one for each peer; whoever has libp2p hears of their channels. */
import type { PeerId } from '../../protocol/ids.ts';
import type { Link } from '../../ports/network.ts';
import type { LinkBook } from './links.ts';
import type { PeerChannel } from './peer-channel.ts';
import { createStanding } from './standing.ts';
import type { Standing } from './standing.ts';

export interface PeerLinks {
  add(peer: PeerId, channel: PeerChannel, opener: Link['opener']): Link;
  to(peer: PeerId): Link | null;
  isWelcome(peer: PeerId): boolean;
  readonly channels: Pick<Standing<LinkedChannel>, 'each' | 'count'>;
}

export interface LinkedChannel {
  readonly peer: PeerId;
  readonly channel: PeerChannel;
}

export function createPeerLinks(book: LinkBook): PeerLinks {
  const channels = createStanding<LinkedChannel>();
  return {
    channels,
    to: book.linkTo,
    isWelcome: book.isWelcome,
    add: (peer, channel, opener) => {
      const older = book.linkTo(peer);
      const link = book.add({ wire: channel.wire, peer, end: 'peer', opener, path: 'webrtc' });
      // They came again: whatever we held to them is dead over there.
      if (older !== null) book.drop(older, 'lost');
      channels.add({ peer, channel }, channel.gone);
      return link;
    },
  };
}
