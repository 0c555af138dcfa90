/**
 * Two pages whose networks never let a packet through from one to the other, as two NATs do: all else works. Each tells by what name
 * (ICE's ufrag) it stands in a connection, before that goes out, and takes no address from the other.
 */
import type { BrowserContext } from 'playwright-core';

export async function cut(one: BrowserContext, other: BrowserContext): Promise<void> {
  const names = [new Set<string>(), new Set<string>()] as const;
  for (const [at, context] of [one, other].entries()) {
    await context.exposeFunction('tellName', (name: string) => void names[at]?.add(name));
    await context.exposeFunction('isCut', (name: string) => names[1 - at]?.has(name) === true);
    await context.addInitScript(takeNoAddress);
  }
}

interface Told {
  readonly tellName: (name: string) => Promise<void>;
  readonly isCut: (name: string) => Promise<boolean>;
}

/** Stands alone: it is sent as text. */
function takeNoAddress(): void {
  const { tellName, isCut } = globalThis as unknown as Told;
  const all = RTCPeerConnection.prototype;
  const { setLocalDescription, setRemoteDescription, addIceCandidate } = all;
  const deaf = new WeakSet<RTCPeerConnection>();
  const nameIn = (sdp = ''): string => /^a=ice-ufrag:(.+?)\r?$/m.exec(sdp)?.[1] ?? '';

  all.setLocalDescription = async function (this: RTCPeerConnection, description?: RTCLocalSessionDescriptionInit) {
    await Reflect.apply(setLocalDescription, this, [description]);
    await tellName(nameIn(this.localDescription?.sdp));
  };
  all.setRemoteDescription = async function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
    if (await isCut(nameIn(description.sdp))) deaf.add(this);
    const sdp = deaf.has(this) ? description.sdp?.replaceAll(/^a=candidate:.*\r?\n/gm, '') : description.sdp;
    await Reflect.apply(setRemoteDescription, this, [{ type: description.type, sdp }]);
  };
  all.addIceCandidate = async function (this: RTCPeerConnection, candidate?: RTCIceCandidateInit | null) {
    if (!deaf.has(this)) await Reflect.apply(addIceCandidate, this, [candidate]);
  };
}
