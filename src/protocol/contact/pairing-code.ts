/** What two people show each other to connect without a server: one code there, one back, each small enough for one QR. */
import { createReader, createWriter } from '../bytes.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';
import { linkBytes, linkText } from './link-text.ts';

export interface PairingCode {
  readonly half: 'offer' | 'answer';
  /** The first 16 bytes of the personId that must come out at the other end. */
  readonly person: Uint8Array;
  /** 16 bytes of luck, new for every code. */
  readonly pskHalf: Uint8Array;
  /** The adapter's, unread here. */
  readonly signal: Uint8Array;
}

/** What stands behind the `#`. */
export function encodePairingCode({ half, person, pskHalf, signal }: PairingCode): string {
  const bytes = createWriter()
    .u8(version)
    .u8(halves.indexOf(half) + 1)
    .fixed(person)
    .fixed(pskHalf)
    .capped(signal)
    .done();
  return linkText(place, bytes);
}

export function decodePairingCode(text: string): PairingCode | Refusal {
  const bytes = linkBytes(place, text);
  if (isRefusal(bytes)) return bytes;
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse('unknown-version');
  const half = halves[read.u8() - 1];
  const person = read.fixed(halfBytes);
  const pskHalf = read.fixed(halfBytes);
  const signal = read.capped(limits.signalBytes);
  if (!read.isDone()) return refuse('truncated');
  return half === undefined ? refuse('unknown-kind') : { half, person, pskHalf, signal };
}

/** Only who saw both codes has it. */
export const pairingPsk = (suite: Suite, offer: PairingCode, answer: PairingCode): Uint8Array =>
  suite.hash(labelled('pairing', offer.pskHalf, answer.pskHalf));

const version = 2;
const place = 'pair';
const halves = ['offer', 'answer'] as const;
const halfBytes = 16;
