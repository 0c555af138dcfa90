/** What a member tells who asks: bounded, whatever is asked. */
import type { Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { withRun, without } from '../runs.ts';
import type { Runs } from '../runs.ts';
import type { MayHave } from './entitled.ts';
import { aroundEntry } from './parts.ts';
import type { WantEntries, WantNamed } from './parts.ts';
import type { Shelf, Shelved } from './shelf.ts';

/** What to tell: as much as one answer holds, in the order asked, and nothing that the other side may not have. */
export function answer(
  want: WantEntries | WantNamed,
  shelf: Shelf,
  mayHave: MayHave,
): { readonly entries: readonly Shelved[]; readonly gone: readonly Shelved[] } {
  const entries: Shelved[] = [];
  const gone: Shelved[] = [];
  let bytes = 0;
  for (const item of want.kind === 'want-named' ? named(want, shelf) : inRanges(want, shelf)) {
    if (!mayHave(item)) continue;
    if (!item.isGone) bytes += item.bytes + aroundEntry;
    const list = item.isGone ? gone : entries;
    if (list.length >= limits.syncThings || bytes > limits.syncBytes) break;
    list.push(item);
  }
  return { entries, gone };
}

function* inRanges(want: WantEntries, shelf: Shelf): Iterable<Shelved> {
  // What is asked for twice is looked for once.
  const done: Record<Short, Runs> = {};
  for (const { device, from, to } of want.ranges) {
    const before = done[device] ?? [];
    for (const run of without([{ from, to }], before)) yield* shelf.within(device, run.from, run.to);
    done[device] = withRun(before, { from, to });
  }
}

const named = (want: WantNamed, shelf: Shelf): readonly Shelved[] =>
  [...new Set(want.names)].flatMap((name) => shelf.named(name));
