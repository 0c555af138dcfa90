/** The names things go by. Each id is a string with one birthplace: its `parse…` here, or the function that computes it. */
declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** Where a device is reached this start: 1 to 64 bytes as base64url. Changes; never an identity. */
export type PeerId = Brand<'peer'>;
/** A device's Ed25519 public key: 32 bytes as hex. */
export type DeviceId = Brand<'device'>;
/** 16 bytes as hex, computed from the room's secret. */
export type RoomId = Brand<'room'>;
/** 16 random bytes as hex, chosen by the author, inside the sealing. */
export type MessageId = Brand<'message'>;
/** SHA-256 of the envelope, first 16 bytes, as hex: computed, never carried. */
export type EnvelopeId = Brand<'envelope'>;
/** What a relay sees of a room: 16 bytes as hex, blinded, new every day. */
export type Topic = Brand<'topic'>;

const hex = (bytes: number): RegExp => new RegExp(`^[0-9a-f]{${bytes * 2}}$`);
const key32 = hex(32);
const id16 = hex(16);
const peer = /^[A-Za-z0-9_-]{2,86}$/;

export const parseDeviceId = (text: string): DeviceId | null => (key32.test(text) ? (text as DeviceId) : null);
export const parseMessageId = (text: string): MessageId | null => (id16.test(text) ? (text as MessageId) : null);
export const parseTopic = (text: string): Topic | null => (id16.test(text) ? (text as Topic) : null);
export const parsePeerId = (text: string): PeerId | null => (peer.test(text) ? (text as PeerId) : null);
