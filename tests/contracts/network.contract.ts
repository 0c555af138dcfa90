/** What every network must do. */
import type { Clock } from '../../src/ports/clock.ts';
import type { CloseReason, Link, Network, Opened } from '../../src/ports/network.ts';
import { assert, assertSame, assertState, casesOf, createInbox, numbered, numberOf } from './contract.ts';
import type { Awaited, Case } from './contract.ts';

export interface NetworkSubject {
  /** A relay that lives for the whole case: its port, and where it is reached. */
  readonly relay: Network;
  readonly relayAddress: string;
  /** Well formed, and nobody there. */
  readonly deadAddress: string;
  /** For pauses between tries where gossip needs time; never to guess when something is done. */
  readonly clock: Clock;
  /** A fresh page's port. */
  page(): Promise<Network>;
  dispose(): Promise<void>;
}

export const networkContract = (name: string, make: () => Promise<NetworkSubject>): readonly Case[] =>
  casesOf<NetworkSubject>(name, make, (subject) => subject.dispose(), { ...relayCases, ...peerCases, ...handCases, ...topicCases });

interface Ears {
  readonly opens: Awaited<Link>;
  readonly frames: Awaited<{ readonly link: Link; readonly frame: Uint8Array }>;
  readonly closes: Awaited<{ readonly link: Link; readonly why: CloseReason }>;
}

type Cases = Readonly<Record<string, (subject: NetworkSubject) => Promise<void>>>;

const listenTo = (network: Network): Ears => {
  const ears: Ears = { opens: createInbox(), frames: createInbox(), closes: createInbox() };
  network.listen({
    onOpen: (link) => ears.opens.push(link),
    onFrame: (link, frame) => ears.frames.push({ link, frame: frame.slice() }),
    onClose: (link, why) => ears.closes.push({ link, why }),
  });
  return ears;
};

const never = (): AbortSignal => new AbortController().signal;
const linkOf = (opened: Opened): Link => assertState(opened, 'open').link;
const whyOf = (refused: { readonly state: string }): string =>
  refused.state === 'refused' && 'why' in refused ? String(refused.why) : refused.state;
const pause = (clock: Clock, ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));

const toRelay = async (subject: NetworkSubject, page: Network): Promise<Link> =>
  linkOf(await page.openRelay(subject.relayAddress, never()));

/** Two pages linked to the relay and to each other. */
interface Pair {
  readonly a: Network;
  readonly b: Network;
  readonly aEars: Ears;
  readonly bEars: Ears;
  readonly aLink: Link;
  readonly bLink: Link;
}
const makePair = async (subject: NetworkSubject): Promise<Pair> => {
  listenTo(subject.relay);
  const [a, b] = [await subject.page(), await subject.page()];
  const [aEars, bEars] = [listenTo(a), listenTo(b)];
  const [aRelay] = [await toRelay(subject, a), await toRelay(subject, b)];
  const aLink = linkOf(await a.openPeer(b.self, aRelay, never()));
  const bLink = await bEars.opens.first((link) => link.end === 'peer');
  return { a, b, aEars, bEars, aLink, bLink };
};

const sendAll = async (clock: Clock, link: Link, frames: readonly Uint8Array[]): Promise<number> => {
  let refused = 0;
  for (const frame of frames) {
    for (;;) {
      const sent = link.send(frame);
      if (sent === 'sent') break;
      assertSame(sent, 'full', 'what send says');
      refused += 1;
      await pause(clock, 5);
    }
  }
  return refused;
};

