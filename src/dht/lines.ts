/** Questions to servers and their answers, over links that stand or are opened for it: each is answered, or is not in time. */
import type { Clock, Stop } from '../ports/clock.ts';
import type { Link, Network } from '../ports/network.ts';
import type { Contact } from '../protocol/directory/contact.ts';
import { decodeDirectory, encodeDirectory } from '../protocol/directory/message.ts';
import type { DirectoryMessage } from '../protocol/directory/message.ts';
import type { PeerId } from '../protocol/ids.ts';
import { isRefusal } from '../protocol/refusal.ts';
import type { RefusalReason } from '../protocol/refusal.ts';

export type Question = Extract<DirectoryMessage, { readonly kind: 'find' | 'put' }>;
export type Reply = Exclude<DirectoryMessage, Question>;
/** Without its number. */
export type Asked = Question extends infer Each ? (Each extends Question ? Omit<Each, 'number'> : never) : never;

/** Who is to answer where; what their place cost is not asked. */
export type Door = Pick<Contact, 'peer' | 'address'>;

export interface Lines {
  ask(server: Door, asked: Asked, done: (reply: Reply | null) => void): void;
  /** Not null: it cannot be read. Of whom we asked the link is over then. */
  frame(link: Link, bytes: Uint8Array): RefusalReason | null;
  closed(link: Link): void;
  close(): void;
}

export interface LinesHands {
  /** Null: it is not answered. */
  answer(from: PeerId, question: Question): Reply | null;
}

const answerMs = 2_500;
/** Links that we opened; the longest unused goes for a new one. */
const mostOpen = 48;

interface Line {
  link: Link | null;
  /** What waits for the link. */
  readonly unsent: Uint8Array[];
  readonly opening: AbortController;
}

interface Waiting {
  readonly peer: PeerId;
  readonly door: string;
  readonly done: (reply: Reply | null) => void;
  readonly stop: Stop;
}

const nameOf = ({ peer, address }: Door): string => `${peer} ${address}`;

export function createLines(network: Pick<Network, 'openRelay'>, clock: Clock, { answer }: LinesHands): Lines {
  /** By name and address, since anybody may say a wrong one of somebody else; the longest unused first. */
  const lines = new Map<string, Line>();
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let isClosed = false;

  const drop = (door: string): void => {
    const line = lines.get(door);
    lines.delete(door);
    line?.opening.abort();
    line?.link?.close();
    for (const [number, each] of [...waiting]) if (each.door === door) settle(number, null);
  };
  const dropLink = (link: Link): void => {
    for (const [door, line] of lines) if (line.link === link) return drop(door);
  };
  const settle = (number: number, reply: Reply | null): void => {
    const asked = waiting.get(number);
    waiting.delete(number);
    asked?.stop();
    asked?.done(reply);
  };

  const open = async (server: Door, line: Line): Promise<void> => {
    const [door, { peer, address }] = [nameOf(server), server];
    const opened = await network.openRelay(address, line.opening.signal);
    if (lines.get(door) !== line) return opened.state === 'open' ? opened.link.close() : undefined;
    // Whoever else answers there is not whom we ask.
    if (opened.state !== 'open' || opened.link.peer !== peer) {
      if (opened.state === 'open') opened.link.close();
      return drop(door);
    }
    line.link = opened.link;
    for (const bytes of line.unsent.splice(0)) line.link.send(bytes);
  };

  const lineTo = (server: Door): Line => {
    const door = nameOf(server);
    const known = lines.get(door);
    const line: Line = known ?? { link: null, unsent: [], opening: new AbortController() };
    lines.delete(door);
    lines.set(door, line);
    if (known === undefined) void open(server, line);
    if (lines.size > mostOpen)
      for (const [each] of lines)
        if (![...waiting.values()].some((asked) => asked.door === each)) {
          drop(each);
          break;
        }
    return line;
  };

  return {
    ask: (server, asked, done) => {
      if (isClosed) return done(null);
      last = (last + 1) % 2 ** 32;
      const number = last;
      const stop = clock.after(answerMs, () => settle(number, null));
      waiting.set(number, { peer: server.peer, door: nameOf(server), done, stop });
      const line = lineTo(server);
      const bytes = encodeDirectory({ ...asked, number });
      if (line.link === null) line.unsent.push(bytes);
      else if (line.link.send(bytes) !== 'sent') settle(number, null);
    },
    frame: (link, bytes) => {
      const message = decodeDirectory(bytes);
      if (isRefusal(message)) {
        // A server that we asked and that babbles.
        if (link.opener === 'us') dropLink(link);
        return message.refused;
      }
      if (message.kind === 'find' || message.kind === 'put') {
        const reply = answer(link.peer, message);
        if (reply !== null) link.send(encodeDirectory(reply));
      } else if (waiting.get(message.number)?.peer === link.peer) settle(message.number, message);
      return null;
    },
    closed: dropLink,
    close: () => {
      isClosed = true;
      for (const door of [...lines.keys()]) drop(door);
    },
  };
}
