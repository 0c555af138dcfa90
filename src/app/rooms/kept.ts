/** A message as it lies on the disk: signed by its author, in the spelling of its room's kind. */
import { bytesToHex, hexToBytes, createReader, createWriter } from '../../protocol/bytes.ts';
import { decodeOwnContent } from '../../protocol/content.ts';
import type { Message } from '../../protocol/content.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import type { DeviceId, MessageId, OperationId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { messageIdIn } from '../records.ts';

/** What is shown of a record of the timeline; null where nothing is. */
export function readKept(timelineKey: string, value: Uint8Array): Message | null {
  if (value[0] === directMark) {
    const said = readDirect(value);
    return said && messageOf(said, messageIdIn(timelineKey) as MessageId);
  }
  if (value[0] !== signedMark) {
    const content = decodeOwnContent(value);
    return 'kind' in content && content.kind === 'message' ? content : null;
  }
  const signed = readSigned(value);
  return signed && messageOf(signed, messageIdIn(timelineKey) as MessageId);
}

/** Of an entry that sync or the cast brought; null for one that is not shown as a line. */
export function messageOf(signed: Pick<Signed, 'device' | 'entry'>, id: MessageId): Message | null {
  const entry = decodeEntry(signed.entry);
  if (isRefusal(entry)) return null;
  const { body, seq, sentAtMs } = entry;
  const text = body.kind === 'text' || body.kind === 'reply' ? body.text : '';
  return { kind: 'message', author: signed.device, id, n: seq, sentAtMs, name: '', text };
}

/** In rooms of members: mark · device 32 · epoch 32 · n 4 · signature 64 · entry. */
export const writeSigned = ({ device, epochId, n, signature, entry }: Signed): Uint8Array =>
  createWriter().u8(signedMark).fixed(hexToBytes(device)).fixed(hexToBytes(epochId)).u32(n).fixed(signature).fixed(entry).done();

export function readSigned(value: Uint8Array): Signed | null {
  const read = createReader(value);
  if (read.u8() !== signedMark) return null;
  const device = bytesToHex(read.fixed(32)) as DeviceId;
  const epochId = bytesToHex(read.fixed(32)) as OperationId;
  const n = read.u32();
  const signature = read.fixed(64);
  const entry = read.rest();
  return read.isDone() ? { device, epochId, n, signature, entry } : null;
}

/** In a conversation of two, where nothing is signed: mark · device 32 · entry. */
export const writeDirect = ({ device, entry }: Pick<Signed, 'device' | 'entry'>): Uint8Array =>
  createWriter().u8(directMark).fixed(hexToBytes(device)).fixed(entry).done();

export function readDirect(value: Uint8Array): Pick<Signed, 'device' | 'entry'> | null {
  const read = createReader(value);
  if (read.u8() !== directMark) return null;
  const device = bytesToHex(read.fixed(32)) as DeviceId;
  const entry = read.rest();
  return read.isDone() ? { device, entry } : null;
}

/** No content of version 1 begins so. */
const signedMark = 0x82;
const directMark = 0x83;
