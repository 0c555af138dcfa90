/** Two who may own a Square, and what they say as its owners. */
import { deriveDevice } from '../../src/protocol/device.ts';
import type { DeviceKey } from '../../src/protocol/device.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import type { RoomKeys } from '../../src/protocol/room-keys.ts';
import { encodeOwnerWord } from '../../src/protocol/square/word.ts';
import type { OwnerWord } from '../../src/protocol/square/word.ts';
import type { Person } from '../adapters/people.ts';

export const asha: DeviceKey = deriveDevice(new Uint8Array(32).fill(1));
export const baraka: DeviceKey = deriveDevice(new Uint8Array(32).fill(2));

export const wordOf = (key: DeviceKey, keys: RoomKeys, changes: Partial<OwnerWord> = {}): Uint8Array => {
  const word = { name: 'Asha', seq: 1, atMs: Date.now(), did: 'began', about: '', closedMs: null, clearedMs: 0 } as const;
  return encodeOwnerWord({ ...word, pinned: null, expelled: [], ...changes, owner: key.id }, keys.id, key);
};

export const say = (person: Person, frame: MeetFrame): void => void person.relay().send(encodeMeet(frame));
