/** The net as it is: me in the middle, each link a cord as long as its delay. */
import type { ReactElement } from 'react';
import type { MeshView, NeighbourView } from '../../app/view.ts';
import { facePath, hueOf, knotBox, wholeKnot } from '../parts/knot-path.ts';
import { spoken } from '../parts/spoken.ts';
import { useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { boxOf, labelsOf } from './mesh-labels.ts';
import type { Label } from './mesh-labels.ts';
import { half, mySize, planMesh, ringsMs } from './mesh-place.ts';
import type { Spot } from './mesh-place.ts';

export function MeshPicture({ mesh }: { readonly mesh: MeshView }): ReactElement {
  const { w, f } = useAllWords();
  const me = useView((view) => view.me);
  const { relay, neighbours } = mesh;
  const links = [
    ...(relay ? [{ id: relay.address, rttMs: relay.rttMs, says: w.mesh.relay }] : []),
    ...neighbours.map(({ peer, rttMs, name }) => ({ id: peer, rttMs, says: name })),
  ];
  const { spots, knot, rings } = planMesh(links);
  const at = (id: string): Spot => spots.get(id) ?? middle;
  const scale = rings.map((radius, ring) => scaleLabel(radius, f.ms(ringsMs[ring]!)));
  const labels = labelsOf(
    links.map(({ id, says }) => ({ id, at: at(id), says })),
    knot,
    scale.map(boxOf),
  );
  return (
    <svg className="mesh-picture" viewBox={`${-half} ${-half} ${half * 2} ${half * 2}`} {...spoken(w.mesh.picture)}>
      {rings.map((radius) => (
        <circle key={radius} className="ring" r={radius} />
      ))}
      {scale.map((label) => (
        <Text key={label.y} label={label} />
      ))}
      {relay && <Cord to={at(relay.address)} kind={relay.state === 'open' ? 'direct' : 'loose'} />}
      {neighbours.map((near) => (
        <Cord key={near.peer} to={at(near.peer)} kind={near.path} />
      ))}
      {[...labels].map(([id, label]) => (
        <Text key={id} label={label} className="who" />
      ))}
      <Face at={middle} of={me && (me.person ?? me.device)} size={mySize} />
      {relay && <RelayMark at={at(relay.address)} open={relay.state === 'open'} size={knot} />}
      {neighbours.map((near) => (
        <Face key={near.peer} at={at(near.peer)} of={near.person ?? near.device} size={knot} />
      ))}
    </svg>
  );
}

const middle: Spot = { x: 0, y: 0 };

/** Upon its ring, above me. */
const scaleLabel = (radius: number, says: string): Label => ({ x: 0, y: -radius + 5, anchor: 'middle', says });

function Cord({ to, kind }: { readonly to: Spot; readonly kind: NeighbourView['path'] | 'loose' }): ReactElement {
  // It leaves my knot at its rim, a little bent: a cord under its own weight.
  const bend = Math.hypot(to.x, to.y) * 0.06;
  const half = { x: to.x / 2, y: to.y / 2 + bend };
  return <path className="link" data-kind={kind} d={`M0 0Q${round(half.x)} ${round(half.y)} ${round(to.x)} ${round(to.y)}`} />;
}

/** The knots lie above all names. */
function Text({ label, className }: { readonly label: Label; readonly className?: string }): ReactElement {
  return (
    <text className={className} x={round(label.x)} y={round(label.y)} textAnchor={label.anchor}>
      {label.says}
    </text>
  );
}

/** Whoever is known has their knot; anyone else is a plain ring. */
function Face({ at, of, size }: { readonly at: Spot; readonly of: string | null; readonly size: number }): ReactElement {
  const x = round(at.x - size / 2);
  const y = round(at.y - size / 2);
  return (
    <>
      <circle className="ground" cx={round(at.x)} cy={round(at.y)} r={size / 2 + 3} />
      <svg className={`knot ${hueOf(of)}`} x={x} y={y} width={size} height={size} viewBox={knotBox}>
        <path d={facePath(of)} />
      </svg>
    </>
  );
}

function RelayMark({ at, open, size }: { readonly at: Spot; readonly open: boolean; readonly size: number }): ReactElement {
  const side = size * 0.875;
  return (
    <g className="relay-mark" data-open={open}>
      <circle className="ground" cx={round(at.x)} cy={round(at.y)} r={side / 2 + 4} />
      <svg
        x={round(at.x - side / 2)}
        y={round(at.y - side / 2)}
        width={side}
        height={side}
        viewBox={knotBox}
        className="knot sign"
      >
        <path d={wholeKnot()} />
      </svg>
    </g>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
