/** What a page under measurement offers the harness. Wavu and every baseline offer the same. */

/** `plain` is sealed by DTLS only; `durable` is `sealed` with both sides committing before they answer. */
export type EchoKind = 'plain' | 'sealed' | 'room' | 'durable';

/**
 * Lives at `globalThis.wavuBench`, in bench builds only.
 *
 * A page opened with `?say=TEXT` sends TEXT by itself, as early as it can and without being asked: to whom its
 * invite leads, or, with no invite in the URL, to whom it knew in its last session.
 */
export type BenchHandle = {
  /** Settles when another page that holds this one's invite can reach it now. */
  readonly ready: Promise<void>;
  /** How another page names this one in `dial`. */
  readonly me: () => string;
  /** The URL that brings a new page here. The harness adds `say` to its query. */
  readonly invite: () => Promise<string>;
  /** When `text` was first readable here, as `performance.timeOrigin + performance.now()`. Waits for it. */
  readonly firstReceivedAtMs: (text: string) => Promise<number>;
  /** Opens a new link to a peer, and says how long it took until bytes could be written. */
  readonly dial: (peer: string) => Promise<number>;
  /** Closes all links to other pages, keeps the introduction (relay, signalling) and waits until it is done. */
  readonly closeLinks: () => Promise<void>;
  /** By which way the newest link goes: `direct host/udp`, `relayed`, … */
  readonly pathKind: () => Promise<string>;
  /** Round trips one after the other over the open link; each in ms. The other page answers by itself. */
  readonly echo: (count: number, sizeBytes: number, kind: EchoKind) => Promise<readonly number[]>;
};

declare global {
  var wavuBench: BenchHandle | undefined;
}
