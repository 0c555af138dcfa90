/** Links to a relay: opening, frames, fullness, closing. */
import { assert, assertSame, numbered, numberOf } from './contract.ts';
import { linkOf, listenTo, never, pause, sendAll, toRelay, whyOf } from './network-subject.ts';
import type { Cases } from './network-subject.ts';

export const relayCases: Cases = {
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
    for (const [heard, from] of [
      [there, theirs],
      [here, link],
    ] as const) {
      assert(
        heard.every((each) => each.link.id === from.id),
        'frames name their link',
      );
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
    assertSame(
      heard.map(({ frame }) => frame.length),
      [0, 4],
      'lengths',
    );
  },

  'keeps what came before anyone listened': async (subject) => {
    const page = await subject.page();
    const link = await toRelay(subject, page);
    for (let at = 0; at < 5; at += 1) assertSame(link.send(numbered(at)), 'sent', 'what send says');
    await pause(subject.clock, 100);
    const relayEars = listenTo(subject.relay);
    const heard = await relayEars.frames.count(5);
    assertSame(
      heard.map(({ frame }) => numberOf(frame)),
      [0, 1, 2, 3, 4],
      'frames',
    );
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
    assert(
      heard.every((each, at) => numberOf(each.frame) === at),
      'every taken frame came, in order',
    );
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

const numberedInto = (frame: Uint8Array, number: number): Uint8Array => {
  new DataView(frame.buffer).setUint32(0, number);
  return frame;
};
