/** What a person wrote, said once: a tab that asked may ask again when the leading one died between disk and answer. */
import type { Core } from '../core.ts';
import type { MessageId } from '../../protocol/ids.ts';
import { byteLength, textBytes } from '../fit.ts';
import { keyOf, under } from '../records.ts';
import type { Turn, Vault } from './vault.ts';

export interface Draft {
  readonly id: MessageId;
  /** It may have been sent under this id before. */
  readonly again: boolean;
  readonly text: string;
}

export interface Drafts {
  load(): Promise<void>;
  /** True: it is on the disk, now or before. `say` makes an entry of it in the turn; false: it cannot be said. */
  once(draft: Draft, say: (turn: Turn) => boolean | Promise<boolean>): Promise<boolean>;
}

export function createDrafts(core: Core, vault: Vault): Drafts {
  /** Oldest first. */
  let said: MessageId[] = [];

  const keep = (turn: Turn, id: MessageId): void => {
    turn.write({ op: 'put', key: keyOf.draft(id), value: new Uint8Array(0) });
    const over = said.slice(0, Math.max(0, said.length + 1 - mostKept));
    turn.write(...over.map((old) => ({ op: 'delete', key: keyOf.draft(old) }) as const));
    turn.after(() => {
      said = [...said.slice(over.length), id];
    });
  };

  return {
    load: async () => {
      said = (await core.storage.range(under('draft'))).map(({ key }) => key.slice('draft/'.length) as MessageId);
    },
    once: async ({ id, again, text }, say) => {
      if (text === '') return false;
      if (byteLength(text) > textBytes) {
        core.trouble('message-too-long');
        return false;
      }
      return core.lane.run(async () => {
        if (again && said.includes(id)) return true;
        let isSaid = false;
        const isKept = await vault.turn(async (turn) => {
          isSaid = await say(turn);
          if (isSaid) keep(turn, id);
        });
        return isKept && isSaid;
      });
    },
  };
}

/** More than a tab asks before it is answered. */
const mostKept = 64;
