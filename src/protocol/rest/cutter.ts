/** Cuts a stream, coming in pieces of any length, into chunks of one length, and holds one chunk at most. */
export interface Cutter {
  /** The full chunks that more follows upon: which one is the last shows only at the end. */
  add(piece: Uint8Array): readonly Uint8Array[];
  /** What is left: empty only where nothing ever came. */
  rest(): Uint8Array;
}

export function createCutter(chunkBytes: number): Cutter {
  const chunk = new Uint8Array(chunkBytes);
  let held = 0;
  return {
    add: (piece) => {
      const full: Uint8Array[] = [];
      for (let at = 0; at < piece.length;) {
        if (held === chunkBytes) {
          full.push(chunk.slice());
          held = 0;
        }
        const some = piece.subarray(at, at + chunkBytes - held);
        chunk.set(some, held);
        held += some.length;
        at += some.length;
      }
      return full;
    },
    rest: () => chunk.slice(0, held),
  };
}
