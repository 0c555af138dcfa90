/**
 * The primitives alone, as WIRE.md asks for them and no more, on bytes of the lengths they have there: what the protocol is measured
 * against. Written by hand, so that a call the protocol makes without need counts against the protocol.
 */
import { sizes } from '../../../src/protocol/suite/suite.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { luckOf } from './people.ts';

/** Bytes of conversation envelopes that are neither content nor padding, and of an initial's parts. */
const lengths = { certificate: 199, bundle: 1_484, initial: 2_048, who: 316, claims: 53, label: 16, sessionId: 16, tag: 16 };
const headBytes = 1 + lengths.tag + sizes.dhKey + sizes.kemCiphertext;
const beforeContentBytes = headBytes + lengths.who + sizes.sealTag;
const firstPaddedBytes = lengths.initial - beforeContentBytes - sizes.sealTag;

/** Both sides of a handshake: sections 3.2 and 3.3, up to the responder's first step. */
export function bareHandshake(suite: Suite): () => void {
  const luck = luckOf('bare handshake');
  const [device, prekey, e, answer] = [luck(32), luck(32), luck(32), luck(32)];
  const [deviceKey, prekeyKey, theirs] = [device, prekey, luck(32)].map((secret) => suite.dhPublic(secret));
  const kemSecret = luck(sizes.kemSecret);
  const kemKey = suite.kemPublic(kemSecret);
  const signer = luck(sizes.signSecret);
  const signKey = suite.signPublic(signer);
  const claim = luck(lengths.certificate - sizes.signature + lengths.label);
  const signature = suite.sign(signer, claim);
  const [bundle, envelope] = [luck(lengths.bundle + lengths.label), luck(lengths.initial)];
  const transcript = luck(lengths.label + 1 + lengths.certificate + lengths.bundle + 32 + sizes.kemCiphertext + lengths.claims);
  const outerSalt = luck(lengths.bundle + 32 + sizes.kemCiphertext);
  const [who, content] = [luck(lengths.who), luck(firstPaddedBytes)];
  const [beforeWho, beforeContent] = [luck(headBytes), luck(beforeContentBytes)];
  const [label, sessionLabel] = [luck(lengths.label), luck(lengths.label + sizes.hash)];
  const [outerSecret, agreed, psk] = [luck(64), luck(128), luck(32)];
  const tag = (): void => void suite.hash(suite.mac(suite.hash(bundle), e).subarray(0, 16));
  const outer = (): readonly [Uint8Array, Uint8Array] => {
    const both = suite.kdf(suite.hash(outerSalt), outerSecret, label, 44);
    return [both.subarray(0, 32), both.subarray(32, 44)];
  };
  const inner = (): readonly [Uint8Array, Uint8Array] => {
    suite.hash(transcript);
    const made = suite.kdf(psk, agreed, sessionLabel, 140);
    return [made.subarray(80, 112), made.subarray(112, 124)];
  };
  const tags = (): void => {
    for (let direction = 0; direction < 2; direction += 1) suite.kdf(agreed.subarray(0, 16), psk, label, 32);
  };
  return () => {
    // Begun.
    suite.dhPublic(e);
    const made = suite.encapsulate(kemKey, psk);
    suite.dh(device, prekeyKey!);
    suite.dh(e, theirs!);
    suite.dh(e, prekeyKey!);
    tag();
    const sealedWho = suite.seal(...outer(), who, beforeWho);
    const sealedContent = suite.seal(...inner(), content, beforeContent);
    suite.hash(envelope);
    tags();
    // Accepted.
    tag();
    suite.hash(envelope);
    suite.dh(prekey, theirs!);
    suite.decapsulate(kemSecret, made!.ciphertext);
    if (suite.open(...outer(), sealedWho, beforeWho) === null) throw new Error('outer');
    if (!suite.verify(signKey, claim, signature)) throw new Error('certificate');
    suite.hash(claim.subarray(0, 64 + lengths.label));
    suite.dh(prekey, deviceKey!);
    suite.dh(device, theirs!);
    if (suite.open(...inner(), sealedContent, beforeContent) === null) throw new Error('inner');
    suite.dhPublic(answer);
    suite.dh(answer, theirs!);
    suite.kdf(psk, outerSecret.subarray(0, 32), label, 64);
    tags();
  };
}

/**
 * Sealing and opening `plainBytes`, sections 3.1 and 3.4's chain: of each message on either side the MAC and the hash of its tag, the
 * MACs of its chain and its key, and AES-256-GCM.
 */
export function bareMessages(suite: Suite, plainBytes: number): (count: number) => void {
  const luck = luckOf('bare message');
  const [tags, plain, bound] = [luck(32), luck(plainBytes), luck(lengths.sessionId + 1 + lengths.tag + 34)];
  const [tagLabel, chainLabel, keyLabel] = [luck(11), luck(14), luck(11)];
  let [sending, receiving] = [luck(32), luck(32)];
  receiving = sending.slice();
  const keyFrom = (chain: Uint8Array): readonly [key: Uint8Array, nonce: Uint8Array, next: Uint8Array] => {
    suite.hash(suite.mac(tags, tagLabel).subarray(0, 16));
    const both = suite.mac(chain, chainLabel);
    const made = suite.mac(both.subarray(32), keyLabel);
    return [made.subarray(0, 32), made.subarray(32, 44), both.subarray(0, 32)];
  };
  return (count) => {
    for (let at = 0; at < count; at += 1) {
      const [sealKey, sealNonce, next] = keyFrom(sending);
      sending = next;
      const sealed = suite.seal(sealKey, sealNonce, plain, bound);
      const [openKey, openNonce, after] = keyFrom(receiving);
      receiving = after;
      if (suite.open(openKey, openNonce, sealed, bound) === null) throw new Error('message');
    }
  };
}

/** AES-256-GCM and nothing else. */
export function bareCipher(suite: Suite, plainBytes: number): (count: number) => void {
  const luck = luckOf('bare cipher');
  const [key, plain, bound] = [luck(32), luck(plainBytes), luck(lengths.sessionId)];
  const nonce = luck(sizes.nonce);
  return (count) => {
    for (let at = 0; at < count; at += 1) {
      // Measured, never trusted; and AES is as fast under any nonce.
      nonce[at % sizes.nonce] = at;
      if (suite.open(key, nonce, suite.seal(key, nonce, plain, bound), bound) === null) throw new Error('cipher');
    }
  };
}
