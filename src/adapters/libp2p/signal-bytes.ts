/** What two pages must tell each other to connect: an SDP without its boilerplate, and small enough for a QR when it goes by hand. */
import { createReader, createWriter } from '../../protocol/bytes.ts';
import type { Reader, Writer } from '../../protocol/bytes.ts';
import { isRefusal, refuse } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { formatHost, parseHost, readHost, writeHost } from './signal-hosts.ts';
import type { Link } from '../../ports/network.ts';
import type { Host } from './signal-hosts.ts';

/** One end of a connection. */
export interface Description {
  /** SHA-256 of the DTLS certificate. */
  readonly fingerprint: Uint8Array;
  readonly ufrag: string;
  readonly password: string;
  /** Who begins DTLS; an offer leaves it open. */
  readonly setup: Setup;
  readonly candidates: readonly Candidate[];
}
export type Setup = (typeof setups)[number];

/** By hand: all at once, and who it is. */
export interface HandSignal extends Description {
  readonly kind: 'offer' | 'answer';
  /** What answers, as both say: people and relays are never taken for each other. */
  readonly answerer: Link['end'];
  /** Ed25519 public key behind the peer id. */
  readonly key: Uint8Array;
  /** An answer names its offer: the first bytes of its SHA-256. Empty in an offer. */
  readonly to: Uint8Array;
}

/** Sealed, of one dial: what there is goes at once, and candidates as they are found. */
export type DialSignal =
  | ({ readonly kind: 'offer' | 'answer' } & Description)
  | { readonly kind: 'more'; readonly candidates: readonly Candidate[] }
  /** Will not be, or is given up. */
  | { readonly kind: 'end' };

export interface Candidate {
  readonly kind: 'host' | 'reflexive';
  readonly host: Host;
  readonly port: number;
}

export const answeredBytes = 8;
export const maxCandidates = 8;
const version = 1;
const maxTextBytes = 64;
const setups = ['actpass', 'active', 'passive'] as const;
const dialKinds = ['offer', 'answer', 'more', 'end'] as const;
const iceText = /^[A-Za-z0-9+/_-]{4,64}$/;

export function encodeHandSignal(signal: HandSignal): Uint8Array {
  const out = createWriter()
    .u8(version)
    .u8((signal.kind === 'offer' ? 0 : 8) + (signal.answerer === 'peer' ? 0 : 16) + setups.indexOf(signal.setup))
    .fixed(signal.key)
    .fixed(signal.fingerprint)
    .fixed(signal.to);
  return writeRest(out, signal).done();
}

export function decodeHandSignal(bytes: Uint8Array): HandSignal | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const flags = read.u8();
  const kind = flags & 8 ? 'answer' : 'offer';
  const answerer = flags & 16 ? 'relay' : 'peer';
  const setup = setups[flags & 7];
  if (flags > 31 || !isSetupOf(kind, setup)) return refuse('unknown-kind');
  const key = read.fixed(32);
  const fingerprint = read.fixed(32);
  const to = read.fixed(kind === 'offer' ? 0 : answeredBytes);
  const rest = readRest(read);
  return isRefusal(rest) ? rest : { kind, answerer, key, fingerprint, setup, to, ...rest };
}

export function encodeDialSignal(signal: DialSignal): Uint8Array {
  const out = createWriter().u8(dialKinds.indexOf(signal.kind));
  if (signal.kind === 'end') return out.done();
  if (signal.kind === 'more') return writeCandidates(out, signal.candidates).done();
  return writeRest(out.u8(setups.indexOf(signal.setup)).fixed(signal.fingerprint), signal).done();
}

export function decodeDialSignal(bytes: Uint8Array): DialSignal | Refusal {
  const read = createReader(bytes);
  const kind = dialKinds[read.u8()];
  if (kind === undefined || bytes.length === 0) return refuse('unknown-kind');
  if (kind === 'end') return read.isDone() ? { kind } : refuse('truncated');
  if (kind === 'more') {
    const candidates = readCandidates(read);
    return isRefusal(candidates) ? candidates : { kind, candidates };
  }
  const setup = setups[read.u8()];
  if (!isSetupOf(kind, setup)) return refuse('unknown-kind');
  const fingerprint = read.fixed(32);
  const rest = readRest(read);
  return isRefusal(rest) ? rest : { kind, fingerprint, setup, ...rest };
}

