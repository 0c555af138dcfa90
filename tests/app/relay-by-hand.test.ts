/** A relay that a page may open no socket to: an offer carried to its page, and the answer brought back. */
import { expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { Network } from '../../src/ports/network.ts';
import type { OtherRelayView, RelayRefused } from '../../src/app/view.ts';
import { fromBase64url } from '../../src/protocol/bytes.ts';
import { createRelayByHand } from '../../src/app/mesh/relay-by-hand.ts';
import { linkText } from '../../src/protocol/contact/link-text.ts';
import { createHandClock } from '../relay/hand-clock.ts';
import { createRelay } from '../simulation/page.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage } from './village.ts';
import type { Village } from './village.ts';

const link = 'http://192.168.1.9:8470/';
const place = '/ip4/192.168.1.9/tcp/8470/ws';
const minutes = (count: number): number => count * 60_000;

interface Story {
  readonly village: Village;
  readonly far: ReturnType<typeof createRelay>;
  readonly asha: Page;
  offer(): Promise<Uint8Array>;
  /** As the relay's page shows it. */
  answer(offer: Uint8Array): Promise<string>;
  take(answer: string): Promise<RelayRefused | null>;
}

async function begin(seed: string): Promise<Story> {
  const village = createVillage(seed);
  const { world } = village;
  const far = createRelay(world, 'far relay', { address: '/memory/far-relay' });
  far.start();
  const asha = await village.person('Asha');
  await village.until('the own relay', () => appOf(asha).view().mesh.relay?.state === 'open');
  return {
    village,
    far,
    asha,
    offer: async () => {
      const offered = await world.finish(appOf(asha).offerRelay(link));
      const [, page = '', text = ''] = /^(.*)\?offer=([\w-]+)$/.exec('page' in offered ? offered.page : '') ?? [];
      expect(page).toBe('http://192.168.1.9:8470/pair');
      return fromBase64url(text)!;
    },
    answer: async (offer) => {
      const answer = await world.finish(far.node.lives()[0]!.network().answer(offer, new AbortController().signal));
      return answer.state === 'answered' ? linkText('relay', answer.bytes) : answer.why;
    },
    take: async (answer) => world.finish(appOf(asha).takeRelayAnswer(answer)),
  };
}

const othersOf = (page: Page): readonly OtherRelayView[] => appOf(page).view().mesh.others;

test('the relay is linked by hand and shown as such; when it ends nothing is dialled, and nothing was remembered', async () => {
  const { village, far, asha, offer, answer, take } = await begin('by hand');
  expect(await take(await answer(await offer()))).toBeNull();
  expect(othersOf(asha)).toEqual([{ address: place, state: 'by-hand' }]);
  // The far relay has her as it has any page.
  expect(far.counts()).toMatchObject({ pages: 1 });
  far.crash('killed');
  await village.until('its end was heard', () => othersOf(asha).length === 0, minutes(2));
  asha.crash('killed');
  await village.world.finish(asha.start([]));
  expect(othersOf(asha)).toEqual([]);
});

test('what is no answer is refused by name, and the offer still stands', async () => {
  const { asha, offer, answer, take } = await begin('no answer');
  expect(await take('relay/abcd')).toBe('expired');
  const first = await offer();
  for (const bad of ['', 'hello', 'relay/', 'relay/!!', `relay/${'A'.repeat(100_000)}`, linkText('relay', first)]) {
    expect([bad.slice(0, 20), await take(bad)]).toEqual([bad.slice(0, 20), 'not-answer']);
  }
  const old = await answer(first);
  const second = await offer();
  expect(await take(old)).toBe('not-answer');
  expect(await take(`  ${await answer(second)}\n`)).toBeNull();
  expect(othersOf(asha)).toHaveLength(1);
});

test('the tab was frozen meanwhile: within ten minutes the offer holds, later it has ended', async () => {
  for (const [awayMs, outcome] of [
    [minutes(9), null],
    [minutes(11), 'expired'],
  ] as const) {
    const { village, asha, offer, answer, take } = await begin(`away ${awayMs}`);
    const text = await answer(await offer());
    asha.running()!.life.freeze();
    await village.world.runFor(awayMs);
    asha.running()!.life.thaw();
    expect([awayMs, await take(text)]).toEqual([awayMs, outcome]);
  }
});

test('called off, an answer leads nowhere; neither does one whose relay is gone, nor the own relay by hand', async () => {
  const { village, far, asha, offer, answer, take } = await begin('called off');
  const first = await answer(await offer());
  await village.world.finish(appOf(asha).stopAddingRelay());
  expect(await take(first)).toBe('expired');
  const own = await village.world.finish(
    village.relay.node
      .lives()[0]!
      .network()
      .answer(await offer(), new AbortController().signal),
  );
  expect(own.state === 'answered' && (await take(linkText('relay', own.bytes)))).toBe('own');
  const second = await answer(await offer());
  far.crash('killed');
  expect(await take(second)).toBe('not-linked');
  expect(othersOf(asha)).toEqual([]);
  expect(await village.world.finish(appOf(asha).offerRelay('no address'))).toEqual({ refused: 'unreadable' });
});

test('an offer that could not be made leaves nothing under way', async () => {
  const { village, asha } = await begin('no offer');
  const network = asha.running()!.life.network();
  const { clock } = createHandClock();
  const waiting = new Set<() => void>();
  const counting: Clock = {
    ...clock,
    after: (delayMs, run) => {
      const stop = clock.after(delayMs, run);
      waiting.add(stop);
      return () => {
        waiting.delete(stop);
        stop();
      };
    },
  };
  const noHand: Network = { ...network, offer: () => Promise.reject(new Error('no WebRTC here')) };
  const byHand = createRelayByHand({ clock: counting, log: () => undefined }, noHand, () => Promise.resolve(null));
  expect(await village.world.finish(byHand.offer(link))).toEqual({ refused: 'stopped' });
  expect(waiting.size).toBe(0);
  expect(await village.world.finish(byHand.take('relay/abcd'))).toBe('expired');
});
