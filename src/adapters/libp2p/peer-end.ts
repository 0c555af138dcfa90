/** One end of a connection between two pages, from its description to its open channel. Knows nobody, and no way to send anything. */
import { openPeerChannel } from './peer-channel.ts';
import type { PeerChannel } from './peer-channel.ts';
import { formatCandidate, fromSdp, maxCandidates, parseCandidate, toSdp } from './signal-bytes.ts';
import type { Candidate, Description } from './signal-bytes.ts';
import { pause } from './waiting.ts';

export interface PeerEnd {
  readonly channel: PeerChannel;
  /** These three once, in the order of a handshake. They reject where the browser does. */
  offer(): Promise<void>;
  /** `byHand`: it takes minutes until the offerer knows of us. */
  answer(offer: Description, byHand?: boolean): Promise<void>;
  accept(answer: Description): Promise<void>;
  /** With all candidates that were found so far. */
  describe(): Description;
  /** Of the far end; kept until its description is there. */
  add(candidates: readonly Candidate[]): void;
  /** Nothing more will be found, or it takes too long. */
  gathered(): Promise<void>;
  /** At once, link or not. */
  drop(): void;
}

export interface MakeConnection {
  (): RTCPeerConnection;
  /** libdatachannel: it wants each description named, and an offerer that leads. The other way it loses a second, or the race with its own fingerprint. */
  readonly isNative: boolean;
}

const gatherMs = 2_500;
const lookMs = 6_000;
const nobodysPort = 9;

/** `onFound`: a candidate that no description had. */
export function beginPeerEnd(make: MakeConnection, onFound: (candidate: Candidate) => void): PeerEnd {
  const connection = make();
  const channel = openPeerChannel(connection);
  const until = { signal: channel.gone };
  const found = new Map<string, Candidate>();
  const taken = new Set<string>();
  let early: Candidate[] = [];
  let isDescribed = false;
  let kind: 'offer' | 'answer' = 'offer';

  const find = (candidate: Candidate): boolean => {
    const text = formatCandidate(candidate, 0);
    if (found.has(text) || found.size === maxCandidates) return false;
    found.set(text, candidate);
    return true;
  };
  connection.addEventListener(
    'icecandidate',
    ({ candidate }) => {
      const each = parseCandidate(candidate?.candidate ?? '');
      if (each !== null && find(each)) onFound(each);
    },
    until,
  );

  const add: PeerEnd['add'] = (candidates) => {
    for (const each of candidates) {
      const text = formatCandidate(each, 0);
      if (taken.has(text) || taken.size === maxCandidates) continue;
      taken.add(text);
      if (isDescribed) give(each);
      else early.push(each);
    }
  };
  const give = (candidate: Candidate): void => {
    const text = formatCandidate(candidate, taken.size);
    // One that the browser does not take is one way less.
    connection.addIceCandidate({ candidate: text, sdpMid: '0', sdpMLineIndex: 0 }).catch(() => undefined);
  };
  /**
   * Firefox ends a connection within 5 to 12 s of finding nobody more to ask, for good; so there is always one more. Their addresses are
   * for documentation and nobody's; measured: asked every 6 s it still connects after 560 s, asked every 12 s it is over.
   */
  const keepLooking = async (): Promise<void> => {
    const over = new AbortController();
    void channel.opened.then(() => over.abort());
    for (let n = 1; !over.signal.aborted; n += 1) {
      give({ kind: 'reflexive', host: { kind: 'ip4', bytes: Uint8Array.of(192, 0, 2, 1 + (n % 254)) }, port: nobodysPort });
      await pause(lookMs, over.signal);
    }
  };
  const described = async (type: 'offer' | 'answer', far: Description, setup: Description['setup']): Promise<void> => {
    for (const each of far.candidates) taken.add(formatCandidate(each, 0));
    await connection.setRemoteDescription({ type, sdp: toSdp(far, setup) });
    isDescribed = true;
    for (const each of early) give(each);
    early = [];
  };

  const setLocal = async (): Promise<void> => {
    if (!make.isNative) return connection.setLocalDescription();
    return connection.setLocalDescription(await (kind === 'offer' ? connection.createOffer() : connection.createAnswer()));
  };

  return {
    channel,
    offer: async () => setLocal(),
    answer: async (offer, byHand = false) => {
      kind = 'answer';
      // By hand the offerer begins DTLS too: whoever begins says it again ever more rarely, and would be late by as long as it took.
      await described('offer', offer, byHand || make.isNative ? 'active' : 'actpass');
      await setLocal();
      if (byHand) void keepLooking();
    },
    accept: async (answer) => described('answer', answer, answer.setup),
    describe: () => {
      const mine = fromSdp(connection.localDescription?.sdp ?? '', kind);
      if (mine === null) throw new Error('an SDP of an unknown kind');
      for (const each of mine.candidates) find(each);
      return { ...mine, candidates: [...found.values()] };
    },
    add,
    gathered: async () => {
      const done = new AbortController();
      const look = (): void => {
        if (connection.iceGatheringState === 'complete') done.abort();
      };
      connection.addEventListener('icegatheringstatechange', look, { signal: AbortSignal.any([done.signal, channel.gone]) });
      look();
      await pause(gatherMs, AbortSignal.any([done.signal, channel.gone]));
    },
    drop: () => channel.wire.abort('given up'),
  };
}
