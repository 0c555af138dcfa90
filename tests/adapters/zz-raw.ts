import { RTCPeerConnection } from 'node-datachannel/polyfill';
import nd from 'node-datachannel';
let lines: string[] = [];
nd.initLogger('Debug', (l: any, m: any) => { lines.push(`${(performance.now()).toFixed(0)} ${l} ${m}`); });
let bad = 0, slow = 0;
for (let i = 0; i < Number(process.env.N ?? 100); i++) {
  lines = [];
  const a: any = new RTCPeerConnection({ iceServers: [] }), b: any = new RTCPeerConnection({ iceServers: [] });
  const ca = a.createDataChannel('w', { negotiated: true, id: 0 }), cb = b.createDataChannel('w', { negotiated: true, id: 0 });
  const s = performance.now();
  const states: string[] = [];
  a.addEventListener('connectionstatechange', () => states.push('a:' + a.connectionState)); b.addEventListener('connectionstatechange', () => states.push('b:' + b.connectionState));
  await a.setLocalDescription(await a.createOffer());
  while (a.iceGatheringState !== 'complete') await new Promise((r) => setTimeout(r, 1));
  await b.setRemoteDescription({ type: 'offer', sdp: a.localDescription.sdp });
  await b.setLocalDescription(await b.createAnswer());
  while (b.iceGatheringState !== 'complete') await new Promise((r) => setTimeout(r, 1));
  await a.setRemoteDescription({ type: 'answer', sdp: b.localDescription.sdp });
  const ok = await Promise.race([new Promise((r) => ca.addEventListener('open', () => r(true))), new Promise((r) => setTimeout(() => r(false), 3000)), new Promise((r) => { const t = setInterval(() => { if (a.connectionState === 'closed' || a.connectionState === 'failed') { clearInterval(t); r(false); } else if (ca.readyState === 'open') clearInterval(t); }, 5); })]);
  const ms = performance.now() - s;
  if (ms > 900) slow++;
  if (!ok) { bad++; if (bad === 1) console.log(i, ok, ms.toFixed(0), states.join(' '), '\n' + lines.slice(-60).join('\n')); }
  else if (ms > 900 && slow === 1) console.log('slow', ms.toFixed(0), '\n' + lines.slice(-90).join('\n'));
  a.close(); b.close();
}
console.log('bad', bad, 'slow', slow); process.exit(0);
