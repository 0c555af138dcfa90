/** What a person wrote, said once: a tab that asked may ask again when the leading one died between disk and answer. */
import type { Core } from '../core.ts';
import type { MessageId, RoomId } from '../../protocol/ids.ts';
import { byteLength, textBytes } from '../fit.ts';
import { decodeJson, encodeJson, keyOf, under } from '../records.ts';
import { noneUnsent } from '../rooms/unsent.ts';
import type { Turn, Vault } from './vault.ts';

export interface Draft {
  readonly id: MessageId;
  /** It may have been sent under this id before. */
  readonly again: boolean;
  readonly room: RoomId;
  readonly text: string;
}

export interface Drafts {
  load(): Promise<void>;
  /** True: it is on the disk, now or before. `say` makes an entry of it in the turn; false: it cannot be said. */
  once(draft: Draft, say: (turn: Turn) => boolean | Promise<boolean>): Promise<boolean>;
}

export function createDrafts(core: Core, vault: Vault): Drafts {
  /** Oldest first; with the number that each was said as. */
  let said: readonly Said[] = [];

  const keep = (turn: Turn, { id, room }: Draft): void => {
    const n = (said.at(-1)?.n ?? 0) + 1;
    turn.write({ op: 'put', key: keyOf.draft(id), value: encodeJson({ n }) }, noneUnsent(room));
    const over = said.slice(0, Math.max(0, said.length + 1 - mostKept));
    turn.write(...over.map((old) => ({ op: 'delete', key: keyOf.draft(old.id) }) as const));
    turn.after(() => {
      said = [...said.slice(over.length), { id, n }];
    });
  };

  return {
    load: async () => {
      const kept = await core.storage.range(under('draft'));
      said = kept.map(({ key, value }) => readSaid(key, value)).sort((one, other) => one.n - other.n);
    },
    once: async (draft, say) => {
      const { id, again, text } = draft;
      if (text === '') return false;
      if (byteLength(text) > textBytes) {
        core.trouble('message-too-long');
        return false;
      }
      return core.lane.run(async () => {
        if (again && said.some((each) => each.id === id)) return true;
        let isSaid = false;
        const isKept = await vault.turn(async (turn) => {
          isSaid = await say(turn);
          if (isSaid) keep(turn, draft);
        });
        return isKept && isSaid;
      });
    },
  };
}

interface Said {
  readonly id: MessageId;
  readonly n: number;
}

/** Once nothing stood there; what did so is older than all that has a number. */
const readSaid = (key: string, value: Uint8Array): Said => ({
  id: key.slice('draft/'.length) as MessageId,
  n: decodeJson(value, { n: 'number' })?.n ?? 0,
});

/** More than a tab asks before it is answered. */
const mostKept = 64;
