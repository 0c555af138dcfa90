/** What really happened, beside what each app shows: kept by the simulation, which sees every device at once. */
import type { App } from '../../src/app/app.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Mark, MessageView } from '../../src/app/view.ts';

export interface Truth {
  /** A person pressed Enter. Every text is one of a kind. */
  asked(text: string, author: string): void;
  /** The app said that the message is on the disk, or that it is not. */
  answered(text: string, isKept: boolean): void;
  /** Looks at everything this device shows, now and at each change. `linkedMs`: when it last had any link at all. */
  watch(device: string, app: Pick<App, 'view' | 'subscribe'>, room: () => RoomId | null, linkedMs: () => number): void;
  isAllDelivered(devices: readonly string[]): boolean;
  /** After the end: `shown` is all that each device has, the oldest too. Guests are owed nothing, and count in marks. */
  count(shown: ReadonlyMap<string, readonly MessageView[]>, guests?: ReadonlyMap<string, readonly MessageView[]>): Counts;
  /** Kept messages said within a time, each with who should have it and who was shown it so soon. */
  owed(fromMs: number, untilMs: number, devices: readonly string[], withinMs: number): readonly Owed[];
}

export interface Owed {
  readonly author: string;
  readonly to: readonly string[];
  readonly shownTo: readonly string[];
}

export interface Counts {
  readonly messages: number;
  /** Asked for on a device that crashed before it answered: may exist or not. */
  readonly unanswered: number;
  readonly refused: number;
  /** Kept messages times other devices. */
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  readonly shownTwice: number;
  readonly falseMarks: number;
  /** Took a step back while the app ran. */
  readonly marksBack: number;
  /** Stood lower at the first look after a restart than before it. */
  readonly marksForgotten: number;
  /** Kept messages whose author knows in the end of everyone who has them. */
  readonly marksComplete: number;
  /** From pressing Enter to being shown elsewhere, sorted. */
  readonly latenciesMs: readonly number[];
}

interface Said {
  readonly author: string;
  readonly atMs: number;
  state: 'asked' | 'kept' | 'refused';
  readonly shownAtMs: Map<string, number>;
  rank: number;
}

/** One life of one device, as it is watched. */
interface Look {
  readonly device: string;
  /** The mark of each text when it was last looked at. 0 waiting or alone, 1 left, 2 and more received. */
  readonly ranks: Map<string, number>;
  linkedMs(): number;
}