const relayCases: Cases = {
  'opens a relay by its address, and both ends are told': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const ears = listenTo(page);
    const link = await toRelay(subject, page);
    assertSame([link.end, link.opener, link.state(), link.peer], ['relay', 'us', 'open', subject.relay.self], 'our end');
    assert(page.links().includes(link), 'the link is among ours');
    assertSame((await ears.opens.first(() => true)).id, link.id, 'the link we were told of');
    const theirs = await relayEars.opens.first((other) => other.peer === page.self);
    assertSame([theirs.end, theirs.opener, theirs.state()], ['peer', 'them', 'open'], 'the relay’s end');
  },

  'refuses what is no address': async (subject) => {
    const page = await subject.page();
    assertSame(whyOf(await page.openRelay('no address at all', never())), 'bad-address', 'why');
  },

  'refuses an address where nobody is': async (subject) => {
    const page = await subject.page();
    assertSame(whyOf(await page.openRelay(subject.deadAddress, never())), 'unreachable', 'why');
    assertSame(page.links(), [], 'links');
  },

  'gives up when told to': async (subject) => {
    const page = await subject.page();
    const before = new AbortController();
    before.abort();
    assertSame(whyOf(await page.openRelay(subject.relayAddress, before.signal)), 'aborted', 'told before');
    const during = new AbortController();
    const opening = page.openRelay(subject.relayAddress, during.signal);
    during.abort();
    assertSame(whyOf(await opening), 'aborted', 'told while dialling');
    assertSame(page.links(), [], 'links');
    // A signal that speaks afterwards ends nothing.
    const after = new AbortController();
    const link = linkOf(await page.openRelay(subject.relayAddress, after.signal));
    after.abort();
    await pause(subject.clock, 50);
    assertSame(link.state(), 'open', 'state after a late abort');
  },

  'carries frames in order, whole, both ways': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const ears = listenTo(page);
    const link = await toRelay(subject, page);
    const theirs = await relayEars.opens.first((other) => other.peer === page.self);
    const sizes = [4, 5, 1_000, 16_384, 17, link.maxFrameBytes, 4, 255, 256, 65];
    const frames = sizes.map((size, at) => numbered(at, size));
    await Promise.all([sendAll(subject.clock, link, frames), sendAll(subject.clock, theirs, frames)]);
    const [there, here] = [await relayEars.frames.count(frames.length), await ears.frames.count(frames.length)];
    for (const [heard, from] of [[there, theirs], [here, link]] as const) {
      assert(heard.every((each) => each.link.id === from.id), 'frames name their link');
      assert(
        heard.every(({ frame }, at) => frame.length === sizes[at] && frame.every((byte, place) => byte === frames[at]?.[place])),
        'every frame is whole and in its place',
      );
    }
  },

  'carries empty frames': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const link = await toRelay(subject, await subject.page());
    assertSame([link.send(new Uint8Array(0)), link.send(numbered(1))], ['sent', 'sent'], 'what send says');
    const heard = await relayEars.frames.count(2);
    assertSame(heard.map(({ frame }) => frame.length), [0, 4], 'lengths');
  },

  'keeps what came before anyone listened': async (subject) => {
    const page = await subject.page();
    const link = await toRelay(subject, page);
    for (let at = 0; at < 5; at += 1) assertSame(link.send(numbered(at)), 'sent', 'what send says');
    await pause(subject.clock, 100);
    const relayEars = listenTo(subject.relay);
    const heard = await relayEars.frames.count(5);
    assertSame(heard.map(({ frame }) => numberOf(frame)), [0, 1, 2, 3, 4], 'frames');
    assertSame(relayEars.opens.all.length, 1, 'links told of');
  },

  'refuses frames too big, and the link lives on': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const link = await toRelay(subject, await subject.page());
    assertSame(link.send(new Uint8Array(link.maxFrameBytes + 1)), 'too-big', 'what send says');
    assertSame(link.send(numbered(7)), 'sent', 'what send says after');
    assertSame(numberOf((await relayEars.frames.first(() => true)).frame), 7, 'frame');
  },

  'does not look at a frame again once it took it': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const link = await toRelay(subject, await subject.page());
    const mine = numbered(3);
    link.send(mine);
    mine.fill(255);
    assertSame(numberOf((await relayEars.frames.first(() => true)).frame), 3, 'frame');
  },

  'never loses a sent frame, however slowly they are read': async (subject) => {
    const page = await subject.page();
    const link = await toRelay(subject, page);
    // Nobody listens at the relay yet: it must say `full` some day, or carry all of it.
    const frame = new Uint8Array(link.maxFrameBytes);
    let taken = 0;
    while (taken < 2_000 && link.send(numberedInto(frame, taken)) === 'sent') {
      taken += 1;
      if (taken % 16 === 0) await pause(subject.clock, 1);
    }
    const relayEars = listenTo(subject.relay);
    const heard = await relayEars.frames.count(taken);
    assert(heard.every((each, at) => numberOf(each.frame) === at), 'every taken frame came, in order');
    await sendAll(subject.clock, link, [numbered(taken)]);
    assertSame(numberOf((await relayEars.frames.first((each) => each.frame.length === 4)).frame), taken, 'one more');
  },

  'tells both ends of a close, and why': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const ears = listenTo(page);
    const link = await toRelay(subject, page);
    const theirs = await relayEars.opens.first((other) => other.peer === page.self);
    link.close();
    assertSame([link.state(), link.send(numbered(1))], ['closed', 'closed'], 'our end');
    assertSame((await ears.closes.first((each) => each.link.id === link.id)).why, 'closed-here', 'why here');
    assertSame((await relayEars.closes.first((each) => each.link.id === theirs.id)).why, 'closed-there', 'why there');
    assertSame([theirs.state(), theirs.send(numbered(1))], ['closed', 'closed'], 'their end');
    assert(!page.links().includes(link) && !subject.relay.links().includes(theirs), 'both forgot the link');
    link.close();
    theirs.close();
    await pause(subject.clock, 50);
    assertSame([ears.closes.all.length, relayEars.closes.all.length], [1, 1], 'each told once');
  },

  'names every link differently': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const ids = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      const link = await toRelay(subject, page);
      ids.add(link.id);
      link.close();
    }
    const theirs = await relayEars.opens.count(3);
    assertSame([ids.size, new Set(theirs.map((link) => link.id)).size], [3, 3], 'different names');
  },

  'refuses everything once it is closed': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const link = await toRelay(subject, page);
    await page.close();
    assertSame(link.state(), 'closed', 'link');
    await relayEars.closes.first((each) => each.link.peer === page.self);
    assertSame(whyOf(await page.openRelay(subject.relayAddress, never())), 'closed', 'why');
    assertSame(page.links(), [], 'links');
    await page.close();
  },

  'stops telling whoever stopped listening': async (subject) => {
    listenTo(subject.relay);
    const page = await subject.page();
    let told = 0;
    const count = (): void => void (told += 1);
    const stop = page.listen({ onOpen: count, onFrame: count, onClose: count });
    const ears = listenTo(page);
    stop();
    stop();
    await toRelay(subject, page);
    await ears.opens.count(1);
    assertSame(told, 0, 'times told');
  },
};

