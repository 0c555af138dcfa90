/** What a link rides on, whatever that is made of: whole frames both ways, in order. */
import type { CloseReason } from '../../ports/network.ts';

export interface Wire {
  /** The connection or socket whose life the link shares. */
  readonly carrier: object;
  isOpen(): boolean;
  /** `full`: the far end reads too slowly. Keeps no hold of the frame. */
  send(frame: Uint8Array): 'sent' | 'full' | 'closed';
  /** Nobody listens: let no more come than must. */
  pause(): void;
  resume(): void;
  /** Lets out what was sent, then ends the carrier too. */
  close(): void;
  /** Ends it at once. */
  abort(why: string): void;
  /** Once. What came before is told now. */
  listen(on: WireEvents): void;
}

export interface WireEvents {
  /** Answers false to hear no more. */
  onFrame(frame: Uint8Array): boolean;
  /** Perhaps more than once; the first is true. */
  onEnd(why: CloseReason): void;
}

/** Bytes a wire may hold unsent before `full`. */
export const heldBytes = 262_144;
