/**
 * Classes with more in them than any phone has links, on a mobile network that lets few pairs connect: words go by ring, tree and strangers,
 * over some who mean ill, through lids that close, and without a relay for most of the talk.
 */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import { illMeaning } from './ill-meaning.ts';
import { napsOf } from './naps.ts';
import type { Plan } from './plan.ts';

const darkMs = (talkMs: number): number => talkMs * 0.2;
const lightMs = (talkMs: number): number => talkMs * 0.8;
/** Before what went astray is said again, after 4 s. */
const soonMs = 3_000;

export const school: Plan = {
  name: 'school',
  full: { nodes: 128, talkMs: 180_000 },
  small: { nodes: 18, talkMs: 40_000 },
  roomSize: 32,
  messagesPerNodeMinute: 1,
  relays: 1,
  heals: 'all',
  path: { delayMs: 40, jitterMs: 40, loss: 0.02 },
  settle: (names, luck) => {
    const lines = new Map(
      names.map((name) => [
        name,
        // A fair cell: 10 Mbit/s down, 2 up.
        { downBytesPerMs: 1_250, upBytesPerMs: 250, nat: natFrom(natMixes.phones, luck.share()) },
      ]),
    );
    const bad = illMeaning(names, 0.1, ['lie', 'drop', 'delay'], luck);
    return { nodeOf: (name) => ({ line: lines.get(name) ?? {} }), misdeedOf: (name) => bad.get(name) ?? null };
  },
  happenings: (stage) => {
    const { crowd, talkMs, say } = stage;
    const [relay] = crowd.relays;
    return [
      { atMs: darkMs(talkMs), run: () => (say('the relay dies'), relay?.crash('power-cut')) },
      { atMs: lightMs(talkMs), run: () => (say('the relay is back'), relay?.start()) },
      ...napsOf(stage),
    ];
  },
  apart: (talkMs) => ({
    name: 'deliveredInTheDark',
    fromMs: darkMs(talkMs),
    untilMs: lightMs(talkMs) - soonMs,
    // One in ten drops it or keeps it back, and may be the only way.
    soon: { withinMs: soonMs, share: 0.95 },
  }),
};
