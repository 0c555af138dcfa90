/** Links without any server: offer and answer go by hand, then libp2p runs over the one channel they opened. */
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { ComponentLogger, Libp2p, MessageStreamDirection, MultiaddrConnection, Upgrader } from '@libp2p/interface';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64url } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Log } from '../../ports/log.ts';
import type { Network, Opened, OpenRefused } from '../../ports/network.ts';
import { wrapChannel } from './channel-connection.ts';
import type { PeerDials } from './peer-dial.ts';
import { fromPeerId, toPeerId } from './peer-ids.ts';
import { answeredBytes, decodeSignal, encodeSignal, fromSdp, toSdp } from './signal-bytes.ts';
import type { Signal } from './signal-bytes.ts';
import { nameOf } from './waiting.ts';

export interface HandSignalInit {
  readonly node: Libp2p;
  readonly self: PeerId;
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly dials: PeerDials;
  readonly createConnection: () => RTCPeerConnection;
  /** For libdatachannel, which in the other order loses a second, or the race with its own fingerprint. */
  readonly offererLeads: boolean;
  readonly log: Log;
}

/** After both have what they need; carrying it by hand takes as long as it takes. */
const connectMs = 15_000;
const gatherMs = 2_500;

export function createHandSignal(init: HandSignalInit): Pick<Network, 'offer' | 'answer'> {
  const { self, upgrader, logger, dials, createConnection, offererLeads, log } = init;
  const key = fromBase64url(self)!.subarray(-32);

  const begin = (signal: AbortSignal): Begun => {
    const connection = createConnection();
    const channel = connection.createDataChannel('wavu', { negotiated: true, id: 0 });
    channel.binaryType = 'arraybuffer';
    const stop = (): void => connection.close();
    signal.addEventListener('abort', stop, { once: true });
    return { connection, channel, release: () => signal.removeEventListener('abort', stop) };
  };

  const wrap = ({ connection, channel }: Begun, peer: PeerId, direction: MessageStreamDirection): MultiaddrConnection =>
    wrapChannel({
      connection,
      channel,
      direction,
      // With the id in it, the upgrade fails for anyone who is somebody else.
      remoteAddr: multiaddr(`/webrtc/p2p/${fromPeerId(peer)!.toString()}`),
      log: logger.forComponent('wavu:hand-signal'),
    });

  const refuseFor = (begun: Begun, signal: AbortSignal, error: unknown): OpenRefused => {
    begun.connection.close();
    log('hand-signal-failed', { why: nameOf(error) });
    return { state: 'refused', why: signal.aborted ? 'aborted' : 'unreachable' };
  };

  return {
    offer: async (signal) => {
      signal.throwIfAborted();
      const begun = begin(signal);
      await begun.connection.setLocalDescription(await begun.connection.createOffer());
      const bytes = encodeSignal(await gathered(begun.connection, { kind: 'offer', key, to: new Uint8Array(0) }));
      const name = sha256(bytes).subarray(0, answeredBytes);
      let accepted: Promise<Opened> | null = null;

      const connect = async (answer: Signal, peer: PeerId): Promise<Opened> => {
        const whole = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
        try {
          await begun.connection.setRemoteDescription({ type: 'answer', sdp: toSdp(answer, answer.setup) });
          await opened(begun.channel, whole);
          const connection = await upgrader.upgradeOutbound(wrap(begun, peer, 'outbound'), { signal: whole });
          return { state: 'open', link: await dials.openOn(connection, whole) };
        } catch (error) {
          return refuseFor(begun, signal, error);
        } finally {
          begun.release();
        }
      };

      return {
        bytes,
        accept: async (answerBytes) => {
          if (accepted !== null) return accepted;
          const answer = decodeSignal(answerBytes);
          if (isRefusal(answer) || answer.kind !== 'answer') return { state: 'refused', why: 'bad-signal' };
          const peer = peerOf(answer);
          if (peer === null || peer === self || !isSame(answer.to, name)) return { state: 'refused', why: 'bad-signal' };
          if (signal.aborted) return { state: 'refused', why: 'aborted' };
          accepted = connect(answer, peer);
          return accepted;
        },
      };
    },

    answer: async (offerBytes, signal) => {
      const offer = decodeSignal(offerBytes);
      if (isRefusal(offer) || offer.kind !== 'offer') return { state: 'refused', why: 'bad-signal' };
      const peer = peerOf(offer);
      if (peer === null || peer === self) return { state: 'refused', why: 'bad-signal' };
      if (signal.aborted) return { state: 'refused', why: 'aborted' };
      const begun = begin(signal);

      const connect = async (): Promise<Opened> => {
        try {
          await opened(begun.channel, signal);
          const whole = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
          const linked = dials.expect(peer, whole);
          await upgrader.upgradeInbound(wrap(begun, peer, 'inbound'), { signal: whole });
          return { state: 'open', link: await linked };
        } catch (error) {
          return refuseFor(begun, signal, error);
        } finally {
          begun.release();
        }
      };

      try {
        await begun.connection.setRemoteDescription({ type: 'offer', sdp: toSdp(offer, offererLeads ? 'active' : 'actpass') });
        await begun.connection.setLocalDescription(await begun.connection.createAnswer());
        const to = sha256(offerBytes).subarray(0, answeredBytes);
        const bytes = encodeSignal(await gathered(begun.connection, { kind: 'answer', key, to }));
        return { state: 'answered', bytes, opened: connect() };
      } catch (error) {
        begun.release();
        refuseFor(begun, signal, error);
        return { state: 'refused', why: signal.aborted ? 'aborted' : 'bad-signal' };
      }
    },
  };
}

interface Begun {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  release(): void;
}

function peerOf({ key }: Signal): PeerId | null {
  try {
    return toPeerId(peerIdFromPublicKey(publicKeyFromRaw(key)));
  } catch {
    return null;
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Nothing trickles by hand: all candidates go at once, or what there is after a while. */
async function gathered(connection: RTCPeerConnection, parts: Pick<Signal, 'kind' | 'key' | 'to'>): Promise<Signal> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (connection.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      connection.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    const timer = setTimeout(resolve, gatherMs);
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
  const signal = fromSdp(connection.localDescription?.sdp ?? '', parts);
  if (signal === null) throw new Error('an SDP of an unknown kind');
  return signal;
}

async function opened(channel: RTCDataChannel, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => done(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort);
    channel.addEventListener('open', () => done(resolve), { once: true });
    channel.addEventListener('close', () => done(() => reject(new Error('closed'))), { once: true });
    if (signal.aborted) onAbort();
    else if (channel.readyState === 'open') done(resolve);
  });
}
