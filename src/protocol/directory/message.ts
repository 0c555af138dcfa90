/** What is asked of a server of the directory, and what it answers: another server on `/wavu/directory/1`, or a page in a `directory` frame of its relay. */
import { createReader, createWriter } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { readContact, writeContact } from './contact.ts';
import type { Contact } from './contact.ts';
import type { Place } from './distance.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import type { DirectoryRecord } from './record.ts';

/** `number` comes back with the answer. `from`: the asker is a server itself. */
export type DirectoryMessage = { readonly number: number } & (
  | { readonly kind: 'find'; readonly place: Place; readonly from: Contact | null }
  | { readonly kind: 'put'; readonly record: DirectoryRecord }
  /** The nearest it knows, and what it holds there. */
  | { readonly kind: 'near'; readonly contacts: readonly Contact[]; readonly record: DirectoryRecord | null }
  | { readonly kind: 'kept' }
  | { readonly kind: 'not-kept' }
  /** These two a relay says to its pages, `number` 0 where nobody asked: it is a server among enough, or there is no answer. */
  | { readonly kind: 'awake' }
  | { readonly kind: 'not-now'; readonly why: NotNow }
);

/** `asleep`: fewer than sixteen servers are known. `too-fast`: this page, or all together, asked for more than is looked up. */
export type NotNow = (typeof notNow)[number];

export function encodeDirectory(message: DirectoryMessage): Uint8Array {
  const out = createWriter()
    .u8(version)
    .u8(kinds.indexOf(message.kind) + 1)
    .u32(message.number);
  switch (message.kind) {
    case 'find':
      out.fixed(message.place);
      return optional(out, message.from, (from) => writeContact(out, from)).done();
    case 'put':
      return out.capped(encodeRecord(message.record)).done();
    case 'near':
      out.u8(message.contacts.length);
      for (const contact of message.contacts) writeContact(out, contact);
      return optional(out, message.record, (record) => out.capped(encodeRecord(record))).done();
    case 'not-now':
      return out.u8(notNow.indexOf(message.why) + 1).done();
    case 'kept':
    case 'not-kept':
    case 'awake':
      return out.done();
  }
}

export function decodeDirectory(bytes: Uint8Array): DirectoryMessage | Refusal {
  if (bytes.length > limits.frameBytes) return refuse('too-big');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const kind = kinds[read.u8() - 1];
  if (kind === undefined) return refuse(bytes.length < 2 ? 'truncated' : 'unknown-kind');
  const fields = readFields(read, kind, read.u32());
  if (fields !== null && isRefusal(fields)) return fields;
  return read.isDone() ? (fields ?? refuse('bad-id')) : refuse('truncated');
}

const version = 1;
const kinds = ['find', 'put', 'near', 'kept', 'not-kept', 'awake', 'not-now'] as const;
const notNow = ['asleep', 'too-fast'] as const;
const mostRecordBytes = limits.recordBytes + 128;

function readFields(read: Reader, kind: DirectoryMessage['kind'], number: number): DirectoryMessage | Refusal | null {
  switch (kind) {
    case 'find': {
      const place = read.fixed(32);
      const from = optionally(read, readContact);
      return from === undefined ? null : { kind, number, place, from };
    }
    case 'put': {
      const record = decodeRecord(read.capped(mostRecordBytes));
      return isRefusal(record) ? record : { kind, number, record };
    }
    case 'near': {
      const count = read.u8();
      if (count > limits.contacts) return refuse('too-many');
      const contacts = Array.from({ length: count }, () => readContact(read));
      const record = optionally(read, (rest) => decodeRecord(rest.capped(mostRecordBytes)));
      if (record !== undefined && record !== null && isRefusal(record)) return record;
      return contacts.every((contact) => contact !== null) && record !== undefined ? { kind, number, contacts, record } : null;
    }
    case 'not-now': {
      const why = notNow[read.u8() - 1];
      return why === undefined ? null : { kind, number, why };
    }
    case 'kept':
    case 'not-kept':
    case 'awake':
      return { kind, number };
  }
}

function optional<Value>(out: Writer, value: Value | null, write: (value: Value) => Writer): Writer {
  return value === null ? out.u8(0) : (out.u8(1), write(value));
}

/** Undefined: it is neither there nor not, or it cannot be read. */
function optionally<Value>(read: Reader, one: (read: Reader) => Value | null): Value | null | undefined {
  const flag = read.u8();
  if (flag === 0) return null;
  return flag === 1 ? (one(read) ?? undefined) : undefined;
}
