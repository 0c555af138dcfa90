/** What pages leave at the directory and look for there, by this relay: so many look-ups each, and all together, and a named answer to the rest. */
import type { Clock } from '../src/ports/clock.ts';
import type { Directory } from '../src/dht/directory.ts';
import { checkRecord, keyOfWriter } from '../src/protocol/directory/record.ts';
import { decodeDirectory, encodeDirectory } from '../src/protocol/directory/message.ts';
import type { DirectoryMessage, NotNow } from '../src/protocol/directory/message.ts';
import { hourOf } from '../src/protocol/hour.ts';
import type { PeerId } from '../src/protocol/ids.ts';
import type { MeetFrame, MeetRefusal } from '../src/protocol/meet.ts';
import { createAllowance } from '../src/protocol/meeting/allowance.ts';
import { createShares } from '../src/protocol/meeting/shares.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import type { Suite } from '../src/protocol/suite/suite.ts';

export interface DirectoryDesk {
  /** For whoever enters; null: it sleeps, and a page that hears nothing asks nothing. */
  welcome(): MeetFrame | null;
  /** A page's word; not null: what is wrong with it. `answer` may come much later, or never. */
  take(page: PeerId, word: Uint8Array, answer: (frame: MeetFrame) => void): MeetRefusal | null;
  /** News for all pages. */
  listen(tell: (frame: MeetFrame) => void): void;
  /** It woke, or fell asleep. */
  turned(): void;
  counts(): Record<string, number>;
}

export interface DirectoryDeskWorld {
  readonly clock: Clock;
  readonly suite: Pick<Suite, 'hash' | 'verify'>;
  /** Null until this relay has a place. */
  directory(): Pick<Directory, 'isAwake' | 'find' | 'leave'> | null;
}

export function createDirectoryDesk({ clock, suite, directory }: DirectoryDeskWorld): DirectoryDesk {
  /** Also of who left and comes back. */
  const shares = createShares(mostPages, () => createAllowance(0.2, 12, clock.ticksMs));
  const all = createAllowance(4, 60, clock.ticksMs);
  const counted = new Map<string, number>();
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);
  let underWay = 0;
  let tell: (frame: MeetFrame) => void = () => undefined;
  const frameOf = (message: DirectoryMessage): MeetFrame => ({ kind: 'directory', word: encodeDirectory(message) });
  const isAwake = (): boolean => directory()?.isAwake() === true;

  const lookUp = (asked: DirectoryMessage, say: (message: DirectoryMessage) => void): void => {
    const { number } = asked;
    const notNow = (why: NotNow): void => {
      count(`refused_${why}`);
      say({ kind: 'not-now', number, why });
    };
    const there = directory();
    if (there === null || !there.isAwake()) return notNow('asleep');
    const ended = <Result>(run: (result: Result) => void) => {
      underWay += 1;
      return (result: Result | null): void => {
        underWay -= 1;
        if (result === null) notNow('asleep');
        else run(result);
      };
    };
    if (asked.kind === 'find') {
      count('finds');
      there.find(
        asked.place,
        ended(({ found }) => {
          if (found !== null) count('found');
          say({ kind: 'near', number, contacts: [], record: found });
        }),
      );
    } else if (asked.kind === 'put') {
      const { record } = asked;
      // No server would have it: nobody is asked.
      const wrong = checkRecord(suite, record, keyOfWriter(suite, record.writer), hourOf(clock.nowMs()));
      if (wrong !== null) {
        count(`refused_${wrong.refused}`);
        return say({ kind: 'not-kept', number });
      }
      count('puts');
      there.leave(
        record,
        ended((kept) => say({ kind: kept > 0 ? 'kept' : 'not-kept', number })),
      );
    }
  };

  return {
    welcome: () => (isAwake() ? frameOf({ kind: 'awake', number: 0 }) : null),
    take: (page, word, answer) => {
      const asked = decodeDirectory(word);
      if (isRefusal(asked)) return asked.refused === 'unknown-version' ? 'unknown-version' : 'malformed';
      // A page is no server.
      const isAsked = (asked.kind === 'find' && asked.from === null) || asked.kind === 'put';
      if (!isAsked) return 'malformed';
      const say = (message: DirectoryMessage): void => answer(frameOf(message));
      if (underWay < mostUnderWay && shares(page).take(1) && all.take(1)) lookUp(asked, say);
      else {
        count('refused_too-fast');
        say({ kind: 'not-now', number: asked.number, why: 'too-fast' });
      }
      return null;
    },
    listen: (on) => {
      tell = on;
    },
    turned: () => tell(frameOf(isAwake() ? { kind: 'awake', number: 0 } : { kind: 'not-now', number: 0, why: 'asleep' })),
    counts: () => ({ looking: underWay, ...Object.fromEntries(counted) }),
  };
}

const mostPages = 8_192;
const mostUnderWay = 64;
