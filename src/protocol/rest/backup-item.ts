/** What stands in a backup, one item after the other. No kind holds a session, a chain or a device's secrets (R2). */
import { concat, createReader, createWriter } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export interface BackupItem {
  readonly kind: BackupKind;
  readonly bytes: Uint8Array;
}

export type BackupKind = (typeof kinds)[number];

export const encodeBackupItem = ({ kind, bytes }: BackupItem): Uint8Array =>
  createWriter()
    .u8(kinds.indexOf(kind) + 1)
    .capped(bytes)
    .done();

export interface ItemReader {
  /** Plain bytes as the backup gives them; kinds that a later version wrote are skipped. */
  add(plain: Uint8Array): readonly BackupItem[] | Refusal;
  /** Null where the last item was whole. */
  end(): Refusal | null;
}

/** Holds less than one item between calls. */
export function createItemReader(): ItemReader {
  let waiting: Uint8Array = new Uint8Array(0);
  let failed: Refusal | null = null;
  return {
    add: (plain) => {
      if (failed) return failed;
      const all = waiting.length === 0 ? plain : concat([waiting, plain]);
      const items: BackupItem[] = [];
      for (let at = 0; ;) {
        const head = createReader(all.subarray(at, at + headBytes));
        const kind = kinds[head.u8() - 1];
        const length = head.varint();
        if (!head.isGood() && all.length - at >= headBytes) return (failed = refuse('truncated'));
        if (length > limits.backupItemBytes) return (failed = refuse('too-big'));
        const from = at + 1 + varintBytes(length);
        if (!head.isGood() || from + length > all.length) {
          waiting = all.slice(at);
          return items;
        }
        if (kind !== undefined) items.push({ kind, bytes: all.slice(from, from + length) });
        at = from + length;
      }
    },
    end: () => failed ?? (waiting.length === 0 ? null : refuse('truncated')),
  };
}

const kinds = ['person', 'certificate', 'revocation', 'room', 'operation', 'entry', 'setting'] as const;
/** The longest that a kind and a length can be, sense or nonsense. */
const headBytes = 9;

const varintBytes = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : 3);
