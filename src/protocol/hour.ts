/** Hours since 1970 as they stand on the wire, and how long after one of them is still taken. */
export const hourMs = 3_600_000;
const skewHours = 24;

export const hourOf = (nowMs: number): number => Math.floor(nowMs / hourMs);

/** Every expiry bears a clock that is a day off. */
export const hasExpired = (expiresHour: number, nowMs: number): boolean => nowMs >= endsMs(expiresHour);

/** From when on nobody takes it. */
export const endsMs = (expiresHour: number): number => (expiresHour + skewHours + 1) * hourMs;
