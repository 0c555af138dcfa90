/** Many pages' networks in one process, all idle in one room and the Square of a relay: `node tests/deep/crowd.ts ADDRESS SQUARE COUNT`. */
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { dayOf, deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';

const [address = '', square = '', count = '1'] = process.argv.slice(2);
const topic = topicOn(deriveRoomKeys(new Uint8Array(32)), dayOf(Date.now()));
const networks = [];
for (let at = 0; at < Number(count); at += 1) {
  const network = await openNetwork({ log: () => undefined });
  const opened = await network.openRelay(address, AbortSignal.timeout(30_000));
  if (opened.state !== 'open') throw new Error(`client ${at}: ${opened.why}`);
  opened.link.send(encodeMeet({ kind: 'join', topics: [topic] }));
  network.join(square, () => undefined);
  networks.push(network);
}
process.stdout.write('here\n');
process.stdin.on('end', () => process.exit(0)).resume();
