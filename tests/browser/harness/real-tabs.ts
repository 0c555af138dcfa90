/** Lets the tabs contract speak to real tabs: each call is carried into its own page, one after the other. */
import type { BrowserContext, Page } from 'playwright-core';
import type { Tabs } from '../../../src/ports/tabs.ts';
import type { OpenTab, TabsSubject } from '../../contracts/tabs.contract.ts';
import type { PortsPage } from './ports-page.ts';

declare const ports: PortsPage;

/** What a page calls back, by the number it was given. */
type Hear = (about: number, note: unknown) => Promise<void>;
interface Held {
  readonly tabs: Tabs;
  readonly stops: Map<number, () => void>;
  readonly patience: Map<number, AbortController>;
}
type PageGlobals = typeof globalThis & { held: Held; hear: Hear };

export async function openRealTabs(context: BrowserContext, origin: string, world: string): Promise<TabsSubject> {
  const pages: Page[] = [];
  const heard = new Map<number, (note: unknown) => void>();
  let numbers = 0;
  // A listener must stand in its page before another page's note leaves.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  const tabsIn = (page: Page): Tabs => ({
    post: (note) => {
      const now = structuredClone(note);
      void inTurn(() => page.evaluate((plain) => (globalThis as PageGlobals).held.tabs.post(plain), now));
    },
    listen: (onNote) => {
      const about = ++numbers;
      heard.set(about, onNote);
      const begin = (number: number): void => {
        const { held, hear } = globalThis as PageGlobals;
        held.stops.set(
          number,
          held.tabs.listen((note) => void hear(number, note)),
        );
      };
      void inTurn(() => page.evaluate(begin, about));
      return () => void inTurn(() => page.evaluate((number) => (globalThis as PageGlobals).held.stops.get(number)?.(), about));
    },
    lead: (signal) =>
      new Promise((leads, refused) => {
        const about = ++numbers;
        heard.set(about, (outcome) => (outcome === 'leads' ? leads() : refused(new Error(String(outcome)))));
        const begin = (number: number): void => {
          const { held, hear } = globalThis as PageGlobals;
          const patience = new AbortController();
          held.patience.set(number, patience);
          void held.tabs.lead(patience.signal).then(
            () => hear(number, 'leads'),
            (error: unknown) => hear(number, String(error)),
          );
        };
        void inTurn(() => page.evaluate(begin, about));
        signal.addEventListener('abort', () => {
          void inTurn(() => page.evaluate((number) => (globalThis as PageGlobals).held.patience.get(number)?.abort(), about));
        });
      }),
  });

  const open = async (): Promise<OpenTab> => {
    const page = await context.newPage();
    pages.push(page);
    await page.exposeFunction('hear', (about: number, note: unknown) => heard.get(about)?.(note));
    await page.goto(origin);
    await page.evaluate((name) => {
      const held: Held = { tabs: ports.createTabs(name), stops: new Map(), patience: new Map() };
      Object.assign(globalThis, { held });
    }, world);
    return { tabs: tabsIn(page), gone: () => inTurn(() => page.close()) };
  };

  return { open, dispose: () => inTurn(async () => void (await Promise.all(pages.map((page) => page.close())))) };
}
