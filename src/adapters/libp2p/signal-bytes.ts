/** What two devices must tell each other to connect, small enough for a QR: an SDP without its boilerplate. */
import { createReader, createWriter } from '../../protocol/bytes.ts';
import type { Reader } from '../../protocol/bytes.ts';
import { refuse } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { formatHost, parseHost, readHost, writeHost } from './signal-hosts.ts';
import type { Host } from './signal-hosts.ts';

export interface Signal {
  readonly kind: 'offer' | 'answer';
  /** Ed25519 public key behind the peer id. */
  readonly key: Uint8Array;
  /** SHA-256 of the DTLS certificate. */
  readonly fingerprint: Uint8Array;
  readonly ufrag: string;
  readonly password: string;
  /** Who begins DTLS; an offer leaves it open. */
  readonly setup: 'actpass' | 'active' | 'passive';
  readonly candidates: readonly Candidate[];
  /** An answer names its offer: the first bytes of its SHA-256. Empty in an offer. */
  readonly to: Uint8Array;
}

export interface Candidate {
  readonly kind: 'host' | 'reflexive';
  readonly host: Host;
  readonly port: number;
}

export const answeredBytes = 8;
const version = 1;
const maxCandidates = 8;
const maxTextBytes = 64;
const setups = ['actpass', 'active', 'passive'] as const;
const iceText = /^[A-Za-z0-9+/_-]{4,64}$/;

export function encodeSignal(signal: Signal): Uint8Array {
  const candidates = signal.candidates.slice(0, maxCandidates);
  const out = createWriter()
    .u8(version)
    .u8((signal.kind === 'offer' ? 0 : 8) + setups.indexOf(signal.setup))
    .fixed(signal.key)
    .fixed(signal.fingerprint)
    .fixed(signal.to)
    .text(signal.ufrag)
    .text(signal.password)
    .u8(candidates.length);
  for (const { kind, host, port } of candidates) {
    writeHost(out.u8(kind === 'host' ? 0 : 1), host)
      .u8(port >> 8)
      .u8(port & 0xff);
  }
  return out.done();
}

export function decodeSignal(bytes: Uint8Array): Signal | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const flags = read.u8();
  const kind = flags & 8 ? 'answer' : 'offer';
  const setup = setups[flags & 7];
  if (setup === undefined || flags > 15 || (setup === 'actpass') !== (kind === 'offer')) return refuse('unknown-kind');
  const key = read.fixed(32);
  const fingerprint = read.fixed(32);
  const to = read.fixed(kind === 'offer' ? 0 : answeredBytes);
  const ufrag = read.text(maxTextBytes);
  const password = read.text(maxTextBytes);
  const count = read.u8();
  if (count > maxCandidates) return refuse('too-many');
  const candidates = Array.from({ length: count }, () => readCandidate(read));
  if (!read.isDone()) return refuse('truncated');
  // These end up in an SDP, line by line.
  if (!iceText.test(ufrag) || !iceText.test(password) || password.length < 22) return refuse('bad-id');
  if (!candidates.every((candidate) => candidate !== null)) return refuse('bad-id');
  return { kind, key, fingerprint, ufrag, password, setup, candidates, to };
}

function readCandidate(read: Reader): Candidate | null {
  const kind = read.u8();
  const host = readHost(read);
  const port = read.u8() * 256 + read.u8();
  return kind > 1 || host === null || port === 0 ? null : { kind: kind === 0 ? 'host' : 'reflexive', host, port };
}

/** Null when a browser writes an SDP we do not know. */
export function fromSdp(sdp: string, parts: Pick<Signal, 'kind' | 'key' | 'to'>): Signal | null {
  const line = (name: string): string | undefined => new RegExp(`^a=${name}:(.+?)\\s*$`, 'm').exec(sdp)?.[1];
  const [ufrag, password, fingerprint] = [line('ice-ufrag'), line('ice-pwd'), line('fingerprint')];
  const hash = /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(fingerprint ?? '')?.[1];
  if (ufrag === undefined || password === undefined || hash === undefined) return null;
  const setup = parts.kind === 'offer' ? 'actpass' : line('setup') === 'passive' ? 'passive' : 'active';
  const candidates: Candidate[] = [];
  for (const [, address = '', port = '', kind = ''] of sdp.matchAll(candidateLine)) {
    const host = parseHost(address);
    if (host === null || candidates.length === maxCandidates) continue;
    candidates.push({ kind: kind === 'host' ? 'host' : 'reflexive', host, port: Number(port) });
  }
  return {
    ...parts,
    fingerprint: Uint8Array.from(hash.split(':'), (pair) => Number.parseInt(pair, 16)),
    ufrag,
    password,
    setup,
    candidates,
  };
}

const candidateLine = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ (host|srflx)/gim;

export function toSdp(signal: Signal, setup: Signal['setup']): string {
  const pairs = Array.from(signal.fingerprint, (byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  const candidates = signal.candidates.map(({ kind, host, port }, at) => {
    const type = kind === 'host' ? { preference: 126, name: 'host' } : { preference: 100, name: 'srflx raddr 0.0.0.0 rport 0' };
    const priority = type.preference * 2 ** 24 + (65_535 - at) * 256 + 255;
    return `a=candidate:${at + 1} 1 udp ${priority} ${formatHost(host)} ${port} typ ${type.name}`;
  });
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${signal.ufrag}`,
    `a=ice-pwd:${signal.password}`,
    `a=fingerprint:sha-256 ${pairs.join(':')}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    ...candidates,
    '',
  ].join('\r\n');
}
