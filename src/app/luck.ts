/** Choices left to luck, which is an argument. */
import type { Entropy } from '../ports/entropy.ts';

/** So many of them, each as likely as any other. */
export function pick<Item>(items: readonly Item[], count: number, entropy: Entropy): readonly Item[] {
  const left = [...items];
  const picked: Item[] = [];
  while (picked.length < count && left.length > 0) picked.push(...left.splice(below(left.length, entropy), 1));
  return picked;
}

/** 32 bits against a handful: the bias is under one in a million. */
function below(bound: number, entropy: Entropy): number {
  const bytes = entropy.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % bound;
}
