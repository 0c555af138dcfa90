/** What servers of the directory say to each other. */
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import type { Contact } from '../../../src/protocol/directory/contact.ts';
import { decodeDirectory, encodeDirectory } from '../../../src/protocol/directory/message.ts';
import type { DirectoryMessage } from '../../../src/protocol/directory/message.ts';
import { decodeRecord, encodeRecord, signRecord } from '../../../src/protocol/directory/record.ts';
import { decodeRelays, encodeRelays } from '../../../src/protocol/directory/whereabouts.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { FuzzedDecoder } from '../fuzz.ts';

export const nowHour = 498_684;
export const seed = new Uint8Array(32).fill(3);
export const record = signRecord(suite, seed, { sequence: 7, expiresHour: nowHour + 20, value: Uint8Array.of(1, 2, 3) });
export const contact: Contact = {
  peer: parsePeerId('serverAA')!,
  address: '/dns4/wavu.example/tcp/443/tls/ws',
  effort: new Uint8Array(8).fill(1),
};
const place = new Uint8Array(32).fill(9);

export const directoryMessages: readonly DirectoryMessage[] = [
  { kind: 'find', number: 1, place, from: null },
  { kind: 'find', number: 2 ** 32 - 1, place, from: contact },
  { kind: 'put', number: 2, record },
  { kind: 'near', number: 3, contacts: [contact, contact], record },
  { kind: 'near', number: 4, contacts: [], record: null },
  { kind: 'kept', number: 5 },
  { kind: 'not-kept', number: 6 },
  { kind: 'awake', number: 0 },
  { kind: 'not-now', number: 7, why: 'asleep' },
  { kind: 'not-now', number: 8, why: 'too-fast' },
];

export const directoryDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'message',
    samples: directoryMessages.map(encodeDirectory),
    again: (bytes) => {
      const message = decodeDirectory(bytes);
      return isRefusal(message) ? message : encodeDirectory(message);
    },
  },
  {
    name: 'record',
    samples: [encodeRecord(record)],
    again: (bytes) => {
      const read = decodeRecord(bytes);
      return isRefusal(read) ? read : encodeRecord(read);
    },
  },
  {
    name: 'whereabouts',
    samples: [encodeRelays([]), encodeRelays([contact.address, contact.address])],
    again: (bytes) => {
      const relays = decodeRelays(bytes);
      return isRefusal(relays) ? relays : encodeRelays(relays);
    },
  },
];
