/** Numbers, times and plurals in one language. */
import type { Counted } from './words.ts';

export interface Format {
  number(value: number): string;
  /** 115 → `115%`. */
  percent(value: number): string;
  /** `42 ms`; below ten with one decimal. */
  ms(value: number): string;
  clock(atMs: number): string;
  /** `Today`, `Yesterday`, `Monday`, `3 November`, `3 November 2025`. */
  day(atMs: number, nowMs: number): string;
  /** For a list: the clock today, else a short day. */
  stamp(atMs: number, nowMs: number): string;
  count(forms: Counted, value: number): string;
}

export function createFormat(lang: string): Format {
  // Each costs up to 20 ms to make, and the first screen needs none or one.
  const plain = once(() => new Intl.NumberFormat(lang));
  const coarse = once(() => new Intl.NumberFormat(lang, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 }));
  const fine = once(() => new Intl.NumberFormat(lang, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 1 }));
  const percent = once(() => new Intl.NumberFormat(lang, { style: 'percent' }));
  const clock = once(() => new Intl.DateTimeFormat(lang, { timeStyle: 'short' }));
  const relative = once(() => new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }));
  const weekday = once(() => new Intl.DateTimeFormat(lang, { weekday: 'long' }));
  const weekdayShort = once(() => new Intl.DateTimeFormat(lang, { weekday: 'short' }));
  const date = once(() => new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long' }));
  const dateShort = once(() => new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short' }));
  const dateYear = once(() => new Intl.DateTimeFormat(lang, { dateStyle: 'long' }));
  const plural = once(() => new Intl.PluralRules(lang));

  return {
    number: (value) => plain().format(value),
    percent: (value) => percent().format(value / 100),
    ms: (value) => (value < 9.95 ? fine : coarse)().format(value),
    clock: (atMs) => clock().format(atMs),
    day: (atMs, nowMs) => {
      const ago = daysBetween(atMs, nowMs);
      if (ago === 0 || ago === 1) return capital(relative().format(-ago, 'day'), lang);
      if (ago > 1 && ago < 7) return capital(weekday().format(atMs), lang);
      return (sameYear(atMs, nowMs) ? date : dateYear)().format(atMs);
    },
    stamp: (atMs, nowMs) => {
      const ago = daysBetween(atMs, nowMs);
      if (ago <= 0) return clock().format(atMs);
      return (ago < 7 ? weekdayShort : dateShort)().format(atMs);
    },
    count: (forms, value) => (forms[plural().select(value)] ?? forms.other).replace('#', plain().format(value)),
  };
}

/** Which calendar day it is here: the same number for every moment of one day. */
export function dayNumber(atMs: number): number {
  const at = new Date(atMs);
  return Math.floor(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000);
}

function daysBetween(atMs: number, nowMs: number): number {
  return dayNumber(nowMs) - dayNumber(atMs);
}

function sameYear(atMs: number, nowMs: number): boolean {
  return new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
}

function capital(text: string, lang: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase(lang) + text.slice(first.length);
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | null = null;
  return () => (made ??= make());
}
