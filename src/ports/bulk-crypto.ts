/** What we ask of cryptography that is too heavy to wait for: whole file chunks and batches. Bytes handed in stay unchanged until it answers. */
export interface BulkCrypto {
  /** SHA-256. */
  digest(bytes: Uint8Array): Promise<Uint8Array>;
  /** AES-256-GCM as the suite's: a key of 32 bytes and a nonce of 12, or it rejects; 16 bytes longer than `plain`. */
  seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, bound: Uint8Array): Promise<Uint8Array>;
  /** Null unless every byte is as it was sealed. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Promise<Uint8Array | null>;
  /** Ed25519, exactly as strict as the suite's; answers in the order of the batch. */
  verifyAll(batch: readonly SignedBytes[]): Promise<readonly boolean[]>;
}

export interface SignedBytes {
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}
