/** How WebCrypto wants to be told what to seal with. */
export const aesGcm = (nonce: Uint8Array, bound: Uint8Array): AesGcmParams => ({
  name: 'AES-GCM',
  iv: own(nonce),
  additionalData: own(bound),
});

/** None of our buffers is shared between threads, which is what WebCrypto refuses. */
export const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
