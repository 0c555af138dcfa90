/** Who is reached now and how, and in how many rooms nobody is. */
import type { PathKind, View } from '../view.ts';
import type { PeopleFound } from './findings.ts';

export function findPeople({ mesh, rooms }: Pick<View, 'mesh' | 'rooms'>): PeopleFound {
  const by = (path: PathKind): number => mesh.neighbours.filter((each) => each.path === path).length;
  // Who is in the Square comes and goes.
  const peopled = rooms.filter(({ kind, stage, people }) => kind !== 'square' && stage === 'in' && people.length > 0);
  return {
    direct: by('direct'),
    relayed: by('relayed'),
    through: by('through'),
    rooms: peopled.length,
    roomsOut: peopled.filter(({ people }) => people.every(({ here }) => !here)).length,
  };
}
