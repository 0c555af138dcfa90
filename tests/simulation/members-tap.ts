/** Reads along in rooms of members, at each device with its own keys and before it does: how often each kind of thing arrived. */
import { loadKeys } from '../../src/app/members/keys.ts';
import { createMembers } from '../../src/app/members/members.ts';
import { openVault } from '../../src/app/members/vault.ts';
import type { Vault } from '../../src/app/members/vault.ts';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import { open as openSession } from '../../src/protocol/conversation/open.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { open as openRoom } from '../../src/protocol/rooms/room.ts';
import { decodePart } from '../../src/protocol/sync/parts.ts';
import { decodeBetween } from '../../src/protocol/entries/between.ts';
import { roomWordKind } from '../../src/protocol/entries/room-word.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { isAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import { decodeHop } from '../../src/protocol/wire/hop.ts';
import type { Seen, Wiretap } from './wiretap.ts';

export const createMembersTap = (suite: Suite): Wiretap => {
  const vaults = new Map<string, Vault>();
  /** By the envelope, which the same copy of it read once. */
  const kinds = new Map<string, Seen>();
  const copies: Record<Seen, number> = { message: 0, receipt: 0, summary: 0, ping: 0, other: 0 };
  let bytes = 0;

  const contentOf = (vault: Vault, envelope: Uint8Array): Uint8Array | null => {
    const nowMs = vault.hands().nowMs;
    const place = vault.findPlace(envelope);
    const room = place && vault.room(place.room);
    if (place !== null && room !== null) {
      const opened = openRoom(room, { suite, nowMs }, place, envelope);
      return isRefusal(opened) ? null : opened.signed.entry;
    }
    const found = vault.findSession(envelope.subarray(1, 17));
    const held = found && vault.pair(found.device).sessions.find(({ state }) => bytesToHex(state.initialId) === found.initialId);
    if (!held) return null;
    // What the app will draw for itself is not used up here.
    const opened = openSession(suite, held.state, found, envelope, (length) => new Uint8Array(length).fill(1), nowMs);
    return isRefusal(opened) ? null : opened.content;
  };

  const kindOf = (at: string, hop: Uint8Array): Seen => {
    if (isAcknowledgement(hop)) return 'other';
    const decoded = decodeHop(hop);
    const vault = vaults.get(at);
    if (isRefusal(decoded) || vault === undefined) return 'other';
    const name = bytesToHex(decoded.rest.subarray(0, 33));
    const known = kinds.get(name);
    if (known !== undefined) return known;
    const content = contentOf(vault, decoded.rest);
    if (content === null) return 'other';
    const kind = kindOfContent(content);
    kinds.set(name, kind);
    return kind;
  };

  const look = (at: string, frame: Uint8Array): Seen => {
    const decoded = decodeFrame(frame);
    if (isRefusal(decoded)) return 'other';
    return decoded.kind === 'hop' ? kindOf(at, decoded.bytes) : 'ping';
  };

  return {
    useInvite: () => undefined,
    arrived: (frame, isFromRelay, at) => {
      bytes += frame.length;
      const met = isFromRelay ? decodeMeet(frame) : null;
      if (met === null) copies[look(at, frame)] += 1;
      else copies[!isRefusal(met) && met.kind === 'passed' ? look(at, met.bytes) : 'other'] += 1;
    },
    openMembers: (device) => (core, desk, hands) =>
      core.lane.run(async () => {
        const keys = await loadKeys(core, suite, core.entropy.bytes);
        const vault = keys && (await openVault(core, suite, core.entropy.bytes, keys));
        if (vault !== null) vaults.set(device, vault);
        return vault && createMembers(core, vault, desk, hands);
      }),
    copies: () => copies,
    bytes: () => bytes,
  };
};

/** What the timeline shows is a message, with an answer to sync as well. */
function kindOfContent(content: Uint8Array): Seen {
  const [kind] = content;
  if (kind === 1 || kind === 2) return 'message';
  if (kind === 65) return 'receipt';
  if (kind === roomWordKind) return 'summary';
  const between = decodeBetween(content);
  if (isRefusal(between) || between.kind !== 'sync') return 'other';
  const part = decodePart(between.part);
  if (isRefusal(part)) return 'other';
  if (part.kind === 'entries') return 'message';
  if (part.kind !== 'summary') return 'other';
  return part.heads.length === 0 ? 'receipt' : 'summary';
}
