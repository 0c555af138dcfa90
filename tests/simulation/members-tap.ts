/** Reads along in rooms of members, at each device with its own keys and before it does: how often each kind of thing arrived. */
import { loadKeys } from '../../src/app/members/keys.ts';
import { createMembers } from '../../src/app/members/members.ts';
import { openVault } from '../../src/app/members/vault.ts';
import type { Vault } from '../../src/app/members/vault.ts';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import { open as openSession } from '../../src/protocol/conversation/open.ts';
import { decodeCast } from '../../src/protocol/cast.ts';
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

export interface MembersTap extends Wiretap {
  /** A frame for a relay: it counts in bytes alone. */
  toRelay(frame: Uint8Array): void;
  /** Of all bytes, those of frames with a message in them. */
  messageBytes(): number;
}

/** An envelope, wherever it came by, and what it is once somebody who can read it had it. */
interface Sighting {
  kind: Seen | null;
  arrivals: number;
  bytes: number;
}

export const createMembersTap = (suite: Suite): MembersTap => {
  const vaults = new Map<string, Vault>();
  const sightings = new Map<string, Sighting>();
  const plain: Record<Seen, number> = { message: 0, receipt: 0, summary: 0, ping: 0, other: 0 };
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

  const sightingOf = (envelope: Uint8Array): Sighting => {
    const name = bytesToHex(envelope.subarray(0, 33));
    const known = sightings.get(name) ?? { kind: null, arrivals: 0, bytes: 0 };
    sightings.set(name, known);
    return known;
  };
  const look = (vault: Vault | undefined, sighting: Sighting, envelope: Uint8Array): void => {
    if (sighting.kind !== null || vault === undefined) return;
    const content = contentOf(vault, envelope);
    if (content !== null) sighting.kind = kindOfContent(content);
  };

  return {
    useInvite: () => undefined,
    arrived: (frame, isFromRelay, at) => {
      bytes += frame.length;
      const inside = isFromRelay ? insideMeet(frame) : insideFrame(frame);
      if (!(inside instanceof Uint8Array)) return void (plain[inside] += 1);
      const sighting = sightingOf(inside);
      sighting.arrivals += 1;
      sighting.bytes += frame.length;
      look(vaults.get(at), sighting, inside);
    },
    toRelay: (frame) => {
      bytes += frame.length;
      const inside = insideMeet(frame);
      if (inside instanceof Uint8Array) sightingOf(inside).bytes += frame.length;
    },
    openMembers: (device) => (core, desk, hands) =>
      core.lane.run(async () => {
        const keys = await loadKeys(core, suite, core.entropy.bytes);
        const vault = keys && (await openVault(core, suite, core.entropy.bytes, keys));
        if (vault !== null) vaults.set(device, vault);
        return vault && createMembers(core, vault, desk, hands);
      }),
    copies: () => {
      const all = { ...plain };
      for (const { kind, arrivals } of sightings.values()) all[kind ?? 'other'] += arrivals;
      return all;
    },
    bytes: () => bytes,
    messageBytes: () => [...sightings.values()].reduce((sum, each) => sum + (each.kind === 'message' ? each.bytes : 0), 0),
  };
};

/** The envelope that a frame between two pages has in it, however it is wrapped. */
function insideFrame(frame: Uint8Array): Uint8Array | Seen {
  const decoded = decodeFrame(frame);
  if (isRefusal(decoded)) return 'other';
  if (decoded.kind === 'meet') return insideMeet(decoded.bytes);
  if (decoded.kind === 'cast') {
    const word = decodeCast(decoded.bytes);
    return !isRefusal(word) && word.kind === 'given' ? insideFrame(word.frame) : 'other';
  }
  if (decoded.kind === 'ping' || decoded.kind === 'pong') return 'ping';
  if (decoded.kind !== 'hop' || isAcknowledgement(decoded.bytes)) return 'other';
  const hop = decodeHop(decoded.bytes);
  return isRefusal(hop) ? 'other' : hop.rest;
}

function insideMeet(frame: Uint8Array): Uint8Array | Seen {
  const met = decodeMeet(frame);
  if (isRefusal(met) || !('bytes' in met)) return 'other';
  return insideFrame(met.bytes);
}

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
