/** What one stranger, one street and everybody together may take of the relay's door. */
export const httpLimits = {
  /** All open connections, WebSockets included. Targets: 1,000 clients, each a socket and for a moment some fetches. */
  connections: 4_096,
  /** One IPv4 address or IPv6 /64; a school behind one address is one. This machine is exempt: proxies and tests. */
  perHousehold: 512,
  /** One IPv4 /24 or IPv6 /48. */
  perStreet: 1_024,
  /** Refused ones that still hear why. */
  refusedAtOnce: 64,
  headerBytes: 8_192,
  /** From connecting to the first byte, and for a TLS handshake. */
  firstByteMs: 10_000,
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 20_000,
  /** Nothing read or written meanwhile. */
  silentMs: 60_000,
  requestsPerConnection: 1_000,
  /** A turn of the watchman that ends slow headers. */
  checkEveryMs: 1_000,
  /** The built page. */
  appBytes: 64 * 1024 * 1024,
} as const;

export type HttpLimits = { readonly [Name in keyof typeof httpLimits]: number };
