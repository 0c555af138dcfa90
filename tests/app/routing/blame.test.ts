/** Whoever does not answer tells against nobody who carried it: a carrier pays for what another way shows, and never below one that nobody knows. */
import { expect, test } from 'vitest';
import type { Network } from '../../../src/ports/network.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frame.ts';
import { sayMeet } from '../../../src/app/mesh/peers.ts';
import { decodeMeet } from '../../../src/protocol/meet.ts';
import type { Page } from '../../simulation/page.ts';
import { befriend, createMallory, nobody } from '../mallory.ts';
import { appOf, networkOf, roomOf, textsOf } from '../village.ts';
import { carried, watched } from './carried.ts';
import type { Carried } from './carried.ts';

/** What Asha makes of a carrier; half of one that she never used. */
function scoreAt({ asha }: Carried, carrier: Page): { readonly success: number; readonly value: number } {
  const id = networkOf(carrier).self;
  const score = appOf(asha)
    .view()
    .mesh.neighbours.find(({ peer }) => peer === id)?.score;
  if (!score) throw new Error('no link to it');
  return { success: score.parts.success ?? 0.5, value: score.value };
}

/** Asha says something every few seconds, for so long, whatever becomes of it. */
async function sayOn({ world, asha, well }: Carried, forMs: number, everyMs = 5_000): Promise<void> {
  for (let gone = 0; gone < forMs; gone += everyMs) {
    await world.finish(appOf(asha).send(well, `${world.nowMs()}`));
    await world.runFor(everyMs);
  }
}

/** All that is known of them was earned. */
async function known(seed: string, names: readonly string[], page: (name: string) => ((network: Network) => Network) | null) {
  const village = await carried(seed, names, {
    page: (name) => {
      const network = page(name);
      return network === null ? {} : { network };
    },
  });
  await sayOn(village, 60_000);
  return village;
}

const kindOf = (bytes: Uint8Array): string | null => {
  const frame = decodeFrame(bytes);
  return 'kind' in frame ? frame.kind : null;
};

test.each([[['First']], [['First', 'Second']], [['First', 'Second', 'Third']]])(
  'somebody freezes behind %j, and thaws: no carrier is worth less',
  async (names) => {
    const village = await known(`frozen ${names.length}`, names, () => null);
    const { world, chipo, until, asha, well } = village;
    const before = names.map((_, at) => scoreAt(village, village.between[at]!));
    chipo.running()!.life.freeze();
    await sayOn(village, 100_000);
    for (const [at, { success }] of before.entries())
      expect(scoreAt(village, village.between[at]!).success).toBeGreaterThanOrEqual(success);
    await world.runFor(100_000);
    chipo.running()!.life.thaw();
    appOf(chipo).wake(true);
    await until('all is read', () => textsOf(appOf(chipo), well).length === textsOf(appOf(asha), well).length);
    await world.runFor(20_000);
    for (const [at, { success, value }] of before.entries()) {
      const after = scoreAt(village, village.between[at]!);
      expect(after.success).toBeGreaterThanOrEqual(success);
      expect(after.value).toBeGreaterThan(value - 0.02);
    }
  },
);

test.each([[['First']], [['First', 'Second']]])(
  'somebody behind %j answers each ping and acknowledges nothing: no carrier is worth less',
  async (names) => {
    let isDumb = false;
    const village = await known(`dumb ${names.length}`, names, (name) =>
      name === 'Chipo' ? (network) => watched(network, 'pass', ({ bytes }) => !isDumb || kindOf(bytes) === 'pong') : null,
    );
    const before = village.between.map((carrier) => scoreAt(village, carrier));
    isDumb = true;
    await sayOn(village, 300_000);
    for (const [at, { success }] of before.entries())
      expect(scoreAt(village, village.between[at]!).success).toBeGreaterThanOrEqual(success);
  },
);

test('who carries pings and swallows all else is worth less, and who carries it instead is worth more', async () => {
  let evil: Page | null = null;
  const isMute = (self: string): boolean => evil !== null && networkOf(evil).self === self;
  const village = await known(
    'swallowing',
    ['First', 'Second'],
    () => (network) =>
      watched(network, 'passed', ({ bytes }) => !isMute(network.self) || ['ping', 'pong'].includes(kindOf(bytes) ?? '')),
  );
  const { asha, chipo, well, until } = village;
  const [used, other] = village.between.toSorted((a, b) => scoreAt(village, b).success - scoreAt(village, a).success);
  expect(scoreAt(village, used!).success).toBeGreaterThan(0.8);
  evil = used!;
  await sayOn(village, 120_000);
  await until('all is read', () => textsOf(appOf(chipo), well).length === textsOf(appOf(asha), well).length);
  expect(scoreAt(village, used!).success).toBeLessThan(0.7);
  expect(scoreAt(village, other!).success).toBeGreaterThan(0.9);
});

