/**
 * A relay's end of a link begun by hand. What it answers is bytes alone; the connection is made when the page knocks, as often as that
 * takes: so a stranger's offer costs a line in a table, and one who needs ten minutes is not late. Node only.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { IceUdpMuxListener, PeerConnection } from 'node-datachannel';
import { RTCPeerConnection as NodeConnection } from 'node-datachannel/polyfill';
import { concat, fromBase64url } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import type { OwnKey } from '../../protocol/signal-seal.ts';
import type { Log } from '../../ports/log.ts';
import type { Answer, Opened, OpenRefused } from '../../ports/network.ts';
import type { DirectHost } from './direct-host.ts';
import { handConnectMs, proveHand, readHand } from './hand-proof.ts';
import type { HandFar } from './hand-proof.ts';
import type { LinkBook } from './links.ts';
import { beginPeerEnd } from './peer-end.ts';
import type { MakeConnection, PeerEnd } from './peer-end.ts';
import { answeredBytes, encodeHandSignal, maxCandidates } from './signal-bytes.ts';
import { parseHost } from './signal-hosts.ts';
import { nameOf } from './waiting.ts';

export interface HandHost {
  /** `at`: where the page reaches us, as numbers. Until the signal speaks it may come; an offer that waits is answered alike again. */
  answer(offer: Uint8Array, at: readonly string[], signal: AbortSignal): Answer | OpenRefused;
  /** One that waits. */
  standing(offer: Uint8Array): Uint8Array | null;
  counts(): Record<string, number>;
  close(): void;
}

export interface HandHostInit {
  readonly key: OwnKey;
  /** Its certificate is shown here too. */
  readonly direct: Pick<DirectHost, 'host' | 'handPort' | 'certificate'>;
  readonly book: Pick<LinkBook, 'add'>;
  readonly log: Log;
}

interface Waiting {
  readonly far: HandFar;
  readonly answer: Uint8Array;
  /** The offer and its answer. */
  readonly about: Uint8Array;
  readonly login: Login;
  readonly signal: AbortSignal;
  readonly done: (opened: Opened) => void;
  isTried: boolean;
  triesLeft: number;
}
interface Login {
  readonly ufrag: string;
  readonly password: string;
}

export function openHandHost({ key, direct, book, log }: HandHostInit): HandHost {
  const { certificate, host, handPort: port } = direct;
  const fingerprint = fromBase64url(certificate.certhash.slice(1))?.slice(2) ?? new Uint8Array(0);
  const closing = new AbortController();
  /** By the name that a page knocks with, and by its offer. */
  const byUfrag = new Map<string, Waiting>();
  const byOffer = new Map<string, Waiting>();
  const standing = new Set<NodeConnection>();

  const makeFor = ({ ufrag, password }: Login): MakeConnection =>
    Object.assign(
      () => {
        const native = new PeerConnection('by hand', {
          iceServers: [],
          disableAutoNegotiation: true,
          certificatePemFile: certificate.pem,
          keyPemFile: certificate.privateKey,
          enableIceUdpMux: true,
          portRangeBegin: port,
          portRangeEnd: port,
          maxMessageSize: 262_144,
        });
        const connection = new NodeConnection({ iceServers: [], peerConnection: native });
        const createAnswer = connection.createAnswer.bind(connection) as () => Promise<never>;
        connection.createAnswer = async () => {
          // As we answered long before there was a connection.
          native.setLocalDescription('answer', { iceUfrag: ufrag, icePwd: password });
          return createAnswer();
        };
        standing.add(connection);
        connection.addEventListener('connectionstatechange', () => {
          if (connection.connectionState === 'closed') standing.delete(connection);
        });
        return connection as unknown as RTCPeerConnection;
      },
      { isNative: true },
    );

  const tryOnce = async (waiting: Waiting): Promise<void> => {
    const { far, about, login, done } = waiting;
    waiting.isTried = true;
    let end: PeerEnd | null = null;
    try {
      end = beginPeerEnd(makeFor(login), () => undefined);
      // Where a stranger says to be, nothing is sent: they come to us.
      await end.answer({ ...far.signal, candidates: [] });
      await proveHand(end, far, about, AbortSignal.any([waiting.signal, AbortSignal.timeout(handConnectMs)]));
      done({
        state: 'open',
        link: book.add({ wire: end.channel.wire, peer: far.peer, end: 'peer', opener: 'them', path: 'webrtc' }),
      });
    } catch (error) {
      end?.drop();
      log('hand-signal-failed', { why: nameOf(error) });
      // While it waits, they may knock again; whoever fails on purpose, not for ever.
      waiting.triesLeft -= 1;
      if (waiting.triesLeft === 0) done({ state: 'refused', why: 'unreachable' });
      waiting.isTried = false;
    }
  };

  const listener = new IceUdpMuxListener(port, host);
  listener.onUnhandledStunRequest(({ localUfrag }) => {
    const waiting = byUfrag.get(localUfrag ?? '');
    if (waiting !== undefined && !waiting.isTried) void tryOnce(waiting);
  });

  return {
    standing: (offer) => byOffer.get(nameOfOffer(offer))?.answer ?? null,
    answer: (offer, at, asked) => {
      const signal = AbortSignal.any([asked, closing.signal]);
      const why = (): OpenRefused['why'] => (closing.signal.aborted ? 'closed' : 'aborted');
      if (signal.aborted) return { state: 'refused', why: why() };
      const far = offer.length > limits.signalBytes ? null : readHand(key, offer, { kind: 'offer', answerer: 'relay' });
      if (far === null) return { state: 'refused', why: 'bad-signal' };
      const login = { ufrag: luck(12), password: luck(24) };
      const hosts = at.flatMap((each) => parseHost(each) ?? []).slice(0, maxCandidates);
      const answer = encodeHandSignal({
        kind: 'answer',
        answerer: 'relay',
        key: key.publicKey,
        to: sha256(offer).subarray(0, answeredBytes),
        fingerprint,
        ...login,
        setup: 'passive',
        candidates: hosts.map((each) => ({ kind: 'host', host: each, port })),
      });
      const name = nameOfOffer(offer);
      const { promise: opened, resolve } = Promise.withResolvers<Opened>();
      const done = (how: Opened): void => {
        signal.removeEventListener('abort', onAbort);
        byUfrag.delete(login.ufrag);
        if (byOffer.get(name) === waiting) byOffer.delete(name);
        resolve(how);
      };
      const onAbort = (): void => done({ state: 'refused', why: why() });
      signal.addEventListener('abort', onAbort);
      const waiting: Waiting = {
        far,
        answer,
        about: concat([offer, answer]),
        login,
        signal,
        done,
        isTried: false,
        triesLeft: mostTries,
      };
      byUfrag.set(login.ufrag, waiting);
      byOffer.set(name, waiting);
      return { state: 'answered', bytes: answer, opened };
    },
    counts: () => ({ waiting: byUfrag.size, connections: standing.size }),
    close: () => {
      closing.abort();
      listener.stop();
    },
  };
}

const mostTries = 8;

const luck = (length: number): string => bytesToHex(crypto.getRandomValues(new Uint8Array(length)));
const nameOfOffer = (offer: Uint8Array): string => bytesToHex(sha256(offer));
