/**
 * Gossip between pages: a libp2p connection on channel 1 of a link, begun once both ends want one, by the smaller id.
 * No Noise of its own: the channel's DTLS is bound to both names already. Whoever joined no topic pays nothing.
 */
import type { ComponentLogger, PeerId as Libp2pPeerId, Upgrader } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { PeerChannel } from './peer-channel.ts';
import { fromPeerId } from './peer-ids.ts';
import type { PeerLinks } from './peer-links.ts';
import { wrapPipe } from './thin-connection.ts';
import { nameOf } from './waiting.ts';

export interface PeerGossipInit {
  readonly self: PeerId;
  readonly links: PeerLinks;
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly log: Log;
}

const upgradeMs = 10_000;

/** From now on over every link. */
export function beginPeerGossip({ self, links, upgrader, logger, log }: PeerGossipInit): void {
  const upgrade = async (peer: Libp2pPeerId, channel: PeerChannel, direction: 'inbound' | 'outbound'): Promise<void> => {
    const wrapped = wrapPipe({
      pipe: channel.pipe,
      remoteAddr: multiaddr(`/webrtc/p2p/${peer.toString()}`),
      direction,
      log: logger.forComponent('wavu:peer-gossip'),
    });
    const signal = AbortSignal.any([channel.gone, AbortSignal.timeout(upgradeMs)]);
    try {
      await (direction === 'outbound'
        ? upgrader.upgradeOutbound(wrapped, { skipEncryption: true, remotePeer: peer, signal })
        : upgrader.upgradeInbound(wrapped, { skipEncryption: true, remotePeer: peer, signal }));
    } catch (error) {
      log('gossip-failed', { why: nameOf(error) });
      wrapped.abort(error instanceof Error ? error : new Error('upgrade'));
    }
  };

  links.channels.each(({ peer: id, channel }) => {
    const peer = fromPeerId(id);
    if (peer === null) return;
    if (self > id) channel.onPipe = () => void upgrade(peer, channel, 'inbound');
    else {
      const begin = (): void => {
        if (channel.pipe.isFree()) void upgrade(peer, channel, 'outbound');
      };
      void channel.gossipWished.then(begin);
    }
    channel.wishGossip();
  });
}
