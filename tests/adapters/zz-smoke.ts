import { openHouse } from '/work/main/tests/adapters/relay-house.ts';
import { openNetwork } from '/work/main/src/adapters/libp2p/page.ts';
import { encodeMeet, decodeMeet } from '/work/main/src/protocol/meet.ts';
const t = (l: string, s: number) => console.log(l.padEnd(26), (performance.now() - s).toFixed(1));
const house = await openHouse({ log: (e, f) => { if (process.env.V) console.log('relay', e, f); } });
const nev = new AbortController().signal;
const topic = 'ab'.repeat(16) as any;
async function page(name: string) {
  let s = performance.now();
  const net = await openNetwork({ log: (e, f) => { if (process.env.V) console.log(name, e, f); } });
  t(name + ' node', s);
  const met: any[] = []; const frames: any[] = [];
  let onMet: any = () => {}; let onPeerFrame: any = () => {};
  net.listen({ onOpen: (l) => {}, onClose: (l, w) => console.log(name, 'close', l.end, w),
    onFrame: (l, f) => { if (l.end === 'relay') { const d = decodeMeet(f) as any; onMet(d); } else onPeerFrame(l, f); } });
  s = performance.now();
  const o = await net.openRelay(house.address, nev);
  t(name + ' openRelay ' + o.state, s);
  if (o.state !== 'open') { console.log(o); process.exit(1); }
  s = performance.now();
  const m = await new Promise<any>((r) => { onMet = (d: any) => { if (d.kind === 'met') r(d); }; o.link.send(encodeMeet({ kind: 'join', topics: [topic] })); });
  t(name + ' met', s);
  return { net, relay: o.link, met: m, on: (f: any) => { onPeerFrame = f; } };
}
const a = await page('a');
await new Promise((r) => setTimeout(r, 300));
for (let i = 0; i < 5; i++) {
  const s0 = performance.now();
  const b = await page('b' + i);
  const s = performance.now();
  a.on((l: any, f: any) => l.send(f));
  const p = await b.net.openPeer(b.met.peers[0], b.relay, nev);
  t('openPeer ' + (p as any).state + ' ' + ((p as any).why ?? ''), s);
  if (p.state === 'open') {
    const s2 = performance.now();
    await new Promise<void>((r) => { b.on(() => r()); p.link.send(new Uint8Array(256)); });
    t('first echo', s2); 
    const N = 200; let rt = performance.now();
    for (let k = 0; k < N; k++) await new Promise<void>((r) => { b.on(() => r()); p.link.send(new Uint8Array(256)); });
    console.log('echo ms', ((performance.now() - rt) / N).toFixed(3));
  }
  t('whole ' + i, s0);
  await b.net.close();
  await new Promise((r) => setTimeout(r, 50));
  console.log('a links', a.net.links().map((l) => l.end));
}
console.log(house.node.counts());
await a.net.close(); await house.kill();
console.log('done'); setTimeout(()=>process.exit(0), 500);