const peerCases: Cases = {
  'opens a peer both met at a relay, and both ends are told': async (subject) => {
    const { a, b, aEars, aLink, bLink } = await makePair(subject);
    assertSame([aLink.end, aLink.opener, aLink.path, aLink.peer], ['peer', 'us', 'webrtc', b.self], 'our end');
    assertSame([bLink.end, bLink.opener, bLink.path, bLink.peer], ['peer', 'them', 'webrtc', a.self], 'their end');
    assertSame((await aEars.opens.first((link) => link.end === 'peer')).id, aLink.id, 'the link we were told of');
    assert(a.links().includes(aLink) && b.links().includes(bLink), 'both have it among theirs');
  },

  'carries frames between peers, in order, both ways': async (subject) => {
    const { aEars, bEars, aLink, bLink } = await makePair(subject);
    const frames = Array.from({ length: 200 }, (_, at) => numbered(at, 4 + ((at * 97) % 3_000)));
    await Promise.all([sendAll(subject.clock, aLink, frames), sendAll(subject.clock, bLink, frames)]);
    for (const ears of [aEars, bEars]) {
      const heard = await ears.frames.count(frames.length);
      assert(heard.every(({ frame }, at) => numberOf(frame) === at && frame.length === frames[at]?.length), 'all in order');
    }
  },

  'keeps peers linked when their relay links end': async (subject) => {
    const { a, b, bEars, aLink } = await makePair(subject);
    for (const page of [a, b]) for (const link of page.links()) if (link.end === 'relay') link.close();
    await pause(subject.clock, 50);
    assertSame(aLink.send(numbered(5)), 'sent', 'what send says');
    assertSame(numberOf((await bEars.frames.first(() => true)).frame), 5, 'frame');
  },

  'tells a peer of a close': async (subject) => {
    const { bEars, aLink, bLink } = await makePair(subject);
    aLink.close();
    assertSame((await bEars.closes.first((each) => each.link.id === bLink.id)).why, 'closed-there', 'why');
  },

  'opens a peer again after a close': async (subject) => {
    const { a, b, bEars, aLink, bLink } = await makePair(subject);
    aLink.close();
    await bEars.closes.first((each) => each.link.id === bLink.id);
    const relay = a.links().find((link) => link.end === 'relay');
    assert(relay !== undefined, 'the relay link lives');
    const again = linkOf(await a.openPeer(b.self, relay, never()));
    assertSame(again.send(numbered(9)), 'sent', 'what send says');
    assertSame(numberOf((await bEars.frames.first(() => true)).frame), 9, 'frame');
    assert(again.id !== aLink.id, 'it has a name of its own');
  },

  'refuses a peer that is not at the relay': async (subject) => {
    listenTo(subject.relay);
    const [a, gone] = [await subject.page(), await subject.page()];
    const relay = await toRelay(subject, a);
    const why = whyOf(await a.openPeer(gone.self, relay, never()));
    assert(why === 'unreachable' || why === 'refused-there', `refused because it is not there, not ${why}`);
  },

  'refuses a peer through a closed relay link': async (subject) => {
    listenTo(subject.relay);
    const [a, b] = [await subject.page(), await subject.page()];
    const [relay] = [await toRelay(subject, a), await toRelay(subject, b)];
    relay.close();
    assertSame(whyOf(await a.openPeer(b.self, relay, never())), 'unreachable', 'why');
  },

  'gives up on a peer when told to': async (subject) => {
    listenTo(subject.relay);
    const [a, b] = [await subject.page(), await subject.page()];
    const [relay] = [await toRelay(subject, a), await toRelay(subject, b)];
    const during = new AbortController();
    const opening = a.openPeer(b.self, relay, during.signal);
    during.abort();
    assertSame(whyOf(await opening), 'aborted', 'why');
    assert(a.links().every((link) => link.end === 'relay'), 'no link to the peer');
  },
};

