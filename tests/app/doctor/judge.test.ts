/** What the doctor makes of its findings: held over every combination of them. */
import { expect, test } from 'vitest';
import type { Findings, PeopleFound, RelayFound } from '../../../src/app/doctor/findings.ts';
import { judge } from '../../../src/app/doctor/judge.ts';
import type { NextStep, Verdict } from '../../../src/app/doctor/judge.ts';
import type { StorageState, WebRtcTry } from '../../../src/ports/surroundings.ts';

const relays: readonly RelayFound[] = [
  { state: 'open', door: 'first', answers: true, rttMs: 40 },
  { state: 'open', door: 'second', answers: false, rttMs: null },
  { state: 'silent' },
  { state: 'shut' },
  { state: 'refuses' },
  { state: 'not-let-in' },
];
const webRtcs: readonly WebRtcTry[] = [
  { state: 'absent' },
  { state: 'refused' },
  ...(['addresses', 'names', 'none'] as const).flatMap((hosts) =>
    [true, false].map((isLinked): WebRtcTry => ({ state: 'tried', hosts, isLinked })),
  ),
];
const counts = [0, 2];
const crowds: readonly PeopleFound[] = counts.flatMap((direct) =>
  counts.flatMap((relayed) =>
    counts.flatMap((through) => [0, 1].map((roomsOut) => ({ direct, relayed, through, rooms: 1, roomsOut }))),
  ),
);
const disks: readonly (StorageState | null)[] = [null, { isKept: false, room: null }, { isKept: true, room: null }];

const all: readonly Findings[] = [true, false].flatMap((secure) =>
  [true, false].flatMap((online) =>
    relays.flatMap((relay) =>
      webRtcs.flatMap((webRtc) =>
        crowds.flatMap((people) =>
          disks.flatMap((storage) =>
            (['ready', 'coming', 'no'] as const).map((offline): Findings => ({
              secure,
              online,
              relay,
              webRtc,
              people,
              storage,
              offline,
            })),
          ),
        ),
      ),
    ),
  ),
);

const canLink = ({ webRtc }: Findings): boolean => webRtc.state === 'tried' && webRtc.isLinked;
const isRelayOpen = ({ relay }: Findings): boolean => relay.state === 'open';
const isForOthers = ({ relay }: Findings): boolean => relay.state === 'not-let-in';
const withoutRelay = ({ people }: Findings): number => people.direct + people.through;
const isAlone = (found: Findings): boolean => !isRelayOpen(found) && !isForOthers(found) && withoutRelay(found) === 0;

/** For which findings each step is right; whatever else it is said for is wrong. */
const reasons: Readonly<Record<NextStep, (found: Findings) => boolean>> = {
  'open-securely': ({ secure }) => !secure,
  pair: (found) => isAlone(found) && canLink(found),
  'join-network': (found) => isAlone(found) && found.webRtc.state === 'tried' && found.webRtc.hosts === 'none',
  'other-browser': (found) => isAlone(found) && !canLink(found),
  'ask-invite': isForOthers,
  'keep-open': (found) => !isRelayOpen(found) && !isForOthers(found) && withoutRelay(found) > 0,
  'allow-direct': (found) => isRelayOpen(found) && !canLink(found),
  invite: (found) => isRelayOpen(found) && withoutRelay(found) + found.people.relayed === 0 && found.people.roomsOut === 0,
  wait: (found) => isRelayOpen(found) && found.people.roomsOut > 0,
  'keep-storage': ({ storage }) => storage?.isKept === false,
  'ordinary-window': ({ offline }) => offline === 'no',
  none: (found) =>
    isRelayOpen(found) &&
    canLink(found) &&
    found.people.roomsOut === 0 &&
    found.storage?.isKept !== false &&
    found.offline !== 'no',
};
const verdicts: Readonly<Record<Verdict, (found: Findings) => boolean>> = {
  joined: (found) => isRelayOpen(found) && withoutRelay(found) + found.people.relayed > 0,
  'nobody-here': (found) => isRelayOpen(found) && withoutRelay(found) + found.people.relayed === 0,
  'not-let-in': isForOthers,
  'without-relay': (found) => !isRelayOpen(found) && !isForOthers(found) && withoutRelay(found) > 0,
  'cut-off': isAlone,
};

test('each verdict and each step has its reason, for every combination, and none is never said', () => {
  const said = new Set<string>();
  const wrong = all.filter((found) => {
    const { verdict, next } = judge(found);
    said.add(verdict).add(next);
    return !verdicts[verdict](found) || !reasons[next](found) || (!found.secure && next !== 'open-securely');
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  expect([...said].toSorted()).toEqual([...Object.keys(verdicts), ...Object.keys(reasons)].toSorted());
});

test('where neither a relay nor a neighbour is, and two can link, the step is always to pair', () => {
  const alone = all.filter((found) => found.secure && isAlone(found) && canLink(found));
  expect(alone.length).toBeGreaterThan(100);
  expect(new Set(alone.map((found) => judge(found).next))).toEqual(new Set(['pair']));
});

test('people whom only a relay leads to do not stand once its link is gone', () => {
  const found: Findings = {
    secure: true,
    online: true,
    relay: { state: 'silent' },
    webRtc: { state: 'tried', hosts: 'names', isLinked: true },
    people: { direct: 0, relayed: 3, through: 0, rooms: 1, roomsOut: 0 },
    storage: null,
    offline: 'ready',
  };
  expect(judge(found)).toEqual({ verdict: 'cut-off', next: 'pair' });
});
