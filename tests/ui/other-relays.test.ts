/** Each relay has one row in the Mesh tab: who stands in for the own stands among the links alone. */
import { expect, test } from 'vitest';
import type { OtherRelayView, RelayView } from '../../src/app/view.ts';
import { besides } from '../../src/ui/mesh/other-relays.tsx';

const [own, west, north] = [
  '/dns4/own.example/tcp/443/tls/ws',
  '/dns4/west.example/tcp/443/tls/ws',
  '/ip4/192.0.2.1/tcp/8470/ws',
];
const relay = (address: string, standIn: RelayView['standIn']): RelayView => ({
  address,
  state: 'open',
  members: null,
  rttMs: 12,
  score: null,
  standIn,
});
const others: readonly OtherRelayView[] = [
  { address: west, state: 'open' },
  { address: north, state: 'resting' },
];

test('while the own is there the other has its row below', () => {
  expect(besides({ relay: relay(own, null), others })).toEqual(others);
  expect(besides({ relay: null, others })).toEqual(others);
});

test('who stands in has none below, by whatever way it was linked', () => {
  for (const standIn of [
    { away: own, how: 'open' },
    { away: own, how: 'by-hand' },
    { away: null, how: 'open' },
  ] as const) {
    expect(besides({ relay: relay(west, standIn), others })).toEqual([{ address: north, state: 'resting' }]);
  }
});
