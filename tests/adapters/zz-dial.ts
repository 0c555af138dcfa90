import { openHouse } from './relay-house.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { encodeMeet, decodeMeet } from '../../src/protocol/meet.ts';
const house = await openHouse();
const nev = new AbortController().signal;
const topic = 'ab'.repeat(16) as any;
async function page(name: string) {
  const net = await openNetwork({ log: (e, f) => { if (process.env.V) console.log(Date.now()%100000, name, e, JSON.stringify(f)); } });
  let onMet: any = () => {};
  net.listen({ onOpen: () => {}, onClose: () => {}, onFrame: (l, f) => { if (l.end === 'relay') onMet(decodeMeet(f)); else if (f[0]===1) l.send(Uint8Array.of(2)); } });
  const o = await net.openRelay(house.address, nev);
  if (o.state !== 'open') throw new Error(o.why);
  const met = await new Promise<any>((r) => { onMet = (d: any) => { if (d.kind === 'met') r(d); }; o.link.send(encodeMeet({ kind: 'join', topics: [topic] })); });
  return { net, relay: o.link, met };
}
const a = await page('a');
await new Promise((r) => setTimeout(r, 200));
const N = Number(process.env.N ?? 10); const times: number[] = []; let bad = 0;
for (let i = 0; i < N; i++) {
  const b = await page('b' + i);
  if (process.env.V) console.log(Date.now()%100000, '--- dial', i);
  const s = performance.now();
  const p = await b.net.openPeer(b.met.peers[0], b.relay, nev);
  times.push(performance.now() - s);
  if (p.state !== 'open') bad++;
  if (process.env.V) console.log(Date.now()%100000, '--- dialed', i, p.state, times.at(-1)!.toFixed(0));
  await b.net.close();
}
times.sort((x, y) => x - y);
console.log('bad', bad, 'median', times[N >> 1]!.toFixed(1), 'p90', times[Math.floor(N * .9)]!.toFixed(1), 'max', times.at(-1)!.toFixed(1));
process.exit(0);
