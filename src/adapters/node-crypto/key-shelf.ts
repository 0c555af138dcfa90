/** Keeps a bounded number of imported keys; who was not asked for longest goes first. */
import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { forgetFirst } from '../../protocol/forget-first.ts';

export function createKeyShelf(capacity: number, importKey: (bytes: Uint8Array) => KeyObject): (bytes: Uint8Array) => KeyObject {
  const shelf = new Map<string, KeyObject>();
  return (bytes) => {
    // By digest: a secret must not become a string, which nobody can erase.
    const name = createHash('sha256').update(bytes).digest('base64');
    const kept = shelf.get(name);
    if (kept !== undefined) shelf.delete(name);
    const key = kept ?? importKey(bytes);
    shelf.set(name, key);
    forgetFirst(shelf, capacity);
    return key;
  };
}
