/** The live net: a picture of the real links and the same as a table. An empty net is drawn empty. */
import { pathWords } from '../parts/path-words.ts';
import type { ReactElement } from 'react';
import type { MeshView, NeighbourView, RelayView } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import { Knot, Sign } from '../parts/knot.tsx';
import { useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Words } from '../words/words.ts';
import { DoctorPart } from './doctor.tsx';
import { hostIn } from './host-in.ts';
import { LinkHead } from './link-head.tsx';
import { MeshPicture } from './mesh-picture.tsx';
import { OtherRelays, StandIn } from './other-relays.tsx';
import './mesh.css';

export interface MeshTabProps {
  readonly onPair: () => void;
  /** See `place.ts`; another each time that somebody asks. */
  readonly asked: object | null;
}

export function MeshTab({ onPair, asked }: MeshTabProps): ReactElement | null {
  const { w } = useAllWords();
  const mesh = useView((view) => view.mesh);
  if (!mesh) return null;
  return (
    <section
      className="page mesh"
      aria-labelledby="mesh"
      // A scroller is reached by keyboard too.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <h1 id="mesh">{w.tabs.mesh}</h1>
      <div className="mesh-sides">
        <figure>
          <MeshPicture mesh={mesh} />
          <figcaption className="quiet small">{w.mesh.legend}</figcaption>
        </figure>
        <div>
          {mesh.neighbours.length === 0 && (
            <p>
              {w.mesh.empty} <span className="quiet">{w.mesh.emptyHint}</span>
            </p>
          )}
          <Links mesh={mesh} />
          <StandIn mesh={mesh} />
          <OtherRelays mesh={mesh} />
          <button type="button" className="plain strong pair-open" onClick={onPair}>
            <Icon name="mesh" />
            {w.home.pair}
          </button>
          <DoctorPart onPair={onPair} asked={asked} />
        </div>
      </div>
    </section>
  );
}

function Links({ mesh }: { readonly mesh: MeshView }): ReactElement | null {
  const { w } = useAllWords();
  if (!mesh.relay && mesh.neighbours.length === 0) return null;
  return (
    <table className="links">
      <caption className="sr">{w.mesh.links}</caption>
      <thead>
        <tr>
          <th scope="col">{w.mesh.name}</th>
          <th scope="col">{w.mesh.path}</th>
          <th scope="col" className="figure">
            {w.mesh.delay}
          </th>
          <th scope="col" className="figure">
            {w.mesh.shared}
          </th>
        </tr>
      </thead>
      <tbody>
        {mesh.relay && <RelayRow relay={mesh.relay} />}
        {mesh.neighbours.map((near) => (
          <NeighbourRow key={near.peer} near={near} />
        ))}
      </tbody>
    </table>
  );
}

function RelayRow({ relay }: { readonly relay: RelayView }): ReactElement {
  const { w } = useAllWords();
  return (
    <tr>
      <LinkHead score={relay.score} waysThere={null}>
        <span className="link-name">
          <Sign size={32} />
          <span>
            {w.mesh.relay}
            <bdi className="small quiet address">{hostIn(relay.address)}</bdi>
          </span>
        </span>
      </LinkHead>
      <td>{relayState(relay, w)}</td>
      <Delay rttMs={relay.rttMs} />
      <td className="figure">–</td>
    </tr>
  );
}

function NeighbourRow({ near }: { readonly near: NeighbourView }): ReactElement {
  const { w, f } = useAllWords();
  return (
    <tr>
      <LinkHead score={near.score} waysThere={near.path === 'direct' ? null : near.ways}>
        <span className="link-name">
          <Knot of={near.person ?? near.device} size={32} />
          <bdi>{near.name ?? w.mesh.unnamed}</bdi>
        </span>
      </LinkHead>
      <td>{pathWords(w, near.path)}</td>
      <Delay rttMs={near.rttMs} />
      <td className="figure">{f.number(near.rooms)}</td>
    </tr>
  );
}

function Delay({ rttMs }: { readonly rttMs: number | null }): ReactElement {
  const { w, f } = useAllWords();
  return rttMs === null ? <td className="figure quiet small">{w.mesh.unmeasured}</td> : <td className="figure">{f.ms(rttMs)}</td>;
}

function relayState({ state, standIn }: RelayView, { mesh }: Words): string {
  if (standIn) return mesh.otherStates[standIn.how];
  switch (state) {
    case 'open':
      return mesh.relayOpen;
    case 'connecting':
      return mesh.relayConnecting;
    case 'not-let-in':
      return mesh.relayMembers;
    case 'lost':
      return mesh.relayLost;
  }
}