export const createTruth = (nowMs: () => number, say: (what: string) => void): Truth => {
  const said = new Map<string, Said>();
  const twice = new Set<string>();
  const falseMarks = new Set<string>();
  const marksBack = new Set<string>();
  const marksForgotten = new Set<string>();

  const note = (what: Set<string>, name: string, facts: string): void => {
    if (what.has(name)) return;
    what.add(name);
    say(facts);
  };

  const lookForTwins = (device: string, messages: readonly MessageView[]): void => {
    const texts = new Set<string>();
    for (const { text } of messages) {
      if (texts.has(text)) note(twice, `${device} ${text}`, `${device} shows "${text}" twice`);
      texts.add(text);
    }
  };

  const lookAtMark = ({ device, ranks, linkedMs }: Look, text: string, mark: Mark): void => {
    const message = said.get(text);
    if (message === undefined) return;
    const rank = rankOf(mark);
    const others = [...message.shownAtMs.keys()].filter((other) => other !== message.author).length;
    if (mark.state === 'received' && mark.by > others) {
      note(falseMarks, text, `${device} says "${text}" was received by ${mark.by}, it was by ${others}`);
    }
    if (mark.state === 'left' && message.rank < 1 && linkedMs() < message.atMs) {
      note(falseMarks, text, `${device} says "${text}" left, but has had no link since`);
    }
    const before = ranks.get(text);
    if (before !== undefined && rank < before)
      note(marksBack, text, `${device} takes the mark of "${text}" back, ${before} to ${rank}`);
    if (before === undefined && rank < message.rank) {
      note(marksForgotten, text, `${device}, started again, has the mark of "${text}" at ${rank}, it was ${message.rank}`);
    }
    ranks.set(text, rank);
    message.rank = Math.max(rank, message.rank);
  };

  const lookAt = (look: Look, messages: readonly MessageView[]): void => {
    const { device } = look;
    lookForTwins(device, messages);
    for (const { text, mark } of messages) {
      const message = said.get(text);
      if (message !== undefined && !message.shownAtMs.has(device)) message.shownAtMs.set(device, nowMs());
      if (mark !== null) lookAtMark(look, text, mark);
    }
  };

  return {
    asked: (text, author) => {
      if (said.has(text)) throw new Error(`truth: "${text}" was said before`);
      said.set(text, { author, atMs: nowMs(), state: 'asked', shownAtMs: new Map(), rank: 0 });
    },
    answered: (text, isKept) => {
      const message = said.get(text);
      if (message !== undefined) message.state = isKept ? 'kept' : 'refused';
    },
    watch: (device, app, room, linkedMs) => {
      let before: readonly MessageView[] | null = null;
      const look: Look = { device, ranks: new Map(), linkedMs };
      app.subscribe(() => {
        const id = room();
        const messages = id === null ? undefined : app.view().timelines[id]?.messages;
        if (messages === undefined || messages === before) return;
        before = messages;
        lookAt(look, messages);
      });
    },
    isAllDelivered: (devices) =>
      [...said.values()].every((message) => message.state !== 'kept' || devices.every((device) => message.shownAtMs.has(device))),
    owed: (fromMs, untilMs, devices, withinMs) =>
      [...said.values()]
        .filter(({ state, atMs }) => state === 'kept' && atMs >= fromMs && atMs < untilMs)
        .map(({ author, atMs, shownAtMs }) => {
          const isShownTo = (device: string): boolean => (shownAtMs.get(device) ?? Infinity) - atMs <= withinMs;
          const to = devices.filter((device) => device !== author);
          return { author, to, shownTo: to.filter(isShownTo) };
        }),
    count: (shown, guests = new Map()) => {
      const all = [...said].map(([text, message]) => ({ text, ...message }));
      const kept = all.filter((message) => message.state === 'kept');
      const texts = new Map<string, ReadonlySet<string>>();
      for (const [device, messages] of shown) {
        lookForTwins(device, messages);
        texts.set(device, new Set(messages.map((message) => message.text)));
      }
      const holders = (message: { readonly text: string; readonly author: string }): number =>
        [...texts].filter(([device, has]) => device !== message.author && has.has(message.text)).length;
      // What was once shown must also be there in the end: each mark against the last state of every disk.
      let marksComplete = 0;
      for (const message of kept) {
        const mark = shown.get(message.author)?.find((view) => view.text === message.text)?.mark;
        const by = mark?.state === 'received' ? mark.by : 0;
        const has = holders(message) + [...guests.values()].filter((all) => all.some(({ text }) => text === message.text)).length;
        if (by > has) note(falseMarks, message.text, `in the end "${message.text}" is marked ${by}, and ${has} have it`);
        if (by === has) marksComplete += 1;
      }
      const expected = kept.length * (shown.size - 1);
      const delivered = kept.reduce((sum, message) => sum + holders(message), 0);
      return {
        messages: all.length,
        unanswered: all.filter((message) => message.state === 'asked').length,
        refused: all.filter((message) => message.state === 'refused').length,
        expected,
        delivered,
        lost: expected - delivered,
        shownTwice: twice.size,
        falseMarks: falseMarks.size,
        marksBack: marksBack.size,
        marksForgotten: marksForgotten.size,
        marksComplete,
        latenciesMs: kept
          .flatMap(({ author, atMs, shownAtMs }) =>
            [...shownAtMs].filter(([device]) => device !== author).map(([, shownMs]) => shownMs - atMs),
          )
          .toSorted((a, b) => a - b),
      };
    },
  };
};

const rankOf = (mark: Mark): number => (mark.state === 'received' ? 1 + mark.by : mark.state === 'left' ? 1 : 0);
