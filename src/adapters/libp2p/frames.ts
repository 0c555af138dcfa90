/** Cuts a byte stream into frames: length as varint, then the frame. */

/** Takes chunks as they come. `bad`: too long, or a length nobody would write; read no further. */
export type FrameReader = (chunk: Uint8Array) => 'good' | 'bad';

/** The length field of a frame is never longer: 3 × 7 bits. */
const maxLengthBytes = 3;

/** `onFrame` answers false to hear no more. */
export function createFrameReader(maxFrameBytes: number, onFrame: (frame: Uint8Array) => boolean): FrameReader {
  let length = 0;
  let lengthBytes = 0;
  let body: Uint8Array | null = null;
  let filled = 0;
  let isDone = false;

  const give = (frame: Uint8Array): void => {
    body = null;
    length = 0;
    lengthBytes = 0;
    filled = 0;
    if (!onFrame(frame)) isDone = true;
  };

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !isDone) {
      if (body === null) {
        const byte = chunk[at]!;
        at += 1;
        length += (byte & 0x7f) * 2 ** (7 * lengthBytes);
        lengthBytes += 1;
        if (byte >= 0x80) {
          if (lengthBytes === maxLengthBytes) return 'bad';
          continue;
        }
        if (length > maxFrameBytes || (byte === 0 && lengthBytes > 1)) return 'bad';
        if (chunk.length - at >= length) {
          const end = at + length;
          // A small frame must not keep a large chunk alive.
          const whole = length * 2 >= chunk.length ? chunk.subarray(at, end) : chunk.slice(at, end);
          at = end;
          give(whole);
          continue;
        }
        body = new Uint8Array(length);
      }
      const part = chunk.subarray(at, at + body.length - filled);
      body.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === body.length) give(body);
    }
    return 'good';
  };
}

export function writeFrame(frame: Uint8Array): Uint8Array {
  const lengthBytes = frame.length < 0x80 ? 1 : frame.length < 0x4000 ? 2 : 3;
  const bytes = new Uint8Array(lengthBytes + frame.length);
  let rest = frame.length;
  for (let at = 0; at < lengthBytes; at += 1) {
    bytes[at] = at < lengthBytes - 1 ? (rest & 0x7f) | 0x80 : rest;
    rest >>= 7;
  }
  bytes.set(frame, lengthBytes);
  return bytes;
}
