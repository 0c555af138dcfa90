/** Who says what when in a broadcast bench, the same on both sides, and what came of it. */
import type { World } from '../../../src/adapters/memory/world.ts';

export interface Talk {
  /** Devices that speak, in turn. */
  readonly speakers: readonly string[];
  readonly messages: number;
  readonly everyMs: number;
}

export interface Heard {
  /** Of one message, by each other device that is there: from saying it to reading it. */
  readonly latenciesMs: readonly number[];
  readonly expected: number;
}

/** Every text is one of a kind, as long as the others. */
export const textOf = (tag: string, turn: number): string => `${tag} ${String(turn).padStart(4, '0')} `.padEnd(100, 'm');

export interface Crowd {
  readonly world: World;
  /** Of those who are there, and may speak. */
  readonly names: readonly string[];
  say(name: string, text: string): void;
  /** Told once for each device and text. */
  onHeard(run: (name: string, text: string) => void): void;
}

export async function talkIn(crowd: Crowd, tag: string, { speakers, messages, everyMs }: Talk): Promise<Heard> {
  const { world, names } = crowd;
  const saidAtMs = new Map<string, number>();
  const latenciesMs: number[] = [];
  const there = new Set(names);
  crowd.onHeard((name, text) => {
    const atMs = saidAtMs.get(text);
    if (atMs !== undefined && there.has(name)) latenciesMs.push(world.nowMs() - atMs);
  });
  for (let turn = 0; turn < messages; turn += 1) {
    const text = textOf(tag, turn);
    saidAtMs.set(text, world.nowMs());
    crowd.say(speakers[turn % speakers.length] ?? '', text);
    await world.runFor(everyMs);
  }
  await world.runFor(lateMs);
  return { latenciesMs, expected: messages * (names.length - 1) };
}

/** For what was repaired late. */
const lateMs = 60_000;
