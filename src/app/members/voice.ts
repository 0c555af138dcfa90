/**
 * How a room of members is spoken to in passing: over the session with a device where there is one, else to the room, in one envelope
 * for all who are to hear it: the numbers of a room's chain are counted by everybody, also those that hear only some of it.
 */
import type { Core } from '../core.ts';
import { encodeBetween } from '../../protocol/entries/between.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import { encodePassing } from '../../protocol/entries/passing.ts';
import { encodeRoomWord } from '../../protocol/entries/room-word.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, OperationId, PeerId, Short } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Receipt, Summary } from '../../protocol/content.ts';
import { arrivalOf } from '../../protocol/rooms/arrival.ts';
import { whyNot } from '../../protocol/rooms/counting.ts';
import { mayHaveHead } from '../../protocol/rooms/epochs.ts';
import { emptyGraph, headsOf, leadsTo } from '../../protocol/rooms/graph.ts';
import { decodeHeadEntry } from '../../protocol/rooms/head-entry.ts';
import type { OperationNode } from '../../protocol/rooms/known.ts';
import type { Room as SealedRoom } from '../../protocol/rooms/room.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { servedCasts } from '../../protocol/rooms/room-acts.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import { historyFromMs } from '../../protocol/sync/entitled.ts';
import { encodePart } from '../../protocol/sync/parts.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { keyOf, sentAtMsIn } from '../records.ts';
import type { Handed, Voice } from '../delivery/say.ts';
import { pathOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import { readSigned } from '../rooms/kept.ts';
import type { Room } from '../rooms/room.ts';
import { readCame } from './came.ts';
import type { MembersDesk } from './desk.ts';
import { packed } from './packed.ts';
import type { Turn, Vault } from './vault.ts';

export function createVoice(core: Core, desk: MembersDesk): Voice {
  const { vault, post } = desk;
  /** In their turn at the disk: what is said meanwhile to more peers goes with it. */
  const words = new Map<
    string,
    { readonly room: Room; readonly peer: PeerId; readonly about: Summary['about']; readonly to: Set<Peer> }
  >();

  const inTurn = (room: Room, run: (turn: Turn, sealed: SealedRoom) => void): void => {
    void core.lane.run(async () => {
      if (core.rooms.get(room.id) !== room) return;
      await vault.turn((turn) => {
        const sealed = turn.room(room.id);
        if (sealed !== null) run(turn, sealed);
      });
    });
  };

  /** Whom we are bound to, and share a session with: only they can read it, so nothing in it says where it is said from. */
  const passTo = (turn: Turn, room: Room, peer: Peer, part: Parameters<typeof encodePart>[0]): boolean => {
    const { device } = peer;
    if (device === null || !room.members.has(device)) return false;
    return post.pass(turn, device, encodeBetween({ kind: 'sync', room: room.id, part: encodePart(part) }), peer);
  };

  const sayWord = (room: Room, content: Summary, peer: Peer): void => {
    const { about } = content;
    const name = `${room.id}/${about}`;
    const planned = words.get(name);
    if (planned !== undefined) return void planned.to.add(peer);
    const word = { room, peer: content.peer, about, to: new Set([peer]) };
    words.set(name, word);
    inTurn(room, (turn, sealed) => {
      words.delete(name);
      const clocks = clocksOf(room);
      const heads = headsOf(sealed.graph).slice(0, limits.operationParents);
      const left = [...word.to].filter((each) => {
        if (pathOf(each) === null) return false;
        return about === 'leaves' || !passTo(turn, room, each, { kind: 'summary', asks: about === 'asks', heads, clocks });
      });
      if (left.length === 0) return;
      const bundle = about === 'leaves' ? null : (vault.keys.prekeys[0]?.bundle.bytes ?? null);
      desk.cast(turn, room, encodeRoomWord({ peer: word.peer, about, bundle, heads, clocks }), left);
    });
  };

  const sayReceipt = (room: Room, receipt: Receipt, peer: Peer): void =>
    inTurn(room, (turn) => {
      const { device } = peer;
      const head = device === null ? undefined : room.heads.get(device);
      // All up to there; what lies above a gap has to be named.
      if (device !== null && head?.above.size === 0) {
        const clock = { device: shortOf(device), seq: head.upTo };
        if (passTo(turn, room, peer, { kind: 'summary', asks: false, heads: [], clocks: [clock] })) return;
      }
      const messages = receipt.messages.map(shortOf);
      // To all: whoever hears nothing of a chain for sixteen numbers loses sight of it, and one who lies can ask for many receipts.
      desk.cast(turn, room, encodePassing({ kind: 'receipt', state: 'stored', messages }), 'all');
    });

  return {
    secretsOf: (room) => {
      const sealed = vault.room(room.id);
      return sealed === null ? [] : servedCasts(sealed);
    },
    say: (room, content, peer): Handed => {
      if (pathOf(peer) === null || room.stage !== 'in') return 'closed';
      if (content.kind === 'receipt') sayReceipt(room, content, peer);
      else sayWord(room, content, peer);
      return 'sent';
    },
    headsOf: (room) => headsOf(vault.room(room.id)?.graph ?? emptyGraph(room.id)),
    firstHead: async (room, device, before) => {
      const sealed = vault.room(room.id);
      const came = sealed && arrivalOf(sealed.graph, device);
      if (!came) return null;
      const fromMs = historyFromMs({ atMs: came.operation.atMs, historyDays: summaryOf(sealed.graph).policy.historyDays });
      const me = vault.keys.us.device.id;
      let [low, high] = [0, fromMs === 0 ? 0 : (room.heads.get(me)?.upTo ?? 0)];
      while (low < high) {
        const n = Math.ceil((low + high) / 2);
        const log = await core.storage.get(keyOf.log(room.id, me, n));
        if (log !== null && sentAtMsIn(decodeText(log.value) ?? '') >= fromMs) high = n - 1;
        else low = n;
      }
      return fromMs === 0 ? before : { upTo: 0, above: new Set(before?.above), from: low };
    },
    give: async (room, kept, peer) => {
      const device = peer.device;
      if (device === null || pathOf(peer) === null) return 'closed';
      // They have not taken what they were given.
      if (post.isBusyWith(device)) return 'full';
      const mayHave = await entitled(core, vault, room, device);
      const entries = kept.flatMap((bytes) => readSigned(bytes) ?? []).filter(mayHave);
      let isPosted = true;
      const isKept = await vault.turn(async (turn) => {
        for (const part of packed(entries, mostAtOnce, ({ entry }) => entry.length + aroundEach)) {
          isPosted &&= await desk.tell(turn, room.id, device, { kind: 'entries', entries: part });
        }
      });
      if (isKept) post.flush(peer);
      return isKept && isPosted ? 'sent' : 'closed';
    },
  };
}

/**
 * Y1: what was said since they came, and as far back as the room lets newcomers read: by its author's clock, and by what was here when
 * they came, as clocks differ; unless its author knew of their coming. What does not count is nobody's.
 */
async function entitled(core: Core, vault: Vault, room: Room, device: DeviceId): Promise<(signed: Signed) => boolean> {
  const sealed = vault.room(room.id);
  const came = sealed && arrivalOf(sealed.graph, device);
  if (sealed === null || came === null) return () => false;
  const { historyDays } = summaryOf(sealed.graph).policy;
  const fromMs = historyFromMs({ atMs: came.operation.atMs, historyDays });
  const isBefore = historyDays === 0 ? await readCame(core, room, came.operation) : () => false;
  /** Entries of one author come in their order. */
  const knowing = new Set<DeviceId>();
  return ({ device: author, epochId, entry }) => {
    const read = decodeEntry(entry);
    if (isRefusal(read)) return false;
    const { seq, parents, body, sentAtMs } = read;
    if (whyNot(sealed.graph, { device: author, epochId, seq, parents }) !== null) return false;
    // K2: from a head seed follows all that its device said in the epoch.
    const head = body.kind === 'head' ? decodeHeadEntry(body.bytes) : null;
    if (head !== null && (isRefusal(head) || !mayHaveHead(sealed.graph, head.operation, device))) return false;
    // Whoever has named it once knew of it ever after; its own word goes before any clock.
    if (knowing.has(author) || knowsOf(sealed, came, epochId, parents)) knowing.add(author);
    if (author === device || knowing.has(author)) return true;
    // Of my own I know without any clock what I said after I had heard of them.
    const isSince = sentAtMs >= fromMs || author === vault.keys.us.device.id;
    return historyDays === 0 ? isSince && !isBefore(author, seq) : sentAtMs >= fromMs;
  };
}

/** Whether an entry itself says that it was said with this operation in sight. */
function knowsOf({ graph }: SealedRoom, came: OperationNode, epochId: OperationId, parents: readonly Short[]): boolean {
  const named = parents.flatMap((short) => graph.known.shorts.get(short) ?? []);
  return [epochId, ...named].some((id) => id === came.operation.id || leadsTo(graph, came.operation.id, id));
}

export const clocksOf = (room: Room): { readonly device: Short; readonly seq: number }[] =>
  [...room.heads]
    .slice(-limits.devicesPerRoom)
    .map(([device, head]: readonly [DeviceId, { readonly upTo: number }]) => ({ device: shortOf(device), seq: head.upTo }));

const mostAtOnce = 32;
const aroundEach = 140;
