/** What the owner of a Square said last, as this device knows it: from its relay, from others there, or by its own hand. */
import type { Core, Self } from '../core.ts';
import { decodeContent } from '../../protocol/content.ts';
import type { Message } from '../../protocol/content.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { isGraceOver, knownClosing } from '../../protocol/square/closing.ts';
import type { KnownClosing } from '../../protocol/square/closing.ts';
import { ownerRefusal } from '../../protocol/square/pace.ts';
import { decodeOwnerWord, encodeOwnerWord, outlineOfWord } from '../../protocol/square/word.ts';
import type { OwnerWord } from '../../protocol/square/word.ts';
import { keyOf } from '../records.ts';

export interface Owner {
  readonly room: RoomId;
  load(): Promise<void>;
  word(): OwnerWord | null;
  /** Q5: closed, and nothing new is waited for. */
  isShut(): boolean;
  /** What this device says nobody takes. */
  isOut(device: DeviceId): boolean;
  /** As it is said to others. */
  bytes(): Uint8Array | null;
  pinned(): Message | null;
  /** Null: it holds from now on. `mayOpen` is asked before it costs a signature. */
  hear(bytes: Uint8Array, from: 'our-relay' | 'somebody', mayOpen: () => boolean): RefusalReason | null;
  /** What this device would say as the owner, one number above what it knows. */
  write(me: Self, change: Pick<OwnerWord, 'did' | 'about'> & Partial<OwnerWord>): Uint8Array;
}

export function createOwner(core: Core, room: RoomId): Owner {
  let known: { readonly bytes: Uint8Array; readonly word: OwnerWord; readonly pinned: Message | null } | null = null;
  let closing: KnownClosing | null = null;

  const read = (bytes: Uint8Array): RefusalReason | null => {
    const word = decodeOwnerWord(bytes, room);
    if (isRefusal(word)) return word.refused;
    // Nobody can pin what its author did not say.
    const pinned = word.pinned && decodeContent(word.pinned, room);
    closing = knownClosing(closing, word, core.clock.ticksMs());
    known = { bytes, word, pinned: pinned && 'kind' in pinned && pinned.kind === 'message' ? pinned : null };
    return null;
  };

  const isShut = (): boolean => isGraceOver(closing, core.clock.nowMs(), core.clock.ticksMs());

  const refusalOf = (bytes: Uint8Array, from: 'our-relay' | 'somebody'): RefusalReason | null => {
    const outline = outlineOfWord(bytes);
    if (isRefusal(outline)) return outline.refused;
    // Q1: who the owner is, the relay says; what the owner said last, the number does (Q2).
    if (outline.owner !== known?.word.owner) return from === 'our-relay' ? null : 'not-owner';
    if (outline.seq - known.word.seq > limits.ownerLeap) return 'too-far-ahead';
    return outline.seq > known.word.seq ? null : 'repeated';
  };

  return {
    room,
    load: async () => {
      const kept = await core.storage.get(keyOf.ownerWord(room));
      if (kept !== null && known === null) read(kept.value);
    },
    word: () => known?.word ?? null,
    isShut,
    isOut: (device) => known !== null && ownerRefusal(known.word, device, isShut() ? Infinity : 0) !== null,
    bytes: () => known?.bytes ?? null,
    pinned: () => known?.pinned ?? null,
    hear: (bytes, from, mayOpen) => {
      const why = refusalOf(bytes, from) ?? (mayOpen() ? read(bytes) : 'too-many');
      if (why === null)
        void core.lane.run(() => core.commit([{ op: 'put', key: keyOf.ownerWord(room), value: bytes }], 'relaxed'));
      return why;
    },
    write: (me, change) => {
      const before = known?.word;
      const word: OwnerWord = {
        closedMs: before?.closedMs ?? null,
        clearedMs: before?.clearedMs ?? 0,
        pinned: before?.pinned ?? null,
        // Whoever owns it now is in.
        expelled: (before?.expelled ?? []).filter(({ device }) => device !== me.key.id),
        ...change,
        owner: me.key.id,
        name: me.name,
        seq: (before?.seq ?? 0) + 1,
        atMs: core.clock.nowMs(),
      };
      return encodeOwnerWord(word, room, me.key);
    },
  };
}

/** By its number alone, which nobody vouches for: what it brings about is that ours is said. */
export function isOlder(bytes: Uint8Array, word: OwnerWord | null): boolean {
  const outline = outlineOfWord(bytes);
  return 'seq' in outline && word !== null && outline.seq < word.seq;
}
