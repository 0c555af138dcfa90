/** What a room is called on the screen: the Square has no name of its own, each language gives it one. */
import type { RoomView } from '../../app/view.ts';
import type { FirstWords } from '../words/words.ts';

export function roomName({ kind, name }: Pick<RoomView, 'kind' | 'name'>, { home }: FirstWords): string {
  return kind === 'square' ? home.squareName : name;
}
