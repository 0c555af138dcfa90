/** One signed step in a room's life: who did what, knowing what. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import type { DeviceId, OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { asSent, readSent, writeSent } from '../sent.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { actKinds, readAct, writeAct } from './act.ts';
import type { Act } from './act.ts';

export interface Operation {
  readonly bytes: Uint8Array;
  readonly id: OperationId;
  readonly room: RoomId;
  readonly author: DeviceId;
  readonly atMs: number;
  readonly parents: readonly OperationId[];
  readonly act: Act;
}

export interface OperationAuthor {
  readonly id: DeviceId;
  readonly signSecret: Uint8Array;
}

/** `room` is null where the act founds one. */
export function makeOperation(
  suite: Suite,
  author: OperationAuthor,
  room: RoomId | null,
  atMs: number,
  parents: readonly OperationId[],
  act: Act,
): Operation {
  const out = createWriter().u8(version).u8(actKinds[act.kind]);
  out.fixed(room === null ? new Uint8Array(16) : hexToBytes(room)).fixed(hexToBytes(author.id));
  writeSent(out, atMs).u8(parents.length);
  for (const parent of parents) out.fixed(hexToBytes(parent));
  writeAct(out, act);
  const said = out.done();
  const bytes = concat([said, suite.sign(author.signSecret, labelled('operation', said))]);
  if (bytes.length > limits.operationBytes) throw new Error(`An operation of ${bytes.length} bytes`);
  const id = operationIdOf(suite, bytes);
  return { bytes, id, room: room ?? roomIdOf(suite, bytes), author: author.id, atMs: asSent(atMs), parents, act };
}

/** O1, as far as it needs no other operation; what an act carries of others' signatures is checked here too, but for requests and revocations. */
export function decodeOperation(suite: Suite, bytes: Uint8Array): Operation | Refusal {
  if (bytes.length > limits.operationBytes) return refuse('too-big');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const kind = read.u8();
  const said = read.fixed(16);
  const author = read.fixed(sizes.signKey);
  const atMs = readSent(read);
  const count = read.u8();
  if (count > limits.operationParents) return refuse('too-many');
  const parents = Array.from({ length: count }, () => bytesToHex(read.fixed(sizes.hash)) as OperationId);
  const rest = read.rest();
  if (!read.isGood() || rest.length < sizes.signature) return refuse('truncated');
  const isFound = kind === actKinds.found;
  // O1: the founding stands alone, at the beginning, and names no room: it makes one.
  if (isFound !== (count === 0) || isFound !== said.every((byte) => byte === 0)) return refuse('unknown-parent');
  if (new Set(parents).size !== count) return refuse('bad-id');
  const signed = labelled('operation', bytes.subarray(0, bytes.length - sizes.signature));
  if (!suite.verify(author, signed, rest.subarray(rest.length - sizes.signature))) return refuse('bad-signature');
  const room = isFound ? roomIdOf(suite, bytes) : (bytesToHex(said) as RoomId);
  const by = bytesToHex(author) as DeviceId;
  const act = readAct(suite, kind, rest.subarray(0, rest.length - sizes.signature), room, by);
  if (isRefusal(act)) return act;
  return { bytes: bytes.slice(), id: operationIdOf(suite, bytes), room, author: by, atMs, parents, act };
}

const version = 2;

const operationIdOf = (suite: Suite, bytes: Uint8Array): OperationId => bytesToHex(suite.hash(bytes)) as OperationId;

const roomIdOf = (suite: Suite, found: Uint8Array): RoomId =>
  bytesToHex(suite.hash(labelled('room', found)).subarray(0, 16)) as RoomId;
