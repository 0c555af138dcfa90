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
  /** Relays that form one mesh with a relay; and of one frame between two of them. */
  sisters: 8,
  topicsPerFrame: 512,
  pagesPerFrame: 64,
  /** Behind a page that stands in for them at a relay; who has no relay seeks every ten minutes, and is gone after this. */
  guestsPerPage: 64,
  guestMs: 1_500_000,
  /** Envelopes that one word of a room's cast may name, and peers it may name beside one. */
  castIds: 64,
  castPeers: 64,
  /** How long a device's word that it is in a large room holds, and by how much clocks may differ. */
  hereSeconds: 3_600,
  hereSkewMs: 600_000,
  /** Of the directory: contacts in one answer, and what one record says. */
  contacts: 16,
  recordBytes: 512,
  whereaboutsRelays: 2,
  /** What a page and its relay say of it to each other. */
  directoryWordBytes: 1_024,
  /** Neighbours a frame is handed on by, at most. */
  hops: 8,
  textBytes: 8_000,
  nameBytes: 48,
  roomNameBytes: 64,
  rooms: 32,
  /** Devices a summary of a room may speak of. */
  devicesPerRoom: 500,
  /** An author's messages held above a gap; the gap must close before more are taken. */
  messagesAboveGap: 1_024,
  /** An author's number in a room or conversation: 15 digits, as records are filed. */
  number: 999_999_999_999_999,
  /** Message ids in one receipt. */
  receiptIds: 64,
  /** How far ahead of our clock a message may be dated before we hold it back: 25 hours. */
  aheadMs: 90_000_000,

  /** The largest envelope of version 2: a Padmé length. */
  largestEnvelopeBytes: 1_048_576,
  /** Envelopes under way in one direction of a conversation, and how far ahead their tags are known. */
  inFlight: 256,
  skippedSeeds: 2_000,
  skippedSeedsPerChain: 256,
  /** Steps of a room's chain taken for one envelope. */
  chainSteps: 1_024,
  skippedForMs: 604_800_000,
  /** Counters used without a commit. */
  lease: 64,
  sessionsPerPair: 4,
  /** Contents of a session opened without sending anything, before its ratchet is turned for its own sake. */
  unanswered: 100,
  /** Initials remembered, of all bundles that live. */
  seenInitials: 4_096,
  devicesPerPerson: 16,
  /** Revocations of one person kept for devices never seen. */
  disownedDevices: 64,
  operationBytes: 4_096,
  operationsPerRoom: 10_000,
  /** Of one device, each after the other; and beside each other. */
  operationsPerDevice: 1_000,
  operationsBeside: 2_000,
  operationParents: 16,
  waitingOperations: 1_024,
  entryParents: 8,
  entryBytes: 8_200,
  /** Of one part of sync: things asked for or sent, and bytes sent. */
  syncThings: 64,
  syncBytes: 65_536,
  /** Operations a device shows it has, so that others need not send what leads to them. */
  syncKnown: 32,
  reactionBytes: 32,
  relayHints: 4,
  relayHintBytes: 128,
  signalBytes: 512,
  /** What two pages tell each other to connect, sealed. */
  sealedSignalBytes: 1_024,
  /** A link or a pairing code, pasted. */
  linkLetters: 2_000,
  backupItemBytes: 16_384,

  /** What a Square keeps: so many messages, so long, and dated no further ahead of us. */
  squareMessages: 200,
  squareMs: 86_400_000,
  squareAheadMs: 7_200_000,
  /** Devices a Square's owner keeps out at once. */
  expelled: 64,
  /** A message as its author signed it. */
  pinnedBytes: 8_300,
  /** The owner's word about a Square. */
  ownerWordBytes: 14_336,
  /** How much higher than the one before its number may be: whoever is owner next finds numbers above it for ever. */
  ownerLeap: 1_048_576,
  /** Devices and invites in the owner's word on who may come in. */
  accessKeys: 564,
  accessWordBytes: 18_432,
} as const;
