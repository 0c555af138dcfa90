/** The net as it is: me in the middle, each link a cord as long as its delay. */
import type { ReactElement } from 'react';
import type { MeshView, NeighbourView } from '../../app/view.ts';
import { knotBox, knotPath, wholeKnot } from '../parts/knot-path.ts';
import { spoken } from '../parts/spoken.ts';
import { useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { ringRadius, ringsMs, spotOf } from './mesh-place.ts';
import type { Spot } from './mesh-place.ts';

const half = 222;

export function MeshPicture({ mesh }: { readonly mesh: MeshView }): ReactElement {
  const { w, f } = useAllWords();
  const me = useView((view) => view.me);
  const { relay } = mesh;
  return (
    <svg className="mesh-picture" viewBox={`${-half} ${-half} ${half * 2} ${half * 2}`} {...spoken(w.mesh.picture)}>
      {ringsMs.map((ms, at) => (
        <g key={ms} className="ring">
          <circle r={ringRadius(at)} />
          <text y={-ringRadius(at)} dy="0.35em">
            {f.ms(ms)}
          </text>
        </g>
      ))}
      {relay && <Cord to={spotOf(relay.address, relay.rttMs)} kind={relay.state === 'open' ? 'direct' : 'loose'} />}
      {mesh.neighbours.map((near) => (
        <Cord key={near.peer} to={spotOf(near.peer, near.rttMs)} kind={near.path} />
      ))}
      {relay && <Who at={spotOf(relay.address, relay.rttMs)} says={w.mesh.relay} />}
      {mesh.neighbours.map((near) => near.name && <Who key={near.peer} at={spotOf(near.peer, near.rttMs)} says={near.name} />)}
      <Face at={{ x: 0, y: 0 }} of={me?.device ?? null} size={44} />
      {relay && <RelayMark at={spotOf(relay.address, relay.rttMs)} open={relay.state === 'open'} />}
      {mesh.neighbours.map((near) => (
        <Face key={near.peer} at={spotOf(near.peer, near.rttMs)} of={near.device} size={32} />
      ))}
    </svg>
  );
}

function Cord({ to, kind }: { readonly to: Spot; readonly kind: NeighbourView['path'] | 'loose' }): ReactElement {
  // It leaves my knot at its rim, a little bent: a cord under its own weight.
  const bend = Math.hypot(to.x, to.y) * 0.06;
  const middle = { x: to.x / 2, y: to.y / 2 + bend };
  return (
    <path className="link" data-kind={kind} d={`M0 0Q${round(middle.x)} ${round(middle.y)} ${round(to.x)} ${round(to.y)}`} />
  );
}

/** A name on the outer side of its knot; the knots lie above all names. */
function Who({ at, says }: { readonly at: Spot; readonly says: string }): ReactElement {
  return (
    <text className="who" x={round(at.x)} y={round(at.y + (at.y < 0 ? -22 : 31))}>
      {says}
    </text>
  );
}

/** A device we know the fingerprint of has its knot; any other is a plain ring. */
function Face({ at, of, size }: { readonly at: Spot; readonly of: string | null; readonly size: number }): ReactElement {
  const x = round(at.x - size / 2);
  const y = round(at.y - size / 2);
  const known = of === null ? null : knotPath(of);
  return (
    <>
      <circle className="ground" cx={round(at.x)} cy={round(at.y)} r={size / 2 + 3} />
      {known ? (
        <svg className={`knot h${known.hue}`} x={x} y={y} width={size} height={size} viewBox={knotBox}>
          <path d={known.d} />
        </svg>
      ) : (
        <circle className="stranger" cx={round(at.x)} cy={round(at.y)} r={size / 4} />
      )}
    </>
  );
}

function RelayMark({ at, open }: { readonly at: Spot; readonly open: boolean }): ReactElement {
  return (
    <g className="relay-mark" data-open={open}>
      <circle className="ground" cx={round(at.x)} cy={round(at.y)} r="18" />
      <svg x={round(at.x - 14)} y={round(at.y - 14)} width="28" height="28" viewBox={knotBox} className="knot sign">
        <path d={wholeKnot()} />
      </svg>
    </g>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
