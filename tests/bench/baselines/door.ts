/** Turns one library's way to another page into the handle the harness drives. */
import type { BenchHandle, EchoKind } from '../handle.ts';
import { openSealed, seal } from './sealing.ts';

/** An open way for bytes to one other page. */
export type Link = {
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly close: () => void;
  readonly connection: RTCPeerConnection | undefined;
};

export type Listener = {
  readonly onLink: (link: Link) => void;
  readonly onBytes: (link: Link, bytes: Uint8Array<ArrayBuffer>) => void;
};

/** What a baseline must know to do: be there, and meet. */
export type Door = {
  readonly me: string;
  readonly ready: Promise<void>;
  readonly meet: (peer: string) => Promise<Link>;
};

const TEXT = 0;
const ASK = 1;
const ANSWER = 2;
const SEALED_ASK = 3;
const SEALED_ANSWER = 4;

/** Puts the handle in the page, and says what the URL asks to be said. */
export function offerHandle(openDoor: (listener: Listener, query: URLSearchParams) => Door): void {
  const query = new URLSearchParams(location.search);
  const links = new Set<Link>();
  const texts = new Map<string, number>();
  const waiters = new Map<string, (atMs: number) => void>();
  let onAnswer: (() => void) | undefined;

  const onBytes = async (link: Link, frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    const body = frame.subarray(1);
    if (frame[0] === TEXT) noteText(new TextDecoder().decode(body));
    if (frame[0] === ASK) link.send(framed(ANSWER, body));
    if (frame[0] === ANSWER) onAnswer?.();
    if (frame[0] === SEALED_ASK) link.send(framed(SEALED_ANSWER, await seal(await openSealed(body))));
    if (frame[0] === SEALED_ANSWER && (await openSealed(body)).length > 0) onAnswer?.();
  };
  const noteText = (text: string): void => {
    const atMs = performance.timeOrigin + performance.now();
    if (!texts.has(text)) texts.set(text, atMs);
    waiters.get(text)?.(atMs);
    waiters.delete(text);
  };
  const door = openDoor({ onLink: (link) => links.add(link), onBytes: (link, bytes) => void onBytes(link, bytes) }, query);

  const roundTrip = async (body: Uint8Array<ArrayBuffer>, kind: EchoKind): Promise<number> => {
    const link = newest(links);
    const startedAtMs = performance.now();
    const answered = new Promise<void>((resolve) => (onAnswer = resolve));
    link.send(kind === 'sealed' ? framed(SEALED_ASK, await seal(body)) : framed(ASK, body));
    await answered;
    return performance.now() - startedAtMs;
  };

  const handle: BenchHandle = {
    ready: door.ready,
    me: () => door.me,
    invite: async () => {
      const url = new URL(location.href);
      url.searchParams.set('to', door.me);
      return url.href;
    },
    firstReceivedAtMs: (text) => {
      const atMs = texts.get(text);
      return atMs === undefined ? new Promise((resolve) => waiters.set(text, resolve)) : Promise.resolve(atMs);
    },
    dial: async (peer) => {
      const startedAtMs = performance.now();
      links.add(await door.meet(peer));
      return performance.now() - startedAtMs;
    },
    closeLinks: async () => {
      for (const link of links) link.close();
      links.clear();
    },
    pathKind: () => pathOf(newest(links).connection),
    echo: async (count, sizeBytes, kind) => {
      if (kind !== 'plain' && kind !== 'sealed') throw new Error(`a baseline has no ${kind} echo`);
      const body = crypto.getRandomValues(new Uint8Array(sizeBytes));
      const tripsMs: number[] = [];
      for (let i = 0; i < count; i += 1) tripsMs.push(await roundTrip(body, kind));
      return tripsMs;
    },
  };
  globalThis.wavuBench = handle;
  addEventListener('pagehide', () => void handle.closeLinks());

  const to = query.get('to');
  const say = query.get('say');
  if (to === null || say === null) return;
  void door.meet(to).then((link) => {
    links.add(link);
    link.send(framed(TEXT, new TextEncoder().encode(say)));
  });
}

function framed(kind: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(1 + body.length);
  frame[0] = kind;
  frame.set(body, 1);
  return frame;
}

function newest(links: ReadonlySet<Link>): Link {
  const link = [...links].at(-1);
  if (link === undefined) throw new Error('no link is open');
  return link;
}

/** Asks the connection itself which candidates it chose. */
async function pathOf(connection: RTCPeerConnection | undefined): Promise<string> {
  if (connection === undefined) return 'unknown';
  const report = await connection.getStats();
  const all = [...report.values()] as readonly (RTCIceCandidatePairStats & { candidateType?: string; protocol?: string })[];
  const pair = all.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  const local = all.find(({ id }) => id === pair?.localCandidateId);
  return local === undefined
    ? 'unknown'
    : `${local.candidateType === 'relay' ? 'relayed' : 'direct'} ${local.candidateType}/${local.protocol}`;
}
