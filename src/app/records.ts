/** How the app's records lie on the disk: their keys, and the small ones as JSON. */
import { bytesToHex, decodeText } from '../protocol/bytes.ts';
import { abbreviate } from '../protocol/content.ts';
import type { Message } from '../protocol/content.ts';
import type { DeviceId, MessageId, OperationId, PersonId, PeerId, RoomId } from '../protocol/ids.ts';
import type { Range } from '../ports/storage.ts';

export const keyOf = {
  /** This device's seed. */
  device: 'me/device',
  name: 'me/name',
  /** Written at each start: with it, all before is safe. */
  started: 'me/started',
  /** The person's secrets, this device's with those it agrees by, and the person's word for it. */
  person: 'me/person',
  agreeing: 'me/agreeing',
  certificate: 'me/certificate',
  /** The person's id alone. */
  shownAs: 'me/shown-as',
  prekey: (expiresHour: number): string => `me/prekey/${pad(expiresHour)}`,
  /** Of a room of members: its operations in the order taken, and its live keys. */
  operation: (room: RoomId, place: number): string => `operation/${room}/${pad(place)}`,
  keyring: (room: RoomId): string => `keyring/${room}/live`,
  /** How far I had everybody's entries when this operation brought somebody. */
  came: (room: RoomId, operation: OperationId): string => `came/${room}/${operation}`,
  /** Left once: under which keys I have spoken there. */
  spent: (room: RoomId): string => `spent/${room}`,
  /** What answers who knocks there with an invite, by its public half. Earlier versions wrote the operation's id there. */
  inviteSecret: (room: RoomId, key: string): string => `invite/${room}/${key}`,
  /** The link this device waits behind. */
  knock: (room: RoomId): string => `knock/${room}/link`,
  /** The secret half of the key of the link that we came in by: relays for members may know us by nothing else yet. */
  cameBy: (room: RoomId): string => `knock/${room}/came`,
  /** The sessions with a device, what it left to begin one with, and what waits for it. */
  pair: (device: DeviceId): string => `pair/${device}`,
  bundle: (device: DeviceId): string => `bundle/${device}`,
  /** The last hour of my bundle that it was told last. */
  handed: (device: DeviceId): string => `handed/${device}`,
  post: (device: DeviceId, tag: string): string => `post/${device}/${tag}`,
  /** S3: an initial that was taken, until its bundle has ended. */
  seenInitial: (initialId: Uint8Array): string => `seen/${bytesToHex(initialId)}`,
  /** A draft that was said lately. */
  draft: (id: MessageId): string => `draft/${id}`,
  /** Being written there, or an invite not yet followed. */
  unsent: (of: RoomId | 'invite'): string => `unsent/${of}`,
  verified: (person: PersonId): string => `verified/${person}`,
  /** An owner link of this relay was opened on this device. */
  ownedRelay: (relay: PeerId): string => `owned/${relay}`,
  /** The relay's card as last read. */
  card: 'relay/card',
  /** Relays beside ours (the address book): one a line, with where each was named and when it answered. */
  otherRelays: 'relay/others',
  /** A person said that no model shall score links. */
  noModel: 'me/no-model',
  /** A pairing is under way. */
  pairing: 'me/pairing',
  room: (room: RoomId): string => `room/${room}`,
  /** Of a Square: the owner's last word, and what I do not want to see. */
  ownerWord: (room: RoomId): string => `owner/${room}`,
  hidden: (room: RoomId): string => `hidden/${room}`,
  /** Left, and not yet swept. */
  left: (room: RoomId): string => `left/${room}`,
  /** Left once: how far my own numbers had gone. */
  said: (room: RoomId): string => `said/${room}`,
  /** How far we have an author's messages without gaps. */
  head: (room: RoomId, device: DeviceId): string => `head/${room}/${device}`,
  /** Which of my messages a device has. */
  got: (room: RoomId, device: DeviceId): string => `got/${room}/${device}`,
  /** (author, n) → the key in the timeline. */
  log: (room: RoomId, device: DeviceId, n: number): string => `log/${room}/${device}/${pad(n)}`,
  /** M1: the same of a second message under that number, and of more. */
  twin: (room: RoomId, device: DeviceId, n: number, which: number): string =>
    `${keyOf.log(room, device, n)}/twin${which === 1 ? '' : which}`,
  /** In order of time: the signed content itself. Author and number keep apart what says to have the same id. */
  timeline: (room: RoomId, { sentAtMs, author, n, id }: Message): string =>
    `timeline/${room}/${pad(sentAtMs)}/${abbreviate(author)}/${pad(n)}/${id}`,
  /** M2: taken, and worth nothing by what the room's operations say now; where it would stand in the timeline. */
  voided: (timelineKey: string): string => timelineKey.replace(/^timeline/, 'voided'),
  unvoided: (voidedKey: string): string => voidedKey.replace(/^voided/, 'timeline'),
  /** Sealed and not yet acknowledged by anyone. */
  outbox: (room: RoomId, n: number): string => `outbox/${room}/${pad(n)}`,
};

export const sentAtMsIn = (timelineKey: string): number => Number(timelineKey.split('/')[2]);

export const messageIdIn = (timelineKey: string): string => timelineKey.slice(-32);

export const under = (prefix: string, limit = 100_000): Range => ({
  from: `${prefix}/`,
  to: `${prefix}0`, // '0' follows '/'
  limit,
});

export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Our own records, read as strangers: null for what is not an object of the shape asked for. */
export function decodeJson<Shape extends Record<string, 'string' | 'number'>>(
  bytes: Uint8Array,
  shape: Shape,
): { readonly [Key in keyof Shape]: Shape[Key] extends 'string' ? string : number } | null {
  try {
    const value: unknown = JSON.parse(decodeText(bytes) ?? '');
    if (typeof value !== 'object' || value === null) return null;
    const fits = Object.entries(shape).every(([key, type]) => typeof Reflect.get(value, key) === type);
    // The line above looked at every key the type promises.
    return fits ? (value as ReturnType<typeof decodeJson<Shape>>) : null;
  } catch {
    return null;
  }
}

/** Of a key of the outbox, or of an operation's. */
export function roomAndNumberIn(key: string): { readonly room: RoomId; readonly n: number } {
  const [, room, n] = key.split('/');
  return { room: room as RoomId, n: Number(n) };
}

/** Of a key of the log. */
export const numberIn = (logKey: string): number => Number(logKey.split('/')[3]);

const pad = (value: number): string => String(value).padStart(15, '0');
