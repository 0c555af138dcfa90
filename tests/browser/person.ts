/** Somebody who uses Wavu by what is on the screen: names themselves, starts and joins rooms, writes, and looks. */
import type { BrowserContext, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openPage } from './hands.ts';
import type { Hands } from './hands.ts';
import type { Seen, SeenMessage } from './seen.ts';

export interface Person {
  readonly name: string;
  readonly hands: Hands;
  /** Opens an address and takes the name, as the first minute asks. */
  arrive(url: string): Promise<void>;
  /** Starts a room, and answers its invite link as the screen gives it. */
  startRoom(room: string, kind?: 'open' | 'members'): Promise<string>;
  openRoom(room: string): Promise<void>;
  showTab(tab: 'rooms' | 'mesh' | 'you'): Promise<void>;
  write(text: string): Promise<void>;
  seen(): Promise<Seen>;
  /** Waits for the screen to show it; `what` says in words what was missed. */
  until(what: string, isSo: (seen: Seen) => boolean, withinMs?: number): Promise<Seen>;
  /** Until this message of somebody else is there. */
  hears(text: string): Promise<Seen>;
  /** Until this message of mine is marked so. */
  marked(text: string, mark: 'alone' | 'waiting' | 'left' | 'received'): Promise<Seen>;
}

/** Generous: two cores may be shared with seven others. */
const patienceMs = 90_000;
const lookAgainMs = 2_000;

export function createPerson(name: string, hands: Hands): Person {
  const look = async (before: string | null, withinMs: number): Promise<Seen | null> => {
    try {
      return await hands.look(before, withinMs);
    } catch (error) {
      // A reload took the page away while it was looked at.
      if (
        /context was destroyed|navigat|detached|no such frame|Cannot find context|DiscardedBrowsingContext/i.test(String(error))
      )
        return null;
      throw error;
    }
  };

  const until: Person['until'] = async (what, isSo, withinMs = patienceMs) => {
    const endMs = Date.now() + withinMs;
    let last: Seen | null = null;
    for (;;) {
      const seen = await look(last && compared(last), Math.min(lookAgainMs, Math.max(1, endMs - Date.now())));
      last = seen ?? last;
      if (seen !== null && isSo(seen)) return seen;
      if (Date.now() >= endMs) {
        throw new Error(`${name} never saw ${what}, but:\n${JSON.stringify(last, null, 1)}\n${hands.log.join('\n')}`);
      }
    }
  };

  const person: Person = {
    name,
    hands,
    until,
    seen: () => until('the page', (seen) => seen.screen !== 'blank'),
    arrive: async (url) => {
      await hands.open(url);
      await until('the question for a name', ({ screen }) => screen === 'first');
      await hands.fill('#my-name', name);
      await hands.press(en.first.enter);
      await until('the frame', ({ screen }) => screen === 'frame');
    },
    startRoom: async (room, kind = 'open') => {
      await hands.press(en.home.start);
      await hands.fill('#room-name', room);
      await hands.press(kind === 'open' ? en.start.open : en.start.members);
      await hands.press(en.start.create);
      if (kind === 'members') {
        await until(`the room ${room}`, (seen) => seen.room === room);
        await hands.press(en.inviting.make);
      }
      const alone = await until(`the room ${room} with its invite`, (seen) => seen.room === room && seen.invite !== null);
      return alone.invite ?? '';
    },
    openRoom: async (room) => {
      await person.showTab('rooms');
      await until(`the room ${room} in the list`, ({ rooms }) => rooms.includes(room));
      await hands.press(room);
      await until(`the room ${room}`, (seen) => seen.room === room);
    },
    showTab: (tab) => hands.press(en.tabs[tab]),
    write: async (text) => {
      await hands.fill('.composer textarea', text);
      await hands.key('Enter');
    },
    hears: (text) => until(`"${text}" of somebody else`, (seen) => said(seen, text).some(({ mine }) => !mine)),
    marked: (text, mark) =>
      until(`my "${text}" marked ${mark}`, (seen) => said(seen, text).some((each) => each.mine && each.mark === mark)),
  };
  return person;
}

/** Whose page the test looks at by itself too. */
export type PersonOnPage = Person & { readonly page: Page };

export async function openPerson(name: string, context: BrowserContext): Promise<PersonOnPage> {
  const hands = await openPage(context);
  return { ...createPerson(name, hands), page: hands.page };
}

/** Pastes the invite at home, as who reads it elsewhere does. */
export async function joinFromHome({ hands, until }: Person, invite: string, room: string): Promise<void> {
  await hands.press(en.home.join);
  await hands.fill('#invite-link', invite);
  await hands.press(en.join.enter);
  await until('the room of the invite', (seen) => seen.room === room);
}

export const said = ({ messages }: Seen, text: string): readonly SeenMessage[] => messages.filter((each) => each.text === text);

/** `who` is seen in the open room, reached page to page. */
export const isDirect = ({ people }: Seen, who: string): boolean =>
  people.some((each) => each.name.startsWith(who) && each.here && each.path.split(' · ').includes(en.people.direct));

/** One writes, the others read it, and the writer sees that it was read from the disk over there. */
export async function tell(from: Person, to: readonly Person[], text: string): Promise<void> {
  await from.write(text);
  await Promise.all([...to.map((each) => each.hears(text)), from.marked(text, 'received')]);
}

export const untilHere = (person: Person, who: string): Promise<unknown> =>
  person.until(`${who} here`, ({ people }) => people.some(({ name, here }) => name.startsWith(who) && here));

export const untilDirect = (person: Person, who: string): Promise<unknown> =>
  person.until(`${who} linked directly`, (seen) => isDirect(seen, who));

/** Fingerprint and knot, as the You tab shows them. */
export async function identityOf(person: Person): Promise<unknown> {
  await person.showTab('you');
  const { me } = await person.until('the own fingerprint', (seen) => seen.me !== null);
  return me;
}

export const isRelayOpen = ({ tide }: Seen): boolean =>
  tide.startsWith('Relay ') && tide.includes(' · ') && !tide.includes('lost');

const compared = (seen: Seen): string => JSON.stringify({ ...seen, atMs: 0 });

/** A journey's later steps stand on the earlier: once one failed, the rest say so at once instead of waiting in vain. */
export function createSteps(): (context: TestContext) => void {
  let failed: string | null = null;
  return (context) => {
    if (failed !== null) context.skip(`an earlier step failed: ${failed}`);
    context.onTestFailed(({ task }) => {
      failed ??= task.name;
    });
  };
}