const isSetupOf = (kind: 'offer' | 'answer', setup: Setup | undefined): setup is Setup =>
  setup !== undefined && (setup === 'actpass') === (kind === 'offer');

type Rest = Pick<Description, 'ufrag' | 'password' | 'candidates'>;

const writeRest = (out: Writer, { ufrag, password, candidates }: Rest): Writer =>
  writeCandidates(out.text(ufrag).text(password), candidates);

function readRest(read: Reader): Rest | Refusal {
  const ufrag = read.text(maxTextBytes);
  const password = read.text(maxTextBytes);
  const candidates = readCandidates(read);
  if (isRefusal(candidates)) return candidates;
  // These end up in an SDP, line by line.
  if (!iceText.test(ufrag) || !iceText.test(password) || password.length < 22) return refuse('bad-id');
  return { ufrag, password, candidates };
}

function writeCandidates(out: Writer, candidates: readonly Candidate[]): Writer {
  out.u8(Math.min(candidates.length, maxCandidates));
  for (const { kind, host, port } of candidates.slice(0, maxCandidates)) {
    writeHost(out.u8(kind === 'host' ? 0 : 1), host).u16(port);
  }
  return out;
}

/** They are always last. */
function readCandidates(read: Reader): readonly Candidate[] | Refusal {
  const count = read.u8();
  if (count > maxCandidates) return refuse('too-many');
  const candidates = Array.from({ length: count }, () => readCandidate(read));
  if (!read.isDone()) return refuse('truncated');
  return candidates.every((candidate) => candidate !== null) ? candidates : refuse('bad-id');
}

function readCandidate(read: Reader): Candidate | null {
  const kind = read.u8();
  const host = readHost(read);
  const port = read.u16();
  return kind > 1 || host === null || port === 0 ? null : { kind: kind === 0 ? 'host' : 'reflexive', host, port };
}

/** Null when a browser writes an SDP we do not know. */
export function fromSdp(sdp: string, kind: 'offer' | 'answer'): Description | null {
  const line = (name: string): string | undefined => new RegExp(`^a=${name}:(.+?)\\s*$`, 'm').exec(sdp)?.[1];
  const [ufrag, password, fingerprint] = [line('ice-ufrag'), line('ice-pwd'), line('fingerprint')];
  const hash = /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(fingerprint ?? '')?.[1];
  if (ufrag === undefined || password === undefined || hash === undefined) return null;
  const setup = kind === 'offer' ? 'actpass' : line('setup') === 'passive' ? 'passive' : 'active';
  const candidates = [...sdp.matchAll(/^a=(candidate:.*)$/gm)].flatMap(([, each = '']) => parseCandidate(each) ?? []);
  return {
    fingerprint: Uint8Array.from(hash.split(':'), (pair) => Number.parseInt(pair, 16)),
    ufrag,
    password,
    setup,
    candidates: candidates.slice(0, maxCandidates),
  };
}

/** As a browser tells of it. Null for what we do not carry: TCP, relays, hosts that mean nothing elsewhere. */
export function parseCandidate(text: string): Candidate | null {
  const [, address = '', port = '', kind = ''] = candidateText.exec(text) ?? [];
  const host = parseHost(address);
  return host === null ? null : { kind: kind === 'host' ? 'host' : 'reflexive', host, port: Number(port) };
}

const candidateText = /^candidate:\S+ 1 udp \d+ (\S+) (\d+) typ (host|srflx)/i;

/** `at`: its place among those of this end. */
export function formatCandidate({ kind, host, port }: Candidate, at: number): string {
  const type = kind === 'host' ? { preference: 126, name: 'host' } : { preference: 100, name: 'srflx raddr 0.0.0.0 rport 0' };
  const priority = type.preference * 2 ** 24 + (65_535 - at) * 256 + 255;
  return `candidate:${at + 1} 1 udp ${priority} ${formatHost(host)} ${port} typ ${type.name}`;
}

export function toSdp({ fingerprint, ufrag, password, candidates }: Description, setup: Setup): string {
  const pairs = Array.from(fingerprint, (byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${pairs.join(':')}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    ...candidates.map((candidate, at) => `a=${formatCandidate(candidate, at)}`),
    '',
  ].join('\r\n');
}
