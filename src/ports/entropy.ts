/** What we ask of luck. */
export interface Entropy {
  /** Fresh bytes nobody can guess (in the memory world: seeded, for tests alone). */
  bytes(length: number): Uint8Array;
}
