/** What the tabs of one browser must be to each other. */
import type { Tabs } from '../../src/ports/tabs.ts';
import { assert, assertSame, casesOf, createInbox } from './contract.ts';
import type { Case } from './contract.ts';

export interface TabsSubject {
  open(): Promise<OpenTab>;
  dispose(): Promise<void>;
}
export interface OpenTab {
  readonly tabs: Tabs;
  /** The tab is closed, as a person closes it. */
  gone(): Promise<void>;
}

export const tabsContract = (name: string, make: () => Promise<TabsSubject>): readonly Case[] =>
  casesOf<TabsSubject>(name, make, (subject) => subject.dispose(), cases);

const never = (): AbortSignal => new AbortController().signal;

/** Asks another tab and waits for its answer: by then whatever else was under way has come too. */
const roundTrip = async (one: Tabs, other: Tabs): Promise<void> => {
  const [asked, answered] = [createInbox<unknown>(), createInbox<unknown>()];
  const stops = [other.listen(asked.push), one.listen(answered.push)];
  one.post('are you there');
  await asked.first((note) => note === 'are you there');
  other.post('here');
  await answered.first((note) => note === 'here');
  for (const stop of stops) stop();
};

const cases: Readonly<Record<string, (subject: TabsSubject) => Promise<void>>> = {
  'lets the first tab lead, and no other while it lives': async ({ open }) => {
    const [one, two] = [await open(), await open()];
    await one.tabs.lead(never());
    let isTwoLeading = false;
    const twoLeads = two.tabs.lead(never()).then(() => (isTwoLeading = true));
    await roundTrip(one.tabs, two.tabs);
    assertSame(isTwoLeading, false, 'the second leads as well');
    await one.gone();
    await twoLeads;
  },

  'lets a tab that leads ask again': async ({ open }) => {
    const one = await open();
    await one.tabs.lead(never());
    await one.tabs.lead(never());
  },

  'passes over whoever gave up waiting': async ({ open }) => {
    const [one, two, three] = [await open(), await open(), await open()];
    await one.tabs.lead(never());
    const patience = new AbortController();
    const twoLeads = two.tabs.lead(patience.signal).then(
      () => 'leads',
      () => 'gave up',
    );
    await roundTrip(one.tabs, two.tabs);
    const threeLeads = three.tabs.lead(never());
    patience.abort();
    assertSame(await twoLeads, 'gave up', 'the second');
    await one.gone();
    await threeLeads;
  },

  'lets a tab that gave up ask anew': async ({ open }) => {
    const [one, two] = [await open(), await open()];
    await one.tabs.lead(never());
    const patience = new AbortController();
    const first = two.tabs.lead(patience.signal).catch(() => {});
    patience.abort();
    await first;
    const again = two.tabs.lead(never());
    await one.gone();
    await again;
  },

  'brings notes to every other tab, in order, and not to oneself': async ({ open }) => {
    const [one, two, three] = [await open(), await open(), await open()];
    const [mine, twos, threes] = [createInbox<unknown>(), createInbox<unknown>(), createInbox<unknown>()];
    one.tabs.listen(mine.push);
    two.tabs.listen(twos.push);
    three.tabs.listen(threes.push);
    for (let at = 0; at < 20; at += 1) one.tabs.post({ at });
    const wanted = Array.from({ length: 20 }, (_, at) => ({ at }));
    assertSame(await twos.count(20), wanted, 'notes in the second');
    assertSame(await threes.count(20), wanted, 'notes in the third');
    assertSame(mine.all, [], 'notes in our own');
  },

  'carries plain data as it was when posted': async ({ open }) => {
    const [one, two] = [await open(), await open()];
    const inbox = createInbox<unknown>();
    two.tabs.listen(inbox.push);
    const note = { list: [1, 'two', null, true], bytes: Uint8Array.of(1, 2, 3), inner: { deep: 'yes' } };
    one.tabs.post(note);
    note.bytes.fill(9);
    note.list.push('later');
    const heard = await inbox.first(() => true);
    const wanted = { list: [1, 'two', null, true], bytes: Uint8Array.of(1, 2, 3), inner: { deep: 'yes' } };
    assertSame(heard, wanted, 'note');
    assert(heard !== note, 'it is another object');
  },

  'tells nobody who stopped listening': async ({ open }) => {
    const [one, two] = [await open(), await open()];
    const inbox = createInbox<unknown>();
    const stop = two.tabs.listen(inbox.push);
    stop();
    stop();
    one.tabs.post('nobody hears this');
    await roundTrip(one.tabs, two.tabs);
    assertSame(inbox.all, [], 'notes');
  },
};
