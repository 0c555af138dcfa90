/** The counting itself: a simulation that cannot see a fault proves nothing by finding none. */
import { expect, test } from 'vitest';
import type { App } from '../../src/app/app.ts';
import type { Mark, MessageView } from '../../src/app/view.ts';
import { parseDeviceId, parseMessageId } from '../../src/protocol/ids.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createTruth } from './truth.ts';
import type { Counts, Truth } from './truth.ts';

const must = <Value>(value: Value | null): Value => {
  if (value === null) throw new Error('test: impossible id');
  return value;
};
const room = '00'.repeat(16) as RoomId;
const id = must(parseMessageId('11'.repeat(16)));
const author = must(parseDeviceId('22'.repeat(32)));

const message = (text: string, mark: Mark | null): MessageView => ({
  id,
  author,
  face: author,
  name: 'A',
  mine: mark !== null,
  sentAtMs: 0,
  text,
  mark,
});

/** An app that shows whatever the test says. */
const fakeApp = (): { readonly app: Pick<App, 'view' | 'subscribe'>; show(...messages: readonly MessageView[]): void } => {
  let tell = (): void => {};
  let messages: readonly MessageView[] = [];
  const app: Pick<App, 'view' | 'subscribe'> = {
    view: () => ({
      stage: 'ready',
      me: null,
      rooms: [],
      timelines: { [room]: { messages, hasOlder: false } },
      mesh: { online: true, relay: null, others: [], neighbours: [] },
      square: null,
      modelMayScore: true,
      pairing: null,
      trouble: null,
    }),
    subscribe: (changed) => {
      tell = changed;
      return () => {};
    },
  };
  return {
    app,
    show: (...next) => {
      messages = next;
      tell();
    },
  };
};

const waiting: Mark = { state: 'waiting' };
const left: Mark = { state: 'left' };
const received = (by: number): Mark => ({ state: 'received', by });

/** Devices a (who says hello), b and c; the clock is turned by hand. */
const scene = (
  linkedMs = 0,
): {
  readonly truth: Truth;
  readonly at: { ms: number };
  readonly a: ReturnType<typeof fakeApp>;
  readonly b: ReturnType<typeof fakeApp>;
  readonly c: ReturnType<typeof fakeApp>;
  end(a: readonly MessageView[], b: readonly MessageView[], c: readonly MessageView[]): Counts;
} => {
  const at = { ms: 0 };
  const truth = createTruth(
    () => at.ms,
    () => {},
  );
  const [a, b, c] = [fakeApp(), fakeApp(), fakeApp()];
  for (const [name, { app }] of [
    ['a', a],
    ['b', b],
    ['c', c],
  ] as const)
    truth.watch(
      name,
      app,
      () => room,
      () => linkedMs,
    );
  truth.asked('hello', 'a');
  truth.answered('hello', true);
  return {
    truth,
    at,
    a,
    b,
    c,
    end: (...shown) =>
      truth.count(
        new Map([
          ['a', shown[0]],
          ['b', shown[1]],
          ['c', shown[2]],
        ]),
      ),
  };
};
const plain = message('hello', null);

test('sees a good run as good', () => {
  const { truth, at, a, b, c, end } = scene();
  a.show(message('hello', waiting));
  a.show(message('hello', left));
  at.ms = 40;
  b.show(plain);
  at.ms = 60;
  c.show(plain);
  a.show(message('hello', received(1)));
  expect(truth.isAllDelivered(['a', 'b', 'c'])).toBe(true);
  expect(end([message('hello', received(2))], [plain], [plain])).toEqual({
    messages: 1,
    unanswered: 0,
    refused: 0,
    expected: 2,
    delivered: 2,
    lost: 0,
    shownTwice: 0,
    falseMarks: 0,
    marksBack: 0,
    marksForgotten: 0,
    marksComplete: 1,
    latenciesMs: [40, 60],
  });
});

test('sees what is absent in the end, also when it was once shown', () => {
  const { a, b, end } = scene();
  a.show(message('hello', left));
  b.show(plain);
  expect(end([message('hello', left)], [], [])).toMatchObject({ expected: 2, delivered: 0, lost: 2, marksComplete: 1 });
});

test('sees a message shown twice, though only for a moment', () => {
  const { b, end } = scene();
  b.show(plain, plain);
  b.show(plain);
  expect(end([message('hello', left)], [plain], [plain]).shownTwice).toBe(1);
});

test('sees a mark that claims more than is so, at any moment or in the end', () => {
  const early = scene();
  early.a.show(message('hello', received(1)));
  early.b.show(plain);
  expect(early.end([message('hello', received(1))], [plain], [plain]).falseMarks).toBe(1);
  const late = scene();
  late.b.show(plain);
  late.a.show(message('hello', received(1)));
  expect(late.end([message('hello', received(1))], [], []).falseMarks).toBe(1);
});

test('sees a message that left without a way to leave', () => {
  const { a, end } = scene(-1);
  a.show(message('hello', left));
  expect(end([message('hello', left)], [plain], [plain]).falseMarks).toBe(1);
});

test('sees marks go back, and tells a restart from a running device', () => {
  const running = scene();
  running.b.show(plain);
  running.a.show(message('hello', received(1)));
  running.a.show(message('hello', left));
  expect(running.end([message('hello', left)], [plain], [plain])).toMatchObject({ marksBack: 1, marksForgotten: 0 });
  const again = scene();
  again.b.show(plain);
  again.a.show(message('hello', received(1)));
  const restarted = fakeApp();
  again.truth.watch(
    'a',
    restarted.app,
    () => room,
    () => 0,
  );
  restarted.show(message('hello', left));
  expect(again.end([message('hello', left)], [plain], [plain])).toMatchObject({ marksBack: 0, marksForgotten: 1 });
});

test('expects nothing of what was refused or never answered', () => {
  const { truth, end } = scene();
  truth.asked('refused', 'a');
  truth.answered('refused', false);
  truth.asked('cut off', 'b');
  expect(truth.isAllDelivered(['a'])).toBe(false);
  const done = message('hello', received(2));
  expect(end([done], [plain], [plain])).toMatchObject({ messages: 3, refused: 1, unanswered: 1, expected: 2, delivered: 2 });
});
