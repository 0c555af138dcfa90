/** What two pages of a memory world tell each other to connect: who, which dial, and a sum that garbage does not have. */
import { parsePeerId } from '../../protocol/ids.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { foldBytes } from './trace.ts';

/** The last two are of a link by hand to a relay. */
const kinds = ['offer', 'answer', 'refusal', 'relay-offer', 'relay-answer'] as const;

export interface Signal {
  readonly kind: (typeof kinds)[number];
  readonly peer: PeerId;
  readonly id: string;
  /** The offer this belongs to. */
  readonly offer: string;
}

export const writeSignal = (signal: Signal, length: number): Uint8Array => {
  const text = `${signal.kind} ${signal.peer} ${signal.id} ${signal.offer}`;
  const body = new TextEncoder().encode(text.padEnd(length - 4, ' '));
  const sum = foldBytes(body);
  return Uint8Array.from([...body, sum >>> 24, (sum >>> 16) & 255, (sum >>> 8) & 255, sum & 255]);
};

export const readSignal = (bytes: Uint8Array): Signal | null => {
  if (bytes.length < leastBytes || bytes.length > mostBytes) return null;
  const body = bytes.subarray(0, -4);
  const sum = bytes.subarray(-4).reduce((whole, byte) => whole * 256 + byte, 0);
  if (sum !== foldBytes(body)) return null;
  const [kindText, peerText = '', id = '', offer = ''] = new TextDecoder().decode(body).trim().split(' ');
  const peer = parsePeerId(peerText);
  const kind = kinds.find((each) => each === kindText);
  if (peer === null || kind === undefined) return null;
  return { kind, peer, id, offer };
};

const leastBytes = 100;
const mostBytes = 600;
