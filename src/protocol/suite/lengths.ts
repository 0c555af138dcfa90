/** Our own keys and luck have exactly one length; another is a bug here, never a stranger's doing, so it throws. */
export function needLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw new Error(`${what}: ${bytes.length} bytes, should be ${length}`);
}
