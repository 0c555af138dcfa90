/** The tide line is always true. */
import { expect, test } from 'vitest';
import type { MeshView, NeighbourView, RelayView } from '../../src/app/view.ts';
import { tideSentence } from '../../src/ui/shell/tide.tsx';
import { en } from '../../src/ui/words/en.ts';
import { createFormat } from '../../src/ui/words/format.ts';

const speech = { w: en, f: createFormat('en'), whole: null };
const near: NeighbourView = {
  peer: 'p' as NeighbourView['peer'],
  device: null,
  person: null,
  name: null,
  path: 'direct',
  rttMs: 3,
  rooms: 1,
  score: null,
  ways: 1,
};
const mesh = (
  state: RelayView['state'] | null,
  neighbours: number | readonly NeighbourView['path'][],
  rttMs: number | null = null,
  online = true,
  members: RelayView['members'] = null,
): MeshView => ({
  online,
  relay: state === null ? null : { address: 'ws://x', state, rttMs, score: null, members, standIn: null },
  others: [],
  neighbours:
    typeof neighbours === 'number'
      ? Array.from({ length: neighbours }, () => near)
      : neighbours.map((path) => ({ ...near, path })),
});

test.each([
  [mesh('open', 3, 42), 'Relay 42 ms · 3 neighbours'],
  [mesh('open', 1), 'Relay reached · 1 neighbour'],
  [mesh('lost', 2), 'Relay lost, looking again · 2 neighbours still here'],
  [mesh(null, 1), 'No relay · 1 neighbour still here'],
  [mesh('lost', 1, null, false), 'This device is offline · 1 neighbour still here'],
  [mesh('lost', 4), 'Relay lost, looking again · 4 neighbours still here'],
  [mesh('lost', ['direct', 'through', 'through']), 'Relay lost, looking again · 1 neighbour still here · 2 through others'],
  [mesh('lost', ['through']), 'Relay lost, looking again · 1 through others'],
  [mesh('connecting', ['direct', 'through']), 'Looking for the relay · 1 neighbour still here · 1 through others'],
  [mesh('lost', ['direct', 'through'], null, false), 'This device is offline · 1 neighbour still here · 1 through others'],
  [mesh('open', ['direct', 'relayed', 'through'], 42), 'Relay 42 ms · 2 neighbours · 1 through others'],
  [mesh('connecting', 0), 'Looking for the relay'],
  [mesh('lost', 0), 'Relay lost, looking again · Nobody reachable; messages wait here'],
  [mesh('not-let-in', 0, 3, true, { owner: 'Asha', isMine: false }), 'This relay is for members. Ask Asha for an invite.'],
  [mesh('not-let-in', 0, 3, true, { owner: '', isMine: false }), 'This relay is for members.'],
  [
    mesh('not-let-in', 1, 3, true, { owner: 'Asha', isMine: false }),
    'This relay is for members. Ask Asha for an invite. · 1 neighbour still here',
  ],
  [mesh('open', 0, 3, true, { owner: 'Asha', isMine: true }), 'Relay 3 ms · yours · 0 neighbours'],
  [mesh('open', 0, 3, true, { owner: 'Asha', isMine: false }), 'Relay 3 ms · 0 neighbours'],
  [mesh(null, 0), 'Nobody reachable; messages wait here'],
  [mesh(null, 0, null, false), 'This device is offline · Nobody reachable; messages wait here'],
])('%#', (view, sentence) => {
  expect(tideSentence(view, speech)).toBe(sentence);
});
