/** Everything at rest that is read back, perhaps changed by somebody meanwhile. */
import { concat } from '../../../src/protocol/bytes.ts';
import { createItemReader, encodeBackupItem } from '../../../src/protocol/rest/backup-item.ts';
import type { BackupItem } from '../../../src/protocol/rest/backup-item.ts';
import { createBackupOpener, createBackupSealer } from '../../../src/protocol/rest/backup.ts';
import { decodeKeyBox, sealKeyBox } from '../../../src/protocol/rest/key-box.ts';
import { createRecordSealer } from '../../../src/protocol/rest/record.ts';
import { decodeRecoveryCode, encodeRecoveryCode } from '../../../src/protocol/rest/recovery-code.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { luckOf, suite } from '../people/persons.ts';

export const dataKey: Uint8Array = luckOf('data key')(32);
export const recoverySecret: Uint8Array = luckOf('recovery')(32);
const salt = luckOf('salt')(16);
const passkey = { way: 'passkey', secret: luckOf('passkey')(32) } as const;
const passphrase = { way: 'passphrase', passphrase: 'pole pole' } as const;

const records = createRecordSealer(suite, dataKey, 'rooms');
const record = records.seal('one', 3, Uint8Array.of(1, 2, 3), luckOf('record'));

export const items: readonly BackupItem[] = [
  { kind: 'person', bytes: luckOf('person')(65) },
  { kind: 'setting', bytes: new Uint8Array(0) },
  { kind: 'entry', bytes: luckOf('entry')(300) },
];
const written = concat(items.map(encodeBackupItem));

export function sealed(plain: Uint8Array): Uint8Array {
  const sealer = createBackupSealer(suite, recoverySecret, luckOf('backup'));
  return concat([sealer.add(plain), sealer.end()]);
}

/** In pieces of so many bytes. */
export function opened(
  file: Uint8Array,
  pieceBytes: number = file.length,
  secret: Uint8Array = recoverySecret,
): Uint8Array | Refusal {
  const opener = createBackupOpener(suite, secret);
  const plain: Uint8Array[] = [];
  for (let at = 0; at < file.length; at += pieceBytes) {
    const some = opener.add(file.subarray(at, at + pieceBytes));
    if (isRefusal(some)) return some;
    plain.push(some);
  }
  const last = opener.end();
  return isRefusal(last) ? last : concat([...plain, last]);
}

export const restDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'record',
    samples: [record],
    again: (bytes) => {
      const plain = records.open('one', 3, bytes);
      return isRefusal(plain) ? plain : records.seal('one', 3, plain, () => bytes.slice(1, 13));
    },
  },
  {
    name: 'key box',
    samples: [
      sealKeyBox(suite, dataKey, passkey, salt, luckOf('box')),
      sealKeyBox(suite, dataKey, passphrase, salt, luckOf('box'), { memoryKib: 8, passes: 1 }),
    ],
    again: (bytes) => {
      const box = decodeKeyBox(bytes);
      return isRefusal(box) ? box : box.bytes;
    },
  },
  {
    name: 'backup',
    samples: [sealed(written), sealed(new Uint8Array(0))],
    again: (bytes) => {
      const plain = opened(bytes, 50);
      return isRefusal(plain) ? plain : sealed(plain);
    },
  },
  {
    name: 'backup items',
    samples: [written],
    again: (bytes) => {
      const reader = createItemReader();
      const read = [...some(reader.add(bytes.subarray(0, 70))), ...some(reader.add(bytes.subarray(70)))];
      const again = concat(read.map(encodeBackupItem));
      // Kinds nobody knows are left out, so only what is read whole can be compared.
      return reader.end() ?? (again.length === bytes.length ? again : bytes);
    },
  },
  {
    name: 'recovery code',
    samples: [new TextEncoder().encode(encodeRecoveryCode(suite, recoverySecret).join(' '))],
    again: (bytes) => {
      const secret = decodeRecoveryCode(suite, new TextDecoder().decode(bytes));
      // There are many spellings of one code.
      return isRefusal(secret) || Buffer.compare(secret, recoverySecret) !== 0 ? { refused: 'bad-word' } : bytes;
    },
  },
];

const some = (read: readonly BackupItem[] | Refusal): readonly BackupItem[] => (isRefusal(read) ? [] : read);
