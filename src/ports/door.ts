/** What we ask of the address this page came from: its relay's card, as parsed JSON; null while nobody answers. */
export type ReadCard = (signal: AbortSignal) => Promise<unknown>;
