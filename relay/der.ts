/** The few words of DER that a certificate of our own needs. */
export const seq = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const oid = (...bytes: readonly number[]): Buffer => tlv(0x06, Buffer.from(bytes));
/** UTCTime: two digits of the year, good until 2049. */
export const time = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}