const handCases: Cases = {
  'links two pages by an offer and an answer, without any server': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    const [aEars, bEars] = [listenTo(a), listenTo(b)];
    const offer = await a.offer(never());
    const answer = assertState(await b.answer(offer.bytes.slice(), never()), 'answered');
    const [aOpened, bOpened] = await Promise.all([offer.accept(answer.bytes.slice()), answer.opened]);
    const [aLink, bLink] = [linkOf(aOpened), linkOf(bOpened)];
    assertSame([aLink.end, aLink.opener, aLink.path, aLink.peer], ['peer', 'us', 'webrtc', b.self], 'our end');
    assertSame([bLink.end, bLink.opener, bLink.path, bLink.peer], ['peer', 'them', 'webrtc', a.self], 'their end');
    assertSame([aLink.send(numbered(1)), bLink.send(numbered(2))], ['sent', 'sent'], 'what send says');
    assertSame(numberOf((await bEars.frames.first(() => true)).frame), 1, 'frame there');
    assertSame(numberOf((await aEars.frames.first(() => true)).frame), 2, 'frame here');
  },

  'refuses garbage in place of an offer': async (subject) => {
    const page = await subject.page();
    for (const bytes of garbage) assertSame(whyOf(await page.answer(bytes, never())), 'bad-signal', 'why');
  },

  'refuses garbage in place of an answer, and the offer still stands': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    const offer = await a.offer(never());
    for (const bytes of garbage) assertSame(whyOf(await offer.accept(bytes)), 'bad-signal', 'why');
    assertSame(whyOf(await offer.accept(offer.bytes)), 'bad-signal', 'why, for its own offer');
    const answer = assertState(await b.answer(offer.bytes, never()), 'answered');
    linkOf(await offer.accept(answer.bytes));
  },

  'refuses its own offer': async (subject) => {
    const page = await subject.page();
    const offer = await page.offer(never());
    assertSame(whyOf(await page.answer(offer.bytes, never())), 'bad-signal', 'why');
  },

  'gives up on offers and answers when told to': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    const [giveUpA, giveUpB] = [new AbortController(), new AbortController()];
    const offer = await a.offer(giveUpA.signal);
    const answer = assertState(await b.answer(offer.bytes, giveUpB.signal), 'answered');
    giveUpA.abort();
    giveUpB.abort();
    assertSame(whyOf(await offer.accept(answer.bytes)), 'aborted', 'why here');
    assertSame(whyOf(await answer.opened), 'aborted', 'why there');
  },
};

