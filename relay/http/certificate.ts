/** The host's own certificate: read, checked before anybody meets it, and read again when it is renewed. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { codeOf } from '../error-code.ts';
import type { Host } from './host.ts';

export interface Certificate {
  /** PEM, as the TLS server takes them. */
  readonly cert: string;
  readonly key: string;
  readonly fingerprint: string;
  /** Host names it was made for; a wildcard stands as it is. */
  readonly names: readonly string[];
  readonly validUntilMs: number;
  /** No browser trusts it without being told to. */
  readonly isSelfSigned: boolean;
  covers(host: Host): boolean;
}

export type ReadCertificate =
  | { readonly state: 'read'; readonly certificate: Certificate }
  | { readonly state: 'refused'; readonly lines: readonly string[] };

export function readCertificate(certFile: string, keyFile: string): ReadCertificate {
  const cert = readText(certFile);
  const key = readText(keyFile);
  if (cert === null) return refused(`--cert ${certFile}: this file cannot be read.`);
  if (key === null) return refused(`--key ${keyFile}: this file cannot be read.`);
  const first = attempt(() => new X509Certificate(cert));
  if (first === null) return refused(`--cert ${certFile}: there is no certificate in it (PEM, "BEGIN CERTIFICATE").`);
  const secret = attempt(() => createPrivateKey(key));
  if (secret === null) return refused(`--key ${keyFile}: there is no private key in it (PEM, without a password).`);
  if (!first.checkPrivateKey(secret)) return refused(`--key ${keyFile}: this key does not belong to the certificate ${certFile}`);
  return {
    state: 'read',
    certificate: {
      cert,
      key,
      fingerprint: first.fingerprint256,
      names: namesIn(first.subjectAltName ?? ''),
      validUntilMs: Date.parse(first.validTo),
      isSelfSigned: first.checkIssued(first),
      covers: ({ kind, name }) => (kind === 'name' ? first.checkHost(name) : first.checkIP(name)) !== undefined,
    },
  };
}

const refused = (line: string): ReadCertificate => ({ state: 'refused', lines: [line] });

/** Of a certificate's alternative names, as Node spells them, the host names. */
export const namesIn = (alternatives: string): readonly string[] =>
  [...alternatives.matchAll(/(?:^|, )DNS:([^,\s]+)/g)].map(([, name = '']) => name.toLowerCase());

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return null;
  }
}

function attempt<Value>(make: () => Value): Value | null {
  try {
    return make();
  } catch {
    return null;
  }
}
