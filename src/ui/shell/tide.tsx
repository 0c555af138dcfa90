/** One sentence that is always true: how this device is tied in now. Whoever presses it has the connection looked into. */
import type { ReactElement } from 'react';
import type { MeshView } from '../../app/view.ts';
import { useView } from '../use-app.ts';
import { go } from './place.ts';
import { useWords } from '../words/speak.tsx';
import type { Speech } from '../words/speak.tsx';

export function TideLine(): ReactElement {
  const speech = useWords();
  const mesh = useView((view) => view.mesh);
  const stage = useView((view) => view.stage);
  const opening = !mesh || stage === null || stage === 'opening';
  const loose = opening || (mesh.relay?.state !== 'open' && mesh.neighbours.length === 0);
  return (
    <button type="button" className="tide" data-loose={loose} onClick={() => go({ tab: 'mesh', isAsking: true })}>
      {opening ? speech.w.tide.opening : tideSentence(mesh, speech)}
    </button>
  );
}

export function tideSentence(mesh: MeshView, { w, f }: Speech): string {
  const { relay, neighbours, online } = mesh;
  const near = neighbours.filter(({ path }) => path !== 'through').length;
  const far = neighbours.length - near;
  const sentence = (...parts: readonly string[]): string =>
    [...parts, ...(far > 0 ? [f.count(w.tide.through, far)] : [])].join(' · ');
  if (relay?.state === 'open') {
    const reached = relay.rttMs === null ? w.tide.relayOpen : w.tide.relayIn(f.ms(relay.rttMs));
    return sentence(reached, ...(relay.members?.isMine === true ? [w.tide.relayMine] : []), f.count(w.tide.neighbours, near));
  }
  if (near > 0) return sentence(relayLine(mesh, w.tide), f.count(w.tide.stillHere, near));
  if (far > 0) return sentence(relayLine(mesh, w.tide));
  if (!online) return `${w.tide.offline} · ${w.tide.nobody}`;
  if (relay?.state === 'not-let-in') return relayLine(mesh, w.tide);
  if (relay?.state === 'connecting') return w.tide.relayConnecting;
  if (relay?.state === 'lost') return `${w.tide.relayLost} · ${w.tide.nobody}`;
  return w.tide.nobody;
}

function relayLine({ relay, online }: MeshView, tide: Speech['w']['tide']): string {
  if (!online) return tide.offline;
  if (!relay) return tide.relayNone;
  if (relay.state === 'not-let-in') return tide.relayMembers(relay.members?.owner ?? '');
  return relay.state === 'lost' ? tide.relayLost : tide.relayConnecting;
}
