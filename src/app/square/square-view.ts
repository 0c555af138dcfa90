/** What is shown of the Square beside its messages: whose it is, what is on top, and when I may speak again. */
import type { Core } from '../core.ts';
import type { Message } from '../../protocol/content.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { mayNextSpeakMs, ownerRefusal } from '../../protocol/square/pace.ts';
import type { Spoken } from '../../protocol/square/pace.ts';
import type { OwnerWord } from '../../protocol/square/word.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import { lastSaid } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { ClaimView, SquareView } from '../view.ts';

export interface SquareNow {
  readonly room: Room;
  readonly book: { saidBy(device: DeviceId): readonly Spoken[] };
  readonly hidden: { blocked(): readonly DeviceId[]; messages(): number };
  readonly owner: { word(): OwnerWord | null; pinned(): Message | null };
}

export function squareView(core: Core, { room, book, hidden, owner }: SquareNow, claim: ClaimView | null): SquareView {
  const me = core.me()?.key.id;
  const [word, pinned, nowMs] = [owner.word(), owner.pinned(), core.clock.nowMs()];
  const nameOf = (device: DeviceId, told: string): string => room.names.get(device) ?? fitName(told, nameBytes);
  return {
    room: room.id,
    owner: word && { device: word.owner, name: fitName(word.name, nameBytes) },
    isMine: word !== null && word.owner === me,
    isClosed: word !== null && word.closedMs !== null,
    silent: word && me !== undefined ? ownerRefusal(word, me, Infinity) : null,
    mayWriteAtMs: me === undefined ? 0 : mayNextSpeakMs(nowMs, book.saidBy(me), lastSaid(room, me) + 1),
    pinned: pinned && {
      author: pinned.author,
      name: nameOf(pinned.author, pinned.name),
      text: pinned.text,
      sentAtMs: pinned.sentAtMs,
    },
    deed: word && { did: word.did, about: fitName(word.about, nameBytes), atMs: word.atMs },
    expelled: (word?.expelled ?? []).map(({ device, name }) => ({ device, name: nameOf(device, name) })),
    blocked: hidden.blocked().map((device) => ({ device, name: nameOf(device, '') })),
    hidden: hidden.messages(),
    claim,
  };
}
