/** Reads what another process of ours holds in its memory, on Linux. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** In pieces that overlap by `overlap` bytes, so that nothing hides on a seam. What the kernel does not give is left out. */
export function* readMemory(pid: number, overlap: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to, path] = /^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
      if (from === undefined || to === undefined || path === '[vvar]') continue;
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += pieceBytes) {
        const piece = Buffer.allocUnsafe(Math.min(pieceBytes + overlap, end - at));
        const read = readOr0(memory, piece, at);
        if (read > 0) yield piece.subarray(0, read);
      }
    }
  } finally {
    closeSync(memory);
  }
}

const pieceBytes = 16 * 2 ** 20;

function readOr0(memory: number, into: Buffer, at: number): number {
  try {
    return readSync(memory, into, 0, into.length, at);
  } catch {
    return 0;
  }
}
