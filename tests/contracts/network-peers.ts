/** Links between pages: signals carried by whatever way there is, or an offer and an answer carried by hand. */
import { assert, assertSame, assertState, numbered, numberOf } from './contract.ts';
import type { Carry, Network } from '../../src/ports/network.ts';
import { linkOf, listenTo, makePair, never, openPeer, pause, sendAll, whyOf } from './network-subject.ts';
import type { Cases } from './network-subject.ts';

export const peerCases: Cases = {
  'opens a peer, and both ends are told': async (subject) => {
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
      assert(
        heard.every(({ frame }, at) => numberOf(frame) === at && frame.length === frames[at]?.length),
        'all in order',
      );
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
    const again = linkOf(await openPeer(subject, a, b));
    assertSame(again.send(numbered(9)), 'sent', 'what send says');
    assertSame(numberOf((await bEars.frames.first(() => true)).frame), 9, 'frame');
    assert(again.id !== aLink.id, 'it has a name of its own');
  },

  'refuses a peer to whom nothing is carried': async (subject) => {
    const [a, gone] = [await subject.page(), await subject.page()];
    assertSame(whyOf(await a.openPeer(gone.self, () => false, never())), 'unreachable', 'why');
  },

  'refuses a peer that has no place for us, and takes it the other way round': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    const aEars = listenTo(a);
    b.listen({ onOpen: () => undefined, onFrame: () => undefined, onClose: () => undefined, isWelcome: (id) => id !== a.self });
    assertSame(whyOf(await openPeer(subject, a, b)), 'refused-there', 'why');
    assertSame(linkOf(await openPeer(subject, b, a)).peer, a.self, 'whom b dialled');
    assertSame((await aEars.opens.first((link) => link.end === 'peer')).opener, 'them', 'who opened it');
  },

  'opens a peer over a way that loses a third of what it carries': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    for (const page of [a, b]) listenTo(page);
    let count = 0;
    const lossy = (from: Network, to: Network): Carry => {
      return (bytes) => {
        const own = bytes.slice();
        count += 1;
        if (count % 3 !== 1) subject.clock.after(1, () => to.takeSignal(from.self, own, lossy(to, from)));
        return true;
      };
    };
    linkOf(await a.openPeer(b.self, lossy(a, b), never()));
  },

  'takes each signal once, and garbage not at all': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    for (const page of [a, b]) listenTo(page);
    const thrice = (from: Network, to: Network): Carry => {
      return (bytes) => {
        const own = bytes.slice();
        for (const sent of [own, ...garbage, own.subarray(0, -1), own, own]) {
          subject.clock.after(1, () => to.takeSignal(from.self, sent, thrice(to, from)));
        }
        return true;
      };
    };
    linkOf(await a.openPeer(b.self, thrice(a, b), never()));
    await pause(subject.clock, 100);
    assertSame([a.links().length, b.links().length], [1, 1], 'one link');
  },

  'takes no signal in the name of somebody else': async (subject) => {
    const [a, b, c] = [await subject.page(), await subject.page(), await subject.page()];
    for (const page of [a, b, c]) listenTo(page);
    let answers = 0;
    const posing: Carry = (bytes) => {
      const own = bytes.slice();
      subject.clock.after(1, () => b.takeSignal(c.self, own, () => (answers += 1) > 0));
      return true;
    };
    const during = new AbortController();
    const opening = a.openPeer(b.self, posing, during.signal);
    await pause(subject.clock, 300);
    during.abort();
    assertSame(whyOf(await opening), 'aborted', 'why');
    assertSame([answers, b.links().length], [0, 0], 'answers and links');
  },

  'gives up on a peer when told to': async (subject) => {
    const [a, b] = [await subject.page(), await subject.page()];
    const during = new AbortController();
    const opening = openPeer(subject, a, b, during.signal);
    during.abort();
    assertSame(whyOf(await opening), 'aborted', 'why');
    assert(
      a.links().every((link) => link.end === 'relay'),
      'no link to the peer',
    );
  },
};

export const handCases: Cases = {
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

  'links to a relay by an offer and an answer, without its address': async (subject) => {
    const relayEars = listenTo(subject.relay);
    const page = await subject.page();
    const ears = listenTo(page);
    const offer = await page.offer(never(), 'relay');
    const answer = assertState(await subject.relay.answer(offer.bytes.slice(), never()), 'answered');
    const [here, there] = await Promise.all([offer.accept(answer.bytes.slice()), answer.opened]);
    const [link, theirs] = [linkOf(here), linkOf(there)];
    assertSame([link.end, link.opener, link.path, link.peer], ['relay', 'us', 'webrtc', subject.relay.self], 'our end');
    assertSame([theirs.end, theirs.opener, theirs.path, theirs.peer], ['peer', 'them', 'webrtc', page.self], 'the relay’s end');
    assertSame([link.send(numbered(1)), theirs.send(numbered(2))], ['sent', 'sent'], 'what send says');
    assertSame(numberOf((await relayEars.frames.first(() => true)).frame), 1, 'frame there');
    assertSame(numberOf((await ears.frames.first(() => true)).frame), 2, 'frame here');
    link.close();
    assertSame((await relayEars.closes.first((each) => each.link.id === theirs.id)).why, 'closed-there', 'why there');
  },

  'takes neither a person for a relay nor a relay for a person': async (subject) => {
    listenTo(subject.relay);
    const [a, b] = [await subject.page(), await subject.page()];
    const [forPeer, forRelay] = [await a.offer(never()), await a.offer(never(), 'relay')];
    assertSame(whyOf(await subject.relay.answer(forPeer.bytes, never())), 'bad-signal', 'a relay, of an offer to people');
    assertSame(whyOf(await b.answer(forRelay.bytes, never())), 'bad-signal', 'a person, of an offer to relays');
    const ofPeer = assertState(await b.answer(forPeer.bytes, never()), 'answered');
    const ofRelay = assertState(await subject.relay.answer(forRelay.bytes, never()), 'answered');
    assertSame(whyOf(await forRelay.accept(ofPeer.bytes)), 'bad-signal', 'a person’s answer');
    assertSame(whyOf(await forPeer.accept(ofRelay.bytes)), 'bad-signal', 'a relay’s answer');
    linkOf(await forRelay.accept(ofRelay.bytes));
  },

  'refuses garbage in place of an offer': async (subject) => {
    const page = await subject.page();
    for (const answerer of [page, subject.relay])
      for (const bytes of garbage) assertSame(whyOf(await answerer.answer(bytes, never())), 'bad-signal', 'why');
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

const garbage: readonly Uint8Array[] = [new Uint8Array(0), Uint8Array.of(1), numbered(1, 100), new Uint8Array(5_000).fill(255)];
