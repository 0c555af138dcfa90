/** The first envelope of a session (WIRE section 3.2), opened a second time by who holds the responder's secrets. */
import { big, insist, isZero, join, same, takerOf } from './bytes.ts';
import { msFrom2020, readContent } from './content.ts';
import type { SecondContent } from './content.ts';
import { readEnvelope, tagOf, withoutPadding } from './envelope.ts';
import { readCertificate } from './people.ts';
import type { SecondCertificate } from './people.ts';
import { DH, H, KDF, MAC, admitDhKey, checkSignature, label, openKem, openSeal, zeros } from './primitives.ts';

export type ResponderSecrets = {
  readonly bundle: Uint8Array;
  readonly deviceDh: Uint8Array;
  readonly prekeyDh: Uint8Array;
  readonly prekeyKemSeed: Uint8Array;
  /** By the id of the invite; 32 zeros where there is none. */
  readonly psk?: Uint8Array;
};

export type SecondInitial = {
  readonly initialId: Uint8Array;
  readonly a: Uint8Array;
  readonly e: Uint8Array;
  readonly certificate: SecondCertificate;
  readonly inviteId: Uint8Array;
  readonly replaces: Uint8Array;
  readonly sentMs: number;
  readonly transcript: Uint8Array;
  readonly root0: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly chain0: Uint8Array;
  readonly bytes: Uint8Array;
  readonly content: SecondContent;
};

export const openInitial = (envelope: Uint8Array, secrets: ResponderSecrets): SecondInitial => {
  const { bucket, rest } = readEnvelope(envelope);
  insist(bucket === 7, 'bad-bucket');
  const [tag, e, ciphertext] = [rest.take(16), rest.take(32), rest.take(1_088)];
  const a = MAC(H(label('initial tag'), secrets.bundle), e).slice(0, 16);
  insist(same(tagOf(a), tag), 'unknown-tag');
  admitDhKey(e);

  const dh3 = DH(secrets.prekeyDh, e);
  const ss = openKem(secrets.prekeyKemSeed, ciphertext);
  const outer = KDF(H(secrets.bundle, e, ciphertext), join(dh3, ss), label('initial outer'), 44);
  const outerBound = rest.before();
  const who = takerOf(openSeal(outer.slice(0, 32), outer.slice(32), rest.take(316 + 16), outerBound));
  const certificate = readCertificate(who.take(199));
  const [inviteId, replaces, sent, reset] = [who.take(16), who.take(32), who.u40(), who.take(64)];
  who.end();

  const transcript = H(
    ...[label('handshake'), big(1, 8), certificate.bytes, secrets.bundle, e, ciphertext],
    ...[inviteId, replaces, big(sent, 40)],
  );
  if (isZero(replaces)) insist(isZero(reset), 'bad-signature');
  else checkSignature(certificate.deviceSignKey, reset, label('reset'), transcript);

  const dh1 = DH(secrets.prekeyDh, certificate.deviceDhKey);
  const dh2 = DH(secrets.deviceDh, e);
  const keys = takerOf(KDF(secrets.psk ?? zeros(32), join(dh1, dh2, dh3, ss), join(label('session'), transcript), 140));
  const [root0, sessionId, chain0] = [keys.take(32), keys.take(16), keys.take(32)];
  const [innerKey, innerNonce] = [keys.take(32), keys.take(12)];
  const innerBound = rest.before();
  const bytes = withoutPadding(openSeal(innerKey, innerNonce, rest.rest(), innerBound));
  const content = readContent(bytes);
  return {
    ...{ initialId: H(envelope), a, e, certificate, inviteId, replaces, sentMs: msFrom2020 + sent },
    ...{ transcript, root0, sessionId, chain0, bytes, content },
  };
};
