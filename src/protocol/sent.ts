/** Moments as they stand on the wire: milliseconds since 2020 in 40 bits, which ends in 2054. */
import type { Reader, Writer } from './bytes.ts';

/** A moment outside is said as the nearest one inside: a device whose clock is decades off can still write. */
export const writeSent = (out: Writer, atMs: number): Writer => out.u40(clamp(Math.floor(atMs) - start));

export const readSent = (read: Reader): number => read.u40() + start;

/** What the others will read for it. */
export const asSent = (atMs: number): number => clamp(Math.floor(atMs) - start) + start;

/** 2020-01-01, UTC. */
const start = 1_577_836_800_000;
const last = 2 ** 40 - 1;

const clamp = (value: number): number => Math.min(Math.max(value, 0), last);
