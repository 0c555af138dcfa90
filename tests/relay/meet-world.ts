/** The relay's introductions with links made by hand and a clock to turn, for tests. */
import type { DirectoryDesk } from '../../relay/directory-desk.ts';
import { createMeet } from '../../relay/meet.ts';
import type { Meet, MeetWorld as MeetPorts } from '../../relay/meet.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { limits } from '../../src/protocol/limits.ts';
import { parsePeerId, parseTopic } from '../../src/protocol/ids.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Link } from '../../src/ports/network.ts';
import { createHandClock } from './hand-clock.ts';

export const peer = (name: string): PeerId => parsePeerId(`${name}AAA`.slice(0, 4))!;
export const topic = (byte: number): Topic => parseTopic(byte.toString(16).padStart(2, '0').repeat(16))!;

export interface TestPage {
  readonly link: Link;
  full: boolean;
  says(frame: MeetFrame): void;
  sends(bytes: Uint8Array): void;
  heard(): MeetFrame[];
  closes(): void;
}

export interface MeetWorld {
  readonly meet: Meet;
  page(name: string): TestPage;
  turn(ms: number): void;
}

export function createMeetWorld(
  maxPages?: number,
  square: MeetPorts['square'] = null,
  openDesk: (clock: Clock) => DirectoryDesk | null = () => null,
): MeetWorld {
  const { clock, turn } = createHandClock();
  let luck = 1;
  const entropy = {
    bytes: (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => {
        luck = (luck * 48_271) % 0x7fffffff;
        return luck & 0xff;
      }),
  };
  const directory = openDesk(clock);
  const meet = createMeet({ clock, entropy, log: () => {}, square, directory, ...(maxPages === undefined ? {} : { maxPages }) });
  let ids = 0;
  return {
    meet,
    turn,
    page: (name) => {
      let state: 'open' | 'closed' = 'open';
      let inbox: Uint8Array[] = [];
      const link: Link = {
        id: `${(ids += 1)}`,
        peer: peer(name),
        end: 'peer',
        opener: 'them',
        path: 'socket',
        maxFrameBytes: limits.frameBytes,
        state: () => state,
        send: (frame) => {
          if (state === 'closed') return 'closed';
          if (page.full) return 'full';
          inbox.push(frame);
          return 'sent';
        },
        close: () => {
          state = 'closed';
        },
      };
      const page: TestPage = {
        link,
        full: false,
        says: (frame) => meet.frame(link, encodeMeet(frame)),
        sends: (bytes) => meet.frame(link, bytes),
        heard: () => {
          const frames = inbox.map(decodeMeet);
          inbox = [];
          return frames.map((frame) => {
            if (isRefusal(frame)) throw new Error(frame.refused);
            return frame;
          });
        },
        closes: () => {
          state = 'closed';
          meet.closed(link);
        },
      };
      meet.opened(link);
      return page;
    },
  };
}