test('who acknowledges only what comes by one carrier takes from the other what it earned, and no more', async () => {
  let victim: Page | null = null;
  const village = await known('slander', ['First', 'Second'], (name) =>
    name === 'Chipo' ? (network) => deafTo(network, () => victim && networkOf(victim).self) : null,
  );
  const [used] = village.between.toSorted((a, b) => scoreAt(village, b).success - scoreAt(village, a).success);
  victim = used!;
  const seen: number[] = [];
  for (let minute = 0; minute < 10; minute += 1) {
    await sayOn(village, 60_000);
    seen.push(scoreAt(village, used!).success);
  }
  expect(Math.min(...seen)).toBeLessThan(0.8);
  // A carrier that nobody knows has 0.5.
  expect(Math.min(...seen)).toBeGreaterThan(0.5);
});

test('somebody behind a carrier who says that all was lost there takes neither its worth nor the way by it', async () => {
  const village = await known('losses', ['First'], () => null);
  const { world, asha, chipo, well, between } = village;
  const [first] = between;
  const before = scoreAt(village, first!);
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, first!);
  for (let at = 0; at < 1_000; at += 1) {
    mallory.say(link, { kind: 'lost', to: networkOf(asha).self, peer: at % 2 === 0 ? networkOf(chipo).self : nobody(at) });
  }
  await world.runFor(2_000);
  expect(roomOf(appOf(asha), well).people[0]?.path).toBe('through');
  expect(scoreAt(village, first!).success).toBeGreaterThanOrEqual(before.success);
  expect(village.refusals()).toContain('not-its-way');
});

test('a carrier that says whom it is for reads too slowly is worth no less; one that says it will not carry is', async () => {
  const village = await known('refused', ['First'], () => null);
  const { world, asha, chipo, between } = village;
  const [first] = between;
  const before = scoreAt(village, first!);
  const toAsha = networkOf(first!)
    .links()
    .find(({ peer }) => peer === networkOf(asha).self)!;
  for (const why of ['overloaded', 'too-fast'] as const) {
    for (let at = 0; at < 3; at += 1) sayMeet(toAsha, { kind: 'refused', why, peer: networkOf(chipo).self });
    await world.runFor(2_000);
    if (why === 'overloaded') expect(scoreAt(village, first!).success).toBeGreaterThanOrEqual(before.success);
  }
  expect(scoreAt(village, first!).success).toBeLessThan(0.6);
});

test('who names invented people and answers for them has earned nothing', async () => {
  const village = await known('invented', ['First'], () => null);
  const { world, asha, until } = village;
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, asha);
  await until('her topics are told', () => mallory.topics().length > 0);
  const answered = new Set<unknown>();
  mallory.say(link, { kind: 'met', topic: mallory.topics()[0]!, peers: [nobody(1), nobody(2), nobody(3)] });
  for (let second = 0; second < 120; second += 1) {
    await world.runFor(1_000);
    // She is alive.
    mallory.say(link, { kind: 'ping', token: second });
    for (const { frame } of mallory.heard) {
      if (frame.kind !== 'pass' || answered.has(frame)) continue;
      answered.add(frame);
      const inner = decodeFrame(frame.bytes);
      if (!('kind' in inner) || inner.kind !== 'ping') continue;
      mallory.say(link, { kind: 'passed', from: frame.to, bytes: encodeFrame({ kind: 'pong', token: inner.token }) });
    }
  }
  expect(answered.size).toBeGreaterThan(5);
  const seen = appOf(asha)
    .view()
    .mesh.neighbours.find(({ peer }) => peer === mallory.network.self);
  expect(seen?.score?.parts.success).toBeNull();
});

/** Hears nothing but pings that this neighbour passes on. */
function deafTo(network: Network, whom: () => string | null): Network {
  const isHeard = (bytes: Uint8Array): boolean => {
    const outer = decodeFrame(bytes);
    const inner = 'kind' in outer && outer.kind === 'meet' ? decodeMeet(outer.bytes) : null;
    return (
      inner === null || !('kind' in inner) || inner.kind !== 'passed' || ['ping', 'pong'].includes(kindOf(inner.bytes) ?? '')
    );
  };
  return {
    ...network,
    listen: (on) =>
      network.listen({
        ...on,
        onFrame: (link, bytes) => (link.peer !== whom() || isHeard(bytes) ? on.onFrame(link, bytes) : undefined),
      }),
  };
}
