/** The head of a link's row: whose it is and how good it is taken for; opened, by whom and why. */
import type { ReactElement, ReactNode } from 'react';
import type { ScoreView } from '../../app/view.ts';
import { useAllWords } from '../words/all-words.ts';

export interface LinkHeadProps {
  readonly score: ScoreView | null;
  /** It belongs to the link that the way there begins with; so many are used at once. Null: it is their own. */
  readonly waysThere: number | null;
  /** Whose link it is. */
  readonly children: ReactNode;
}

export function LinkHead({ score, waysThere, children }: LinkHeadProps): ReactElement {
  const { w, f } = useAllWords();
  if (!score) return <th scope="row">{children}</th>;
  const { latency, uptime, reliability, success } = score.parts;
  const parts = [
    { says: w.mesh.quick, share: latency },
    { says: w.mesh.stands, share: uptime },
    { says: w.mesh.answers, share: reliability },
    { says: w.mesh.carries, share: success },
  ];
  return (
    <th scope="row">
      <details className="link-score" data-by={score.by}>
        <summary>
          {children}
          <span className="score">{w.mesh.score(f.percent(score.value * 100))}</span>
        </summary>
        {waysThere !== null && (
          <p>
            {w.mesh.scoreOfFirst} {waysThere > 1 ? w.mesh.goesBy(f.number(waysThere)) : w.mesh.goesAlone}
          </p>
        )}
        <p>{score.by === 'model' ? w.mesh.byModel : w.mesh.byRule}</p>
        <dl>
          {parts.map(({ says, share }) => (
            <div key={says}>
              <dt>{says}</dt>
              <dd>{share === null ? w.mesh.unmeasured : f.percent(share * 100)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </th>
  );
}
