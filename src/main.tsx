/** The browser's door: begins disk, key and relay, paints the shell, brings the mesh up beside it, and tells the app what happens to the page. */
import { openDatabase } from './adapters/idb/database.ts';
import { makeHeadStart } from './adapters/libp2p/head-start.ts';
import { whenToDraw } from './adapters/web/first-drawing.ts';
import { fetchLaterChunks } from './adapters/web/later-chunks.ts';
import { createEntropy } from './adapters/web/entropy.ts';
import { createLog } from './adapters/web/log.ts';
import { createPageLife } from './adapters/web/page-life.ts';
import { createTabs } from './adapters/web/tabs.ts';
import { createUpdates } from './adapters/web/updates.ts';
import type { SharedApp } from './app/tabs.ts';
import { mountUi } from './ui/mount.tsx';

const headStart = makeHeadStart(location.origin);
const tabs = createTabs();
// Asked early; the app asks again and hears of the same. A tab that goes away stops waiting by itself.
const database = tabs.lead(new AbortController().signal).then(() => openDatabase('wavu', createEntropy().bytes));
database.catch(() => undefined);
const life = createPageLife();
const updates = createUpdates(createLog());
let opened: SharedApp | null = null;
const arriving = import('./mesh.ts').then(({ openApp }) => {
  const app = (opened = openApp(tabs, headStart, database));
  app.wake(life.isOnline());
  life.listen((event) => {
    switch (event) {
      case 'leaving':
        return void app.close();
      case 'back':
        // Keys and links were let go when we left.
        return location.reload();
      case 'shown':
        updates.check();
        return app.wake(life.isOnline());
      case 'online':
      case 'offline':
      case 'moved':
        return app.wake(life.isOnline());
      case 'hidden':
        return;
    }
  });
  return app;
});

fetchLaterChunks();

const known = arriving.then(
  (app) =>
    new Promise<void>((resolve) => {
      const stop = app.subscribe(() => look());
      const look = (): void => {
        if (app.view().stage === 'opening') return;
        stop();
        resolve();
      };
      look();
    }),
);
whenToDraw(
  known,
  () => opened?.isBusy() ?? false,
  () => {
    const root = document.querySelector<HTMLElement>('#root');
    if (root === null) return;
    mountUi(root, arriving, {
      update: { onReady: (ready) => updates.listen(ready), apply: () => updates.apply() },
    });
  },
);
