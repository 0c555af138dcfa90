import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { createConnection } from './people.ts';
const nev = new AbortController().signal;
for (let i = 0; i < Number(process.env.N ?? 10); i++) {
  const log = (n: string) => (e: string, f: any) => console.log(n, e, JSON.stringify(f));
  const a = await openNetwork({ log: log('a'), createConnection }); const b = await openNetwork({ log: log('b'), createConnection });
  let s = performance.now();
  const o = await a.offer(nev); const t1 = performance.now() - s;
  s = performance.now();
  const w = await b.answer(o.bytes, nev); const t2 = performance.now() - s;
  if (w.state !== 'answered') { console.log(w); continue; }
  s = performance.now();
  const [x, y] = await Promise.all([o.accept(w.bytes), w.opened]);
  console.log(i, o.bytes.length, w.bytes.length, t1.toFixed(0), t2.toFixed(0), (performance.now() - s).toFixed(0), x.state, y.state);
  await a.close(); await b.close();
}
process.exit(0);
