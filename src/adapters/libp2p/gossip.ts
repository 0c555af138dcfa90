/** How gossip runs here: nobody's name on a message, small messages, and no score that quiet or relayed peers fail. */
import { gossipsub } from '@libp2p/gossipsub';
import type { GossipSub, GossipSubComponents } from '@libp2p/gossipsub';
import type { Message } from '@libp2p/gossipsub';
import type { IdentifyInit } from '@libp2p/identify';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** One public message, envelope and all. */
export const publicMessageBytes = 20_480;

/** Identify only answers, and asks when topics want it: by itself it would talk on every connection at the worst moment. */
export const lazyIdentify: IdentifyInit = {
  runOnConnectionOpen: false,
  runOnLimitedConnection: false,
  maxObservedAddresses: 2,
};

export interface GossipSettings {
  /** Only these are heard of at all. Left out: any, a few dozen at most. */
  readonly allowedTopics?: readonly string[];
}

export function gossip({ allowedTopics }: GossipSettings): (components: GossipSubComponents) => GossipSub {
  return gossipsub({
    // Signing would name the author's peer to everybody.
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: (message: Message) => messageId(message.topic, message.data),
    // Knows a duplicate before anything else is done with it.
    fastMsgIdFn: (message) => bytesToHex(messageId(message.topic, message.data ?? new Uint8Array(0))),
    D: 6,
    Dlo: 4,
    Dhi: 12,
    Dscore: 4,
    Dout: 2,
    floodPublish: true,
    emitSelf: false,
    doPX: false,
    tagMeshPeers: false,
    fallbackToFloodsub: false,
    allowPublishToZeroTopicPeers: false,
    ignoreDuplicatePublishError: true,
    ...(allowedTopics === undefined ? {} : { allowedTopics: [...allowedTopics] }),
    maxTopicBytesPerPeer: 8_192,
    maxInboundDataLength: 65_536,
    maxOutboundBufferSize: 524_288,
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
    decodeRpcLimits: {
      maxSubscriptions: 64,
      maxMessages: 64,
      maxIhaveMessageIDs: 256,
      maxIwantMessageIDs: 256,
      maxIdontwantMessageIDs: 64,
      maxControlMessages: 64,
      maxPeerInfos: 0,
    },
    scoreParams: {
      // P6: pages behind one relay or one NAT share an address. P3 is off with it: no topic is scored for quiet.
      IPColocationFactorWeight: 0,
      behaviourPenaltyWeight: -10,
    },
  });
}

function messageId(topic: string, data: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(topic);
  // The data's own hash first: no topic and data can be shifted against each other.
  return sha256.create().update(sha256(data)).update(name).digest().subarray(0, 20);
}
