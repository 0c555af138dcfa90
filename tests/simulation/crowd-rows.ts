/** What a crowd's run comes to, in the rows of GOALS.md. */
import type { Counted, Share } from './crowd-count.ts';
import type { Crowd } from './crowd.ts';
import { allOf, exactly, percentile, report } from './rows.ts';
import type { Row } from './rows.ts';
import type { Plan } from './scenarios/plan.ts';
import type { Counts } from './truth.ts';

/** Where the run stood: before joining, before the talk, after it, in the end. */
export interface Marks {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly virtualMs: number;
  readonly events: number;
  readonly bytes: number;
  readonly messageBytes: number;
}

interface CrowdRun {
  readonly plan: Plan;
  readonly nodes: number;
  readonly seed: string;
  readonly suite: string;
  readonly crowd: Crowd;
  readonly counted: Counted;
  readonly marks: readonly Marks[];
  readonly deliveredMs: number;
  readonly heap: number;
  readonly isGauged: boolean;
}

/** On this machine. */
const costOf = (name: string, from: Marks, until: Marks, counted: string): readonly Row[] => [
  report(name === '' ? 'wallMs' : `${name}WallMs`, until.wallMs - from.wallMs, 'ms', counted),
  report(
    name === '' ? 'cpuMs' : `${name}CpuMs`,
    until.cpuMs - from.cpuMs,
    'ms',
    `${counted}; of its processors, whatever else ran`,
  ),
];

/** MESH.md: absent ten virtual minutes after connectivity returned, wherever it did. */
const lostRow = ({ heals }: Plan, absent: number, linked: Share): Row => {
  const row = (value: number, counted: string): Row => exactly('lost', value, 0, 'deliveries', counted);
  if (heals === 'all') return row(absent, 'absent ten virtual minutes after connectivity returned');
  if (heals === 'linked') return row(linked.owed - linked.shown, 'absent ten virtual minutes later, though links join the two');
  return report('lost', 0, 'deliveries', `connectivity never returns here; ${absent} have not come yet`);
};

const shareRow = (name: string, { owed, shown }: Share, counted: string): Row => allOf(name, shown, owed, 'deliveries', counted);

const joinedRow = ({ name, joined, soon }: NonNullable<Counted['apart']>): Row => {
  const between = 'between those awake whom links joined as it began, over others too';
  const row = shareRow(`${name}Joined`, joined, soon === undefined ? between : `${between}; within ${soon.withinMs} virtual ms`);
  return soon === undefined ? row : { ...row, goal: soon.share, met: row.ratio !== null && row.ratio >= soon.share };
};

export const rowsOfCrowd = (run: CrowdRun): readonly Row[] => {
  const { plan, nodes, crowd, counted, marks, deliveredMs } = run;
  const [begun, joined, talked, ended] = marks as readonly [Marks, Marks, Marks, Marks];
  const sum = (what: (counts: Counts) => number): number => counted.counts.reduce((all, counts) => all + what(counts), 0);
  const [expected, delivered] = [sum((each) => each.expected), sum((each) => each.delivered)];
  const latenciesMs = counted.counts.flatMap((each) => each.latenciesMs).toSorted((a, b) => a - b);
  const copies = crowd.tap.copies().message;
  const control = (one: Marks, other: Marks): number => other.bytes - other.messageBytes - (one.bytes - one.messageBytes);
  const nodeMinutes = (nodes * (talked.virtualMs - joined.virtualMs)) / 60_000;
  const heard = report('delivered', delivered, 'deliveries', 'kept messages on each other device of their room in the end');
  return [
    report('nodes', nodes, 'devices', `in ${crowd.rooms.length} rooms, beside ${crowd.relays.length} relay(s); ${plan.name}`),
    report('suite', run.suite, '', 'the cryptography under all of it'),
    report(
      'messages',
      sum((each) => each.messages),
      'messages',
      'times somebody pressed Enter on a running device',
    ),
    exactly(
      'refused',
      sum((each) => each.refused),
      0,
      'messages',
      'of them not kept, the app said',
    ),
    { ...heard, baseline: expected, ratio: expected === 0 ? 1 : Number((delivered / expected).toPrecision(6)), goal: 1 },
    ...(counted.apart === null
      ? []
      : [
          shareRow(counted.apart.name, counted.apart.linked, 'between those whom links join in the end, over others too'),
          joinedRow(counted.apart),
          {
            ...shareRow(
              `${counted.apart.name}Linkable`,
              counted.apart.linkable,
              'between those whom links could join, were they known to each other',
            ),
            // Read, not judged: nobody is left who could introduce them.
            met: null,
          },
        ]),
    report('p50Ms', percentile(latenciesMs, 0.5), 'virtual ms', 'from Enter to another screen, outages included'),
    report('p99Ms', percentile(latenciesMs, 0.99), 'virtual ms', 'from Enter to another screen, outages included'),
    report(
      'copies',
      delivered === 0 ? 0 : copies / delivered,
      'frames per delivery',
      'frames with a message that arrived at devices',
    ),
    lostRow(plan, expected - delivered, counted.linked),
    exactly(
      'shownTwice',
      sum((each) => each.shownTwice),
      0,
      'messages',
      'on one screen twice, at any moment',
    ),
    exactly(
      'falseMarks',
      sum((each) => each.falseMarks),
      0,
      'messages',
      'marked left or received beyond what was so, at any moment',
    ),
    exactly(
      'marksBack',
      sum((each) => each.marksBack),
      0,
      'messages',
      'whose mark took a step back on a running device',
    ),
    report(
      'marksForgotten',
      sum((each) => each.marksForgotten),
      'messages',
      'whose mark stood lower right after a restart',
    ),
    report(
      'controlBytesPerNodeMinute',
      nodeMinutes === 0 ? 0 : control(joined, talked) / nodeMinutes,
      'bytes',
      'of all frames during the talk but those with a message in them, to and from relays too',
    ),
    report('allDeliveredMs', deliveredMs, 'virtual ms', 'since the talk began; ten minutes after its end at the latest'),
    report('down', counted.down, 'devices', 'not running in the end'),
    report('joinVirtualMs', joined.virtualMs, 'virtual ms', 'until everybody was in their room and links were up'),
    report('virtualMs', ended.virtualMs, 'virtual ms', 'the whole run'),
    report('events', ended.events, 'events', `the whole run; ${talked.events - joined.events} of them during the talk`),
    ...(run.isGauged
      ? [
          ...costOf('join', begun, joined, 'until everybody was in and linked'),
          ...costOf(
            '',
            joined,
            talked,
            `for the ${Math.round((talked.virtualMs - joined.virtualMs) / 1000)} virtual s of the talk`,
          ),
          ...costOf('after', talked, ended, 'from the talk’s end to the end'),
          report(
            'heapMBPerNode',
            run.heap / nodes / 1e6,
            'MB',
            'in use after the talk, garbage collected, the counting included',
          ),
        ]
      : []),
    report('traceHash', crowd.world.traceHash(), '', `over every event in its order; seed ${run.seed}`),
  ];
};
