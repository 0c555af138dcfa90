/** Lets two ends on this page find each other by WebRTC, and looks at how this device names itself to others meanwhile. */
import type { WebRtcTry } from '../../ports/surroundings.ts';

export async function tryWebRtc(signal: AbortSignal): Promise<WebRtcTry> {
  // Switched off by some people, and by some browsers' strictest settings.
  if (!('RTCPeerConnection' in globalThis)) return { state: 'absent' };
  const ends: RTCPeerConnection[] = [];
  try {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    ends.push(near, far);
    const hosts = new Set<string>();
    const whole = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const gathered = new Promise<void>((done) => {
      near.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null) return done();
        if (candidate.type === 'host' && candidate.address !== null) hosts.add(candidate.address);
        void far.addIceCandidate(candidate).catch(() => undefined);
      });
      whole.addEventListener('abort', () => done(), { once: true });
    });
    far.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) void near.addIceCandidate(candidate).catch(() => undefined);
    });
    const channel = near.createDataChannel('');
    const linked = new Promise<boolean>((done) => {
      channel.addEventListener('open', () => done(true), { once: true });
      whole.addEventListener('abort', () => done(false), { once: true });
    });
    // Each end's description goes over before its candidates are asked for.
    const offer = await near.createOffer();
    await far.setRemoteDescription(offer);
    await near.setLocalDescription(offer);
    const answer = await far.createAnswer();
    await near.setRemoteDescription(answer);
    await far.setLocalDescription(answer);
    await gathered;
    return { state: 'tried', hosts: kindOf(hosts), isLinked: await linked };
  } catch {
    return { state: 'refused' };
  } finally {
    for (const end of ends) end.close();
  }
}

/** Names of `.local` hide the address from the other side, and are found only in the same network. */
function kindOf(hosts: ReadonlySet<string>): 'addresses' | 'names' | 'none' {
  if (hosts.size === 0) return 'none';
  return [...hosts].every((host) => host.endsWith('.local')) ? 'names' : 'addresses';
}

const patienceMs = 5_000;