const topicCases: Cases = {
  'brings a public topic to all who joined, and to nobody else': async (subject) => {
    listenTo(subject.relay);
    const relayTopic = subject.relay.join('square', () => {});
    const pages = [await subject.page(), await subject.page(), await subject.page(), await subject.page()];
    for (const page of pages) {
      listenTo(page);
      await toRelay(subject, page);
    }
    const inboxes = pages.map(() => createInbox<Uint8Array>());
    const heardElsewhere = createInbox<Uint8Array>();
    const [speaker] = pages.map((page, at) =>
      at === 3
        ? page.join('elsewhere', (bytes) => heardElsewhere.push(bytes))
        : page.join('square', (bytes) => inboxes[at]?.push(bytes)),
    );
    // What is said right after joining may be lost without a word: so say it until all have heard something.
    let isHeard = false;
    const heard = Promise.all([inboxes[1]?.count(1), inboxes[2]?.count(1)]).then(() => (isHeard = true));
    for (let time = 0; !isHeard; time += 1) {
      speaker?.publish(numbered(time, 40));
      await pause(subject.clock, 200);
    }
    await heard;
    assertSame([inboxes[0]?.all.length, heardElsewhere.all.length], [0, 0], 'heard by the speaker and elsewhere');
    for (const inbox of [inboxes[1], inboxes[2]]) {
      const numbers = (inbox?.all ?? []).map(numberOf);
      assertSame(new Set(numbers).size, numbers.length, 'each heard once');
    }
    relayTopic.leave();
  },

  'brings nothing to whoever left a topic': async (subject) => {
    listenTo(subject.relay);
    const relayTopic = subject.relay.join('square', () => {});
    const pages = [await subject.page(), await subject.page(), await subject.page()];
    for (const page of pages) {
      listenTo(page);
      await toRelay(subject, page);
    }
    const [gone, stays] = [createInbox<Uint8Array>(), createInbox<Uint8Array>()];
    const speaker = pages[0]?.join('square', () => {});
    const leaving = pages[1]?.join('square', (bytes) => gone.push(bytes));
    pages[2]?.join('square', (bytes) => stays.push(bytes));
    leaving?.leave();
    leaving?.leave();
    let isHeard = false;
    const heard = stays.count(1).then(() => (isHeard = true));
    for (let time = 0; !isHeard; time += 1) {
      speaker?.publish(numbered(time, 40));
      leaving?.publish(numbered(1_000 + time, 40));
      await pause(subject.clock, 200);
    }
    await heard;
    assertSame(gone.all.length, 0, 'heard after leaving');
    assert(stays.all.every((bytes) => numberOf(bytes) < 1_000), 'nothing said after leaving');
    relayTopic.leave();
  },
};

const garbage: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(1),
  numbered(1, 100),
  new Uint8Array(5_000).fill(255),
];

const numberedInto = (frame: Uint8Array, number: number): Uint8Array => {
  new DataView(frame.buffer).setUint32(0, number);
  return frame;
};
