/** Public topics: who hears what, and who does not. */
import { assert, assertSame, createInbox, numbered, numberOf } from './contract.ts';
import { listenTo, pause, toRelay } from './network-subject.ts';
import type { Cases } from './network-subject.ts';

export const topicCases: Cases = {
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
    assert(
      stays.all.every((bytes) => numberOf(bytes) < 1_000),
      'nothing said after leaving',
    );
    relayTopic.leave();
  },
};
