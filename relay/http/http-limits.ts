/** What one stranger, one street and everybody together may take of the relay's door. */
export interface HttpLimits {
  /** All open connections, WebSockets included. Targets: 1,000 clients, each a socket and for a moment some fetches. */
  readonly connections: number;
  /** One IPv4 address or IPv6 /64; a school behind one address is one. This machine is exempt: proxies and tests. */
  readonly perHousehold: number;
  /** One IPv4 /24 or IPv6 /48. */
  readonly perStreet: number;
  /** Refused ones that still hear why. */
  readonly refusedAtOnce: number;
  readonly headerBytes: number;
  /** From connecting to the first byte, and for a TLS handshake. */
  readonly firstByteMs: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** Nothing read or written meanwhile. */
  readonly silentMs: number;
  readonly requestsPerConnection: number;
  /** A turn of the watchman that ends slow headers. */
  readonly checkEveryMs: number;
  /** The built page. */
  readonly appBytes: number;
}

export const httpLimits: HttpLimits = {
  connections: 4_096,
  perHousehold: 512,
  perStreet: 1_024,
  refusedAtOnce: 64,
  headerBytes: 8_192,
  firstByteMs: 10_000,
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 20_000,
  silentMs: 60_000,
  requestsPerConnection: 1_000,
  checkEveryMs: 1_000,
  appBytes: 64 * 1024 * 1024,
};
