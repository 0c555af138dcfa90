import { RTCPeerConnection } from 'node-datachannel/polyfill';
import nd from 'node-datachannel';
let lines: string[] = [];
nd.initLogger('Info', (l: any, m: any) => { lines.push(`${(performance.now()).toFixed(0)} ${l} ${m}`); });
let bad = 0;
for (let i = 0; i < Number(process.env.N ?? 100); i++) {
  lines = [];
  const a: any = new RTCPeerConnection({ iceServers: [] }), b: any = new RTCPeerConnection({ iceServers: [] });
  const ca = a.createDataChannel('init');
  const states: string[] = []; const s = performance.now();
  for (const [n, p] of [['a', a], ['b', b]] as any) p.addEventListener('connectionstatechange', () => states.push(`${n}:${p.connectionState}@${(performance.now() - s).toFixed(0)}`));
  const q: any[] = []; const q2: any[] = [];
  a.onicecandidate = ({ candidate }: any) => candidate && q.push(candidate); b.onicecandidate = ({ candidate }: any) => candidate && q2.push(candidate);
  const o = await a.createOffer(); await a.setLocalDescription(o);
  await b.setRemoteDescription({ type: 'offer', sdp: o.sdp });
  const an = await b.createAnswer(); await b.setLocalDescription(an);
  const errs: string[] = [];
  for (const c of q) await b.addIceCandidate(c).catch((e: any) => errs.push('b ' + e.message));
  await a.setRemoteDescription({ type: 'answer', sdp: an.sdp });
  await new Promise((r) => setTimeout(r, 2));
  for (const c of q2) await a.addIceCandidate(c).catch((e: any) => errs.push('a ' + e.message));
  const ok = await Promise.race([new Promise((r) => ca.addEventListener('open', () => r(true))), new Promise((r) => setTimeout(() => r(false), 2500)), new Promise((r) => { const t = setInterval(() => { if (['closed', 'failed'].includes(a.connectionState)) { clearInterval(t); r(false); } else if (ca.readyState !== 'connecting') clearInterval(t); }, 5); })]);
  if (!ok) { bad++; if (bad === 1) console.log(i, states.join(' '), errs, '\n' + lines.slice(-60).join('\n')); }
  a.close(); b.close();
}
console.log('bad', bad); process.exit(0);
