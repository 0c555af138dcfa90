/** Each device's own line: how wide it is either way, what waits before it, and what NAT stands there. */
import type { Core } from './core.ts';
import { directChance } from './nat.ts';
import type { NatKind } from './nat.ts';

export interface LineRules {
  /** 0: as wide as one likes. */
  readonly upBytesPerMs: number;
  readonly downBytesPerMs: number;
  /** More than this does not wait before either: up, the sender hears `full`; down, it is dropped and sent again. */
  readonly bufferBytes: number;
  readonly nat: NatKind;
  /** Devices at one site share a LAN: near, wide, and nothing between them. */
  readonly site: string | null;
}

export const lineRules: LineRules = { upBytesPerMs: 0, downBytesPerMs: 0, bufferBytes: 2 ** 18, nat: 'open', site: null };

export interface Lines {
  set(name: string, rules: Partial<LineRules>): void;
  isLan(one: string, other: string): boolean;
  /** Whether a direct link between them comes about: by luck, but the same each time. */
  mayMeet(one: string, other: string): boolean;
  isChoked(from: string, to: string): boolean;
  /** When the last of these bytes has left; they wait for all that was given before. */
  leaveUs(from: string, to: string, bytes: number): number;
  /** What came to the far end of a line now has passed it then. Null: dropped, the queue before it is full. */
  landUs(from: string, to: string, bytes: number): number | null;
}

interface Line {
  rules: LineRules;
  upFreeUs: number;
  downFreeUs: number;
}

export const createLines = (core: Core): Lines => {
  const lines = new Map<string, Line>();
  /** Whether any line is narrow: without one nothing is asked. */
  let areNarrow = false;

  const natOf = (name: string): NatKind => (lines.get(name)?.rules ?? lineRules).nat;
  const isLan = (one: string, other: string): boolean => {
    const site = lines.get(one)?.rules.site ?? null;
    return site !== null && site === (lines.get(other)?.rules.site ?? null);
  };
  const waitingBytes = (freeUs: number, bytesPerMs: number): number => (Math.max(0, freeUs - core.nowUs()) * bytesPerMs) / 1000;

  return {
    set: (name, rules) => {
      const line = lines.get(name) ?? { rules: lineRules, upFreeUs: 0, downFreeUs: 0 };
      line.rules = { ...line.rules, ...rules };
      lines.set(name, line);
      areNarrow ||= line.rules.upBytesPerMs > 0 || line.rules.downBytesPerMs > 0;
    },
    isLan,
    mayMeet: (one, other) => {
      if (lines.size === 0 || isLan(one, other)) return true;
      const [low, high] = one < other ? [one, other] : [other, one];
      return core.random.fork(`nat ${low} ${high}`).chance(directChance(natOf(one), natOf(other)));
    },
    isChoked: (from, to) => {
      const line = areNarrow ? lines.get(from) : undefined;
      if (line === undefined || line.rules.upBytesPerMs === 0 || isLan(from, to)) return false;
      return waitingBytes(line.upFreeUs, line.rules.upBytesPerMs) > line.rules.bufferBytes;
    },
    leaveUs: (from, to, bytes) => {
      const line = areNarrow ? lines.get(from) : undefined;
      if (line === undefined || line.rules.upBytesPerMs === 0 || isLan(from, to)) return core.nowUs();
      line.upFreeUs = Math.max(line.upFreeUs, core.nowUs()) + (bytes / line.rules.upBytesPerMs) * 1000;
      return line.upFreeUs;
    },
    landUs: (from, to, bytes) => {
      const line = areNarrow ? lines.get(to) : undefined;
      if (line === undefined || line.rules.downBytesPerMs === 0 || isLan(from, to)) return core.nowUs();
      const { downBytesPerMs, bufferBytes } = line.rules;
      if (waitingBytes(line.downFreeUs, downBytesPerMs) > bufferBytes) return null;
      line.downFreeUs = Math.max(line.downFreeUs, core.nowUs()) + (bytes / downBytesPerMs) * 1000;
      return line.downFreeUs;
    },
  };
};
