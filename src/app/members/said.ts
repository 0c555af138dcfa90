/** What members say in a room, and devices to each other: taken into the turn, kept, answered. */
import type { Core } from '../core.ts';
import { classOf, decodeBetween } from '../../protocol/entries/between.ts';
import { decodeEntry, messageIdOf } from '../../protocol/entries/entry.ts';
import { outlineOf } from '../../protocol/entries/outline.ts';
import { decodePassing } from '../../protocol/entries/passing.ts';
import type { Clock } from '../../protocol/entries/passing.ts';
import { decodeRoomOperations, roomOperationsKind } from '../../protocol/entries/room-operations.ts';
import { decodeRoomWord, roomWordKind } from '../../protocol/entries/room-word.ts';
import type { RoomWord } from '../../protocol/entries/room-word.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, OperationId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { whyNot } from '../../protocol/rooms/counting.ts';
import { headsOf } from '../../protocol/rooms/graph.ts';
import { emptyRoom, receive, sendingEpoch, takeOwn, takeSigned } from '../../protocol/rooms/room.ts';
import type { Room as SealedRoom } from '../../protocol/rooms/room.ts';
import type { Signed } from '../../protocol/rooms/signed.ts';
import { decodePart } from '../../protocol/sync/parts.ts';
import type { Part, Summary as SessionSummary } from '../../protocol/sync/parts.ts';
import type { Summary } from '../../protocol/content.ts';
import type { Arrived } from '../delivery/keeper.ts';
import type { Peer } from '../mesh/peers.ts';
import { writeSigned, messageOf } from '../rooms/kept.ts';
import type { Room } from '../rooms/room.ts';
import { takeBaseline } from './baseline.ts';
import { createBringUp } from './bring-up.ts';
import type { MembersDesk } from './desk.ts';
import { hearingOf } from './hearing.ts';
import type { Hearing } from './hearing.ts';
import { createKeysTold } from './keys-told.ts';
import type { Said } from './receive.ts';
import type { Keep, Told } from './session-receive.ts';
import type { Turn } from './vault.ts';
import { clocksOf } from './voice.ts';

export interface SaidHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  /** They have all of mine up to there. */
  onClock(room: Room, device: DeviceId, upTo: number): void;
  onReceipt(room: Room, device: DeviceId, messages: readonly ReturnType<typeof shortOf>[]): void;
  /** The secret of an invite that another member made. */
  onInvite(turn: Turn, room: Room, bytes: Uint8Array): void;
  /** An entry of the device's own, in the conversation of its person and mine. */
  onDirect(turn: Turn, device: DeviceId, content: Uint8Array): Promise<Arrived | 'later' | 'never'>;
  /** An entry of my own that others have, and gave. */
  onMine(turn: Turn, room: Room, entry: Uint8Array): void;
  /** How far the device has what the two of us said. */
  onDirectClocks(turn: Turn, device: DeviceId, clocks: readonly Clock[]): void;
  /** The invite that I wait behind. */
  behind(room: RoomId): OperationId | null;
  /** A device of a member has nothing of the room. */
  onLost(turn: Turn, room: Room, device: DeviceId): Promise<void>;
  /** What a session with the device begins with. Null: it is taken. */
  onBundle(turn: Turn, device: DeviceId, bytes: Uint8Array): RefusalReason | null;
}

export interface SaidIn {
  inRoom(turn: Turn, room: Room, said: Said): Promise<Arrived | null>;
  /** False: it cannot be kept or judged now, and shall come again. */
  toMe(turn: Turn, told: Told, keep: Keep): Promise<boolean>;
}

