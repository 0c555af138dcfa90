/** The cap on every inbound thing, in one place. */
export const limits = {
  /** One frame on any link. */
  frameBytes: 32_768,
  /** One envelope, hop-free: the largest bucket. */
  envelopeBytes: 16_384,
  /** What a relay passes between two pages for which no direct path stands yet: a whole frame. */
  passBytes: 20_480,
  peerIdBytes: 64,
  /** Topics one page keeps at a relay: each of its rooms, twice around midnight. */
  topicsPerPage: 64,
  /** Peers a relay names for one topic, and pages it tells of a newcomer. */
  peersPerTopic: 8,
  textBytes: 8_000,
  nameBytes: 48,
  roomNameBytes: 64,
  rooms: 32,
  /** Devices a summary of a room may speak of. */
  devicesPerRoom: 500,
  /** An author's messages held above a gap; the gap must close before more are taken. */
  messagesAboveGap: 1_024,
  /** Message ids in one receipt. */
  receiptIds: 64,
  /** How far ahead of our clock a message may be dated before we hold it back: 25 hours. */
  aheadMs: 90_000_000,
} as const;
