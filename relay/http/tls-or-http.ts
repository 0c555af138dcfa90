/** Waits for a connection's first byte, which tells TLS from HTTP, and puts it back for whoever comes next. */
import type { Socket } from 'node:net';

export type FirstByte = 'tls' | 'http' | 'nothing';

/** A TLS record that opens a handshake. No HTTP method begins so. */
const handshakeByte = 0x16;

export function onFirstByte(socket: Socket, patienceMs: number, tell: (first: FirstByte) => void): void {
  const timer = setTimeout(() => done('nothing'), patienceMs);
  const done = (first: FirstByte): void => {
    clearTimeout(timer);
    socket.off('readable', look).off('close', gone);
    tell(first);
  };
  const gone = (): void => done('nothing');
  const look = (): void => {
    const chunk: unknown = socket.read();
    if (!(chunk instanceof Uint8Array) || chunk.length === 0) {
      if (socket.readableEnded || socket.destroyed) done('nothing');
      return;
    }
    socket.unshift(chunk);
    done(chunk[0] === handshakeByte ? 'tls' : 'http');
  };
  socket.on('readable', look).once('close', gone);
}