export function createSaidIn(core: Core, desk: MembersDesk, hands: SaidHands): SaidIn {
  const { vault, post } = desk;
  const { suite } = vault;
  const bringUp = createBringUp(core, desk);
  const me = vault.keys.us.device.id;
  const hearing = (turn: Turn, room: Room, device: DeviceId): Hearing =>
    hearingOf(room, turn.room(room.id), { me, behind: hands.behind(room.id) }, device);
  const keysTold = createKeysTold(core, vault, hearing);
  const refused = (why: RefusalReason, room: RoomId): null => {
    core.log('message-refused', { why, room });
    return null;
  };

  const takeEntry = (turn: Turn, room: Room, { signed, peer, sealed }: Said): Arrived | null => {
    const entry = decodeEntry(signed.entry);
    if (isRefusal(entry)) return refused(entry.refused, room.id);
    const graph = turn.room(room.id)!.graph;
    const { device, epochId } = signed;
    const why = whyNot(graph, { device, epochId, seq: entry.seq, parents: entry.parents });
    if (why !== null) return refused(why.refused, room.id);
    // M4.
    if (entry.sentAtMs > core.clock.nowMs() + limits.aheadMs) return refused('too-far-ahead', room.id);
    const messageId = messageIdOf(suite, room.id, device, signed.entry);
    const message = messageOf(signed, messageId);
    if (message === null) return null;
    if (entry.body.kind === 'head') keysTold.takeHeadEntry(turn, room, entry.body.bytes);
    if (entry.body.kind === 'invite') hands.onInvite(turn, room, entry.body.bytes);
    turn.after(() => desk.newest.saw(room, outlineOf(messageId, device, entry)));
    return {
      room,
      author: device,
      n: entry.seq,
      messageId,
      peer,
      way: null,
      body: { message, bytes: writeSigned(signed), sealed },
    };
  };

  const takeOperations = (turn: Turn, room: Room, operations: readonly Uint8Array[]): void => {
    for (const bytes of operations) {
      const change = receive(turn.room(room.id) ?? emptyRoom(room.id), vault.hands(), bytes);
      if (isRefusal(change)) refused(change.refused, room.id);
      else turn.setRoom(change.room);
    }
  };

  /** Each brings the other up: operations first, then the keys, then (by the summary) what was said. */
  const takeWord = async (turn: Turn, room: Room, word: RoomWord, { signed, peer }: Said): Promise<void> => {
    const { device, epochId } = signed;
    // Bound to the path it came by: a recorded one, said again elsewhere, makes nobody present.
    if (peer === null || word.peer !== peer.id) return void refused('not-here', room.id);
    if (word.bundle !== null) {
      const why = hands.onBundle(turn, device, word.bundle);
      if (why !== null) refused(why, room.id);
    }
    hear(turn, room, { device, peer, about: word.about, clocks: word.clocks });
    if (word.about === 'leaves') return;
    bringUp.toUs(turn, room, { device, peer, heads: word.heads, epochId });
    // From now on we talk over a session; one of the two begins it.
    if (turn.pair(device).sessions.length > 0 || vault.keys.us.device.id > device) return;
    const heads = headsOf(turn.room(room.id)!.graph).slice(0, limits.operationParents);
    const summary = { kind: 'summary', asks: false, heads, clocks: clocksOf(room) } as const;
    turn.after(() =>
      bringUp.later(room, async (next) => {
        if (next.pair(device).sessions.length === 0) await desk.tell(next, room.id, device, summary);
      }),
    );
  };

  /** Who is there, and how far they have everything. */
  const hear = (turn: Turn, room: Room, { device, peer, about, clocks }: Heard): void => {
    const heads = clocks.map(({ device: short, seq }) => ({ device: short, upTo: seq }));
    const name = room.names.get(device) ?? '';
    const summary: Summary = { kind: 'summary', author: device, peer: peer.id, name, about, heads };
    turn.after(() => {
      hands.onSummary(peer, room, summary);
      post.flush(peer);
    });
  };

  /** The same over a session, from a device of the room. Without heads it is a receipt, and nothing more is meant by it. */
  const takeSummary = (turn: Turn, room: Room, device: DeviceId, peer: Peer | null, part: SessionSummary): void => {
    if (peer === null || room.stage !== 'in' || !room.members.has(device)) return;
    if (part.heads.length === 0) {
      const mine = part.clocks.find((clock) => clock.device === shortOf(vault.keys.us.device.id));
      if (mine !== undefined) turn.after(() => hands.onClock(room, device, mine.seq));
      return;
    }
    hear(turn, room, { device, peer, about: part.asks ? 'asks' : 'tells', clocks: part.clocks });
    bringUp.toUs(turn, room, { device, peer, heads: part.heads, epochId: part.asks ? null : sendingEpoch(turn.room(room.id)!) });
  };

  const takeSync = async (turn: Turn, room: Room, { device, peer }: Told, part: Part, keep: Keep): Promise<boolean> => {
    const now = turn.room(room.id);
    const heard = hearing(turn, room, device);
    // They speak for themselves, and say who is a member: to who knocks, and to who lost some of them.
    const isOpen = room.wait !== null || vault.lackedIn(room.id).length > 0;
    if (part.kind === 'operations' && (isOpen || heard === 'heard')) {
      takeOperations(turn, room, part.operations);
      return true;
    }
    if (part.kind === 'summary' && part.asks && room.wait !== null && !canSpeak(now)) {
      // They see that we knock, and believe us to be in: whatever we have of it, we cannot speak there.
      await desk.tell(turn, room.id, device, { kind: 'want-operations', wanted: part.heads, known: [] });
      return true;
    }
    if (heard === 'not-yet') return false;
    if (heard === 'unknown') {
      if (part.kind === 'summary') await bringUp.tellRemoval(turn, room, { device, peer, heads: part.heads, epochId: null });
      core.log('message-refused', { why: 'unknown-device' });
      return true;
    }
    switch (part.kind) {
      case 'operations':
        return true;
      case 'summary':
        if (room.wait !== null) takeBaseline(core, vault, turn, room, part.clocks);
        takeSummary(turn, room, device, peer, part);
        return true;
      case 'want-operations':
        if (now === null || room.stage !== 'in') return true;
        if (part.known.length === 0 && room.members.has(device)) await hands.onLost(turn, room, device);
        else await bringUp.tellWanted(turn, room, device, part);
        return true;
      case 'entries':
        for (const signed of part.entries) await takeMoved(turn, room, signed, keep);
        return true;
    }
  };

  /** Said before, and given by who has it. */
  const takeMoved = async (turn: Turn, room: Room, signed: Signed, keep: Keep): Promise<void> => {
    const now = turn.room(room.id);
    const taken = now && takeSigned(now, suite, signed);
    if (taken === null) return;
    if (isRefusal(taken)) return void refused(taken.refused, room.id);
    const isMine = signed.device === vault.keys.us.device.id;
    turn.setRoom(isMine ? takeOwn(taken.room, suite, signed) : taken.room);
    const kept = takeEntry(turn, room, { signed, peer: null, sealed: null });
    if (kept !== null && isMine) hands.onMine(turn, room, signed.entry);
    if (kept !== null) await keep(kept);
  };

  const takeBetween = async (turn: Turn, told: Told, keep: Keep): Promise<boolean> => {
    const { device, content } = told;
    const between = decodeBetween(content);
    const refusedFor = (why: RefusalReason): true => {
      core.log('message-refused', { why });
      return true;
    };
    if (isRefusal(between)) return refusedFor(between.refused);
    switch (between.kind) {
      case 'seed-row':
      case 'heads':
        return keysTold.take(turn, device, between.kind, between.body);
      case 'bundle': {
        const why = hands.onBundle(turn, device, between.body);
        return why === null || refusedFor(why);
      }
      case 'sync': {
        const room = core.rooms.get(between.room);
        if (room === undefined || room.kind !== 'members') return refusedFor('no-such-room');
        const part = decodePart(between.part);
        return isRefusal(part) ? refusedFor(part.refused) : takeSync(turn, room, told, part, keep);
      }
      default:
        return refusedFor('unknown-kind');
    }
  };

  const takeTold = async (turn: Turn, told: Told, keep: Keep): Promise<boolean> => {
    if (classOf(told.content) === 'entry') {
      const kept = await hands.onDirect(turn, told.device, told.content);
      return typeof kept === 'string' ? kept !== 'later' : keep(kept);
    }
    if (classOf(told.content) === 'passing') {
      const passing = decodePassing(told.content);
      if ('kind' in passing && passing.kind === 'clocks') hands.onDirectClocks(turn, told.device, passing.clocks);
      return true;
    }
    return takeBetween(turn, told, keep);
  };

  return {
    inRoom: async (turn, room, said) => {
      const { entry: content, device } = said.signed;
      const what = classOf(content);
      if (typeof what !== 'string') return refused(what.refused, room.id);
      if (what === 'entry') return takeEntry(turn, room, said);
      // What two devices have to say is not for a room.
      if (what === 'between') return refused('unknown-kind', room.id);
      if (!room.members.has(device)) {
        const word = decodeRoomWord(content);
        const { peer, signed } = said;
        if (!isRefusal(word) && peer !== null)
          await bringUp.tellRemoval(turn, room, { device, peer, heads: word.heads, epochId: signed.epochId });
        return refused('unknown-device', room.id);
      }
      if (content[0] === roomWordKind) {
        const word = decodeRoomWord(content);
        if (isRefusal(word)) return refused(word.refused, room.id);
        await takeWord(turn, room, word, said);
        return null;
      }
      if (content[0] === roomOperationsKind) {
        const operations = decodeRoomOperations(content);
        if ('refused' in operations) return refused(operations.refused, room.id);
        takeOperations(turn, room, operations);
        return null;
      }
      const passing = decodePassing(content);
      if (isRefusal(passing)) return refused(passing.refused, room.id);
      if (passing.kind === 'receipt') turn.after(() => hands.onReceipt(room, device, passing.messages));
      return null;
    },
    toMe: async (turn, told, keep) => {
      const isTaken = await takeTold(turn, told, keep);
      if (!isTaken) bringUp.sayWho(turn, told);
      return isTaken;
    },
  };
}

const canSpeak = (room: SealedRoom | null): boolean => room !== null && sendingEpoch(room) !== null;

interface Heard {
  readonly device: DeviceId;
  readonly peer: Peer;
  readonly about: Summary['about'];
  readonly clocks: SessionSummary['clocks'];
}
