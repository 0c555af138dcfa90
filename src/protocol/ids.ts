/** The names things go by. Each id is a string with one birthplace: its `parse…` here, or the function that computes it. */
declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** Where a device is reached this start: 1 to 64 bytes as base64url. Changes; never an identity. */
export type PeerId = Brand<'peer'>;
/** A device's Ed25519 public key: 32 bytes as hex. */
export type DeviceId = Brand<'device'>;
/** 32 bytes as hex, the hash of a person's public keys. */
export type PersonId = Brand<'person'>;
/** 32 bytes as hex, the hash of a device's prekey bundle. */
export type BundleId = Brand<'bundle'>;
/** 32 bytes as hex, the hash of a signed operation of a room. */
export type OperationId = Brand<'operation'>;
/** 16 bytes as hex, computed: of the secret of an open room, of the founding of another. */
export type RoomId = Brand<'room'>;
/** 16 bytes as hex: random in an open room of version 1, else the hash of the entry and where it stands. */
export type MessageId = Brand<'message'>;
/** SHA-256 of the envelope, first 16 bytes, as hex: computed, never carried. */
export type EnvelopeId = Brand<'envelope'>;
/** The first 8 bytes of a device's, a message's or an operation's id, as hex: enough to name one among those that are known. */
export type Short = Brand<'short'>;
/** What a relay sees of a room: 16 bytes as hex, blinded, new every day. */
export type Topic = Brand<'topic'>;

const hex = (bytes: number): RegExp => new RegExp(`^[0-9a-f]{${bytes * 2}}$`);
const key32 = hex(32);
const id16 = hex(16);
const peer = /^[A-Za-z0-9_-]{2,86}$/;

export const parseDeviceId = (text: string): DeviceId | null => (key32.test(text) ? (text as DeviceId) : null);
export const parseRoomId = (text: string): RoomId | null => (id16.test(text) ? (text as RoomId) : null);
export const parseMessageId = (text: string): MessageId | null => (id16.test(text) ? (text as MessageId) : null);
export const parseTopic = (text: string): Topic | null => (id16.test(text) ? (text as Topic) : null);
export const parsePeerId = (text: string): PeerId | null => (peer.test(text) ? (text as PeerId) : null);

export const shortOf = (id: DeviceId | MessageId | OperationId | Short): Short => id.slice(0, 16) as Short;
