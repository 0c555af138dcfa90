/** What people type, made fit: trimmed, on one line, and no longer than the wire takes. */
export function clip(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  let clipped = text.trim().replaceAll(/\s+/gu, ' ');
  while (encoder.encode(clipped).length > maxBytes) clipped = Array.from(clipped).slice(0, -1).join('');
  return clipped.trim();
}
