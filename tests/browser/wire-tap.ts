/** A plain TCP proxy before the relay that keeps every byte, and takes WebSocket frames apart: what a page sends is masked. */
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface WireTap {
  /** Where pages go instead of to the relay. */
  readonly url: string;
  /** As it went over the wire, each connection and direction by itself; and what WebSocket frames held, unmasked. */
  heard(): readonly Buffer[];
  /** Of WebSocket frames, both ways. */
  payloadBytes(): number;
  /** Whether a connection agreed to compress: then looking for text would prove nothing. */
  isCompressed(): boolean;
  close(): Promise<void>;
}

export async function tapWire(relayPort: number): Promise<WireTap> {
  const streams: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const keep = (from: Socket, to: Socket): void => {
    const stream: Buffer[] = [];
    streams.push(stream);
    sockets.add(from);
    from.on('data', (bytes: Buffer) => {
      stream.push(bytes);
      to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((page) => {
    const relay = connect(relayPort, '127.0.0.1');
    keep(page, relay);
    keep(relay, page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const whole = (): readonly Buffer[] => streams.map((stream) => Buffer.concat(stream));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    heard: () => whole().flatMap((stream) => [stream, payloadsIn(stream)]),
    payloadBytes: () => whole().reduce((sum, stream) => sum + payloadsIn(stream).length, 0),
    isCompressed: () => whole().some((stream) => /^HTTP[^]*^sec-websocket-extensions:/im.test(headOf(stream) ?? '')),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The first head of a connection, where it makes a WebSocket of it: the page's request, or the answer that agrees. */
function headOf(stream: Buffer): string | null {
  const end = stream.indexOf('\r\n\r\n');
  const head = stream.subarray(0, end + 4).toString('latin1');
  return end >= 0 && /^(GET|HTTP\/1\.1 101) /.test(head) && /^upgrade: websocket\r$/im.test(head) ? head : null;
}

/** What the frames hold, one behind the other: a text that was cut into frames is whole again. */
export function payloadsIn(stream: Buffer): Buffer {
  const head = headOf(stream);
  if (head === null) return Buffer.alloc(0);
  const payloads: Buffer[] = [];
  for (let at = head.length; at + 2 <= stream.length;) {
    const isMasked = (stream[at + 1]! & 0x80) !== 0;
    const short = stream[at + 1]! & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (at + 2 + extra > stream.length) break;
    const length = extra === 2 ? stream.readUInt16BE(at + 2) : extra === 8 ? Number(stream.readBigUInt64BE(at + 2)) : short;
    const from = at + 2 + extra + (isMasked ? 4 : 0);
    const payload = Buffer.from(stream.subarray(from, from + length));
    if (isMasked) for (let each = 0; each < payload.length; each += 1) payload[each]! ^= stream[from - 4 + (each & 3)]!;
    payloads.push(payload);
    at = from + length;
  }
  return Buffer.concat(payloads);
}
