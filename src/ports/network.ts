/** What we ask of the network: links to relays and peers, signals carried by hand, and public topics. */
import type { PeerId } from '../protocol/ids.ts';
import type { Stop } from './clock.ts';

export interface Network {
  /** Where others reach us until the next start. */
  readonly self: PeerId;
  links(): readonly Link[];
  /** Tells of every link, whoever opened it. Frames that came before `listen` are kept for it. */
  listen(on: LinkEvents): Stop;
  /** Opens `/wavu/meet/1` at a relay, and keeps being introducible through it while the link lives. */
  openRelay(address: string, signal: AbortSignal): Promise<Opened>;
  /** Opens `/wavu/link/1` straight to a peer. What it must be told for that goes out by `carry`, sealed for it alone. */
  openPeer(peer: PeerId, carry: Carry, signal: AbortSignal): Promise<Opened>;
  /** A signal some way brought from that peer, for a link either of us begins. What we answer goes out by `carry`. */
  takeSignal(peer: PeerId, bytes: Uint8Array, carry: Carry): void;
  /**
   * Begins a link with whoever stands beside us: the bytes travel by hand (a QR, a paste), the answer comes back so. `answerer`: for a
   * peer, unless it is for a relay; the other kind neither answers it nor is taken for the answer.
   */
  offer(signal: AbortSignal, answerer?: Link['end']): Promise<Offer>;
  answer(offer: Uint8Array, signal: AbortSignal): Promise<Answer | OpenRefused>;
  /** Joins a public topic: everybody's bytes, nobody's secret. What `mayGoOn` forbids is neither heard nor passed on. */
  join(topic: string, onBytes: (bytes: Uint8Array) => void, mayGoOn?: MayGoOn): PublicTopic;
  close(): Promise<void>;
}

/** By whatever way leads to the peer: a relay, a neighbour, several of them. False: none does just now. */
export type Carry = (signal: Uint8Array) => boolean;

export interface Link {
  /** Unique in this start. */
  readonly id: string;
  readonly peer: PeerId;
  /** What the far end speaks: a relay `/wavu/meet/1`, a peer `/wavu/link/1`. */
  readonly end: 'relay' | 'peer';
  /** Who opened it. */
  readonly opener: 'us' | 'them';
  readonly path: 'socket' | 'webrtc';
  readonly maxFrameBytes: number;
  state(): 'open' | 'closed';
  /** Ordered and whole while the link lives. `full`: the far end reads too slowly, try later. */
  send(frame: Uint8Array): 'sent' | 'full' | 'closed' | 'too-big';
  close(): void;
}

export interface LinkEvents {
  onOpen(link: Link): void;
  onFrame(link: Link, frame: Uint8Array): void;
  onClose(link: Link, why: CloseReason): void;
  /** Somebody begins a link with us: whether we take it. Absent: yes. By hand it is not asked. */
  isWelcome?(peer: PeerId): boolean;
}

/** `bad-frame`: the far end broke the framing; `lost`: silence or a broken path. */
export type CloseReason = 'closed-here' | 'closed-there' | 'lost' | 'bad-frame';

export type Opened = { readonly state: 'open'; readonly link: Link } | OpenRefused;
export interface OpenRefused {
  readonly state: 'refused';
  readonly why: 'unreachable' | 'refused-there' | 'aborted' | 'bad-address' | 'bad-signal' | 'too-many' | 'closed';
}

export interface Offer {
  readonly bytes: Uint8Array;
  accept(answer: Uint8Array): Promise<Opened>;
}
export interface Answer {
  readonly state: 'answered';
  readonly bytes: Uint8Array;
  readonly opened: Promise<Opened>;
}

/** `from`: whose link brought it, whoever said it. */
export type MayGoOn = (bytes: Uint8Array, from: PeerId) => boolean;

export interface PublicTopic {
  publish(bytes: Uint8Array): void;
  leave(): void;
}
