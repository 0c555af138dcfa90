/** Seals bytes with WebCrypto's AES-GCM under a key both bench pages have: the least a sealed message costs. */

const NONCE_BYTES = 12;
const KEY_BYTES = new Uint8Array(32).fill(7); // measured, never trusted

let key: Promise<CryptoKey> | undefined;
let sealedSoFar = 0;

export async function seal(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(8, (sealedSoFar += 1));
  const box = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await theKey(), body));
  const sealed = new Uint8Array(NONCE_BYTES + box.length);
  sealed.set(nonce);
  sealed.set(box, NONCE_BYTES);
  return sealed;
}

export async function openSealed(sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const iv = sealed.subarray(0, NONCE_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await theKey(), sealed.subarray(NONCE_BYTES)));
}

const theKey = (): Promise<CryptoKey> =>
  (key ??= crypto.subtle.importKey('raw', KEY_BYTES, 'AES-GCM', false, ['encrypt', 'decrypt']));
