/** A libp2p stream as a link's wire; its connection lives and dies with the link. */
import type { Connection, Stream } from '@libp2p/interface';
import { limits } from '../../protocol/limits.ts';
import { createFrameReader, writeFrame } from './frames.ts';
import { heldBytes } from './wire.ts';
import type { Wire } from './wire.ts';

const closeTimeoutMs = 1_000;

export function wireOfStream(stream: Stream, connection: Connection): Wire {
  let broke = (): void => undefined;
  return {
    carrier: connection,
    isOpen: () => stream.status === 'open',
    send: (frame) => {
      if (stream.writeStatus !== 'writable') return 'closed';
      if (stream.writableNeedsDrain || stream.writeBufferLength > heldBytes) return 'full';
      try {
        stream.send(writeFrame(frame));
        return 'sent';
      } catch {
        broke();
        return 'closed';
      }
    },
    pause: () => {
      if (stream.readStatus === 'readable') stream.pause();
    },
    resume: () => {
      if (stream.readStatus === 'paused') stream.resume();
    },
    close: () => void closeConnection(connection),
    abort: (why) => abortConnection(connection, why),
    listen: ({ onFrame, onEnd }) => {
      const takeChunk = createFrameReader(limits.frameBytes, onFrame);
      let isBad = false;
      broke = () => onEnd('lost');
      stream.addEventListener('message', (event) => {
        if (isBad || takeChunk(event.data.subarray()) !== 'bad') return;
        isBad = true;
        onEnd('bad-frame');
      });
      stream.addEventListener('remoteCloseWrite', () => onEnd('closed-there'));
      stream.addEventListener('close', (event) => {
        // A reset on a connection that stands is a decision over there; anything else is a broken path.
        const isReset = event.error?.name === 'StreamResetError' && connection.status === 'open';
        onEnd(isReset ? 'closed-there' : 'lost');
      });
      connection.addEventListener('close', () => onEnd('lost'));
    },
  };
}

export async function closeConnection(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeTimeoutMs) });
  } catch {
    abortConnection(connection, 'close failed');
  }
}

/** libp2p's own throws when the muxer still wants to say goodbye on a stream that is gone. */
export function abortConnection(connection: Connection, why: string): void {
  try {
    connection.abort(new Error(why));
  } catch {
    // Then there is nothing left to end.
  }
}
