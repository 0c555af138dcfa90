/** What a scenario is: who is where, what their world is like, and what happens to them. `crowd-run.ts` plays it. */
import type { NodeOptions } from '../../../src/adapters/memory/node.ts';
import type { PathRules } from '../../../src/adapters/memory/paths.ts';
import type { Random } from '../../../src/adapters/memory/random.ts';
import type { World } from '../../../src/adapters/memory/world.ts';
import type { Crowd } from '../crowd.ts';
import type { Misdeed } from '../hostile.ts';
import type { Happening } from '../room-run.ts';

export interface Plan {
  readonly name: string;
  readonly full: Size;
  /** What `npm test` plays. */
  readonly small: Size;
  readonly roomSize: number;
  readonly messagesPerNodeMinute: number;
  readonly relays: number;
  /** Between those without a map. */
  readonly path: Partial<PathRules>;
  /** Lays everybody out; answers what depends on it. Names are `device 0` and so on. */
  settle(names: readonly string[], luck: Random): Settled;
  /** Times are since everybody was in their room and links had time to come up. */
  happenings(stage: PlanStage): readonly Happening[];
  /**
   * Until when connectivity is back, `all` of it; or `linked`, what links join by then; or it `never` is. MESH.md: lost is what is
   * absent ten minutes later.
   */
  readonly heals: 'all' | 'linked' | 'never';
  /** A stretch of the talk that is counted by itself, between those whom links join as it begins, and in the end. */
  apart?(talkMs: number): Apart;
}

export interface Apart {
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** So soon such a share of it is on the screens of whom links joined as the stretch began. Without: all of it, in the end. */
  readonly soon?: { readonly withinMs: number; readonly share: number };
}

export interface Size {
  readonly nodes: number;
  readonly talkMs: number;
}

export interface Settled {
  nodeOf(name: string): NodeOptions;
  /** Who talks with whom. None given: by turns, so many a room. */
  readonly rooms?: readonly (readonly string[])[];
  /** Before anybody starts. */
  prepare?(world: World): void;
  misdeedOf?(name: string): Misdeed | null;
}

export interface PlanStage {
  readonly crowd: Crowd;
  readonly talkMs: number;
  readonly luck: Random;
  say(what: string): void;
}
