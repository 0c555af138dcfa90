/** By which way somebody is reached, in words. */
import type { PathKind } from '../../app/view.ts';
import type { FirstWords } from '../words/words.ts';

export const pathWords = ({ people }: Pick<FirstWords, 'people'>, path: PathKind): string =>
  ({ direct: people.direct, relayed: people.relayed, through: people.through })[path];
