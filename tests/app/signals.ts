/** Signals of a network without an app, as frames that the relay passes on. */
import type { Carry, Link, Network } from '../../src/ports/network.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';

export const carryOver =
  (relay: Link, to: PeerId): Carry =>
  (bytes) =>
    relay.send(encodeMeet({ kind: 'pass', to, bytes: encodeFrame({ kind: 'signal', bytes }) })) === 'sent';

/** For every frame of the relay link: hands the network what is for it. */
export function takeSignals(network: Network, relay: Link, bytes: Uint8Array): void {
  const passed = decodeMeet(bytes);
  if (!('kind' in passed) || passed.kind !== 'passed') return;
  const frame = decodeFrame(passed.bytes);
  if ('kind' in frame && frame.kind === 'signal') network.takeSignal(passed.from, frame.bytes, carryOver(relay, passed.from));
}
