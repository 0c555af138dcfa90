/** B16: what a hundred bytes of text come to on the wire, header, sealing and padding included. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { hundredBytes, talkBytes } from './protocol/talk-bytes.ts';
import type { Manner } from './protocol/talk-bytes.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import type { Bench } from './world.ts';

const MESSAGES = 400;
/** SimpleX pads each message to one block of 16 kB (SMP protocol, as published). */
const SIMPLEX_BLOCK_BYTES = 16_384;
const KINDS = [
  { id: 'B16a', kind: 'direct', what: '1:1', atMost: 200, more: '; to each device of the other person one' },
  { id: 'B16b', kind: 'room', what: 'in a room', atMost: 222, more: '; signed' },
] as const;

export const text: Bench = {
  ids: ['B16', 'B16a', 'B16b'],
  async *run(): AsyncGenerator<Row> {
    for (const manner of ['in turn', 'at once'] satisfies Manner[]) {
      const talk = talkBytes(nodeCryptoSuite, manner, MESSAGES);
      for (const { id, kind, what, atMost, more } of KINDS) {
        const lengths = talk[kind];
        const middle = median(lengths);
        const larger = lengths.filter((bytes) => bytes > (middle ?? 0));
        const most = larger.length === 0 ? '' : `; ${larger.length} of them more, up to ${Math.max(...larger)}`;
        yield row({
          name: `${id} 100 B of text ${what}${manner === 'in turn' ? '' : ', two writing at once'} vs SimpleX`,
          value: middle,
          unit: 'B',
          baseline: SIMPLEX_BLOCK_BYTES,
          limit: manner === 'in turn' ? { of: 'value', atMost } : { of: 'nothing' },
          counted: `${new TextEncoder().encode(hundredBytes).length} B of UTF-8 with sender’s time, number and parents, sealed, padded, hop header; median of ${MESSAGES} said ${manner}${most}${more}; baseline as published`,
          samples: lengths.length,
          failed: 0,
        });
      }
    }
  },
};
