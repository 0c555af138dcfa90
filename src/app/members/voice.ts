/** How a room of members is spoken to in passing: receipts and words of presence, each sealed in its turn at the disk. */
import type { Core } from '../core.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import { encodePassing } from '../../protocol/entries/passing.ts';
import { encodeRoomWord } from '../../protocol/entries/room-word.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, Short } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { headsOf, nodeOf } from '../../protocol/rooms/graph.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import { entitledInRoom } from '../../protocol/sync/entitled.ts';
import type { Voice } from '../delivery/say.ts';
import { pathOf } from '../mesh/peers.ts';
import { readSigned } from '../rooms/kept.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Vault } from './vault.ts';

export function createVoice(core: Core, desk: MembersDesk): Voice {
  const { vault, post } = desk;
  return {
    say: (room, content, peer) => {
      if (pathOf(peer) === null || room.stage !== 'in') return 'closed';
      void core.lane.run(async () => {
        await vault.turn((turn) => {
          const sealed = turn.room(room.id);
          if (sealed === null || pathOf(peer) === null) return;
          if (content.kind === 'receipt') {
            const messages = content.messages.map(shortOf);
            desk.cast(turn, room, encodePassing({ kind: 'receipt', state: 'stored', messages }), peer);
            return;
          }
          const isKnown = peer.device !== null && vault.pair(peer.device).sessions.length > 0;
          const word = {
            peer: content.peer,
            about: content.about,
            bundle: isKnown || content.about === 'leaves' ? null : (vault.keys.prekeys[0]?.bundle.bytes ?? null),
            heads: headsOf(sealed.graph).slice(0, limits.operationParents),
            clocks: clocksOf(room),
          };
          desk.cast(turn, room, encodeRoomWord(word), peer);
        });
      });
      return 'sent';
    },
    give: async (room, kept, peer) => {
      const device = peer.device;
      if (device === null || pathOf(peer) === null) return 'closed';
      const mayHave = entitled(vault, room, device);
      const entries = kept.flatMap((bytes) => readSigned(bytes) ?? []).filter(mayHave);
      let isPosted = true;
      const isKept = await vault.turn(async (turn) => {
        for (let at = 0; at < entries.length && isPosted; at += mostAtOnce) {
          const part = { kind: 'entries', number: 0, entries: entries.slice(at, at + mostAtOnce) } as const;
          isPosted = await desk.tell(turn, room.id, device, part);
        }
      });
      if (isKept) post.flush(peer);
      return isKept && isPosted ? 'sent' : 'closed';
    },
  };
}

/** Y1: what was said since they came, and as far back as the room lets newcomers read. */
function entitled(vault: Vault, room: Room, device: DeviceId): (signed: Signed) => boolean {
  const sealed = vault.room(room.id);
  const summary = sealed && summaryOf(sealed.graph);
  const since = summary?.members.flatMap(({ devices }) => devices).find((each) => each.device === device)?.since;
  const came = since === undefined || sealed === null ? null : nodeOf(sealed.graph, since);
  if (came === null || summary === null) return () => false;
  const { historyDays } = summary.policy;
  const mayHave = entitledInRoom({ atMs: came.operation.atMs, historyDays, isAfter: () => false });
  return ({ device: author, entry }) => {
    const read = decodeEntry(entry);
    return !isRefusal(read) && (author === device || mayHave({ device: author, seq: read.seq, sentAtMs: read.sentAtMs }));
  };
}

export const clocksOf = (room: Room): { readonly device: Short; readonly seq: number }[] =>
  [...room.heads]
    .slice(-limits.devicesPerRoom)
    .map(([device, head]: readonly [DeviceId, { readonly upTo: number }]) => ({ device: shortOf(device), seq: head.upTo }));

/** Longest ones still fit one envelope. */
const mostAtOnce = 8;
