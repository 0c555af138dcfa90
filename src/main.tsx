/** The browser's door: paints the shell, brings the mesh up beside it, and tells the app what happens to the page. */
import { makeHeadStart } from './adapters/libp2p/head-start.ts';
import { createLog } from './adapters/web/log.ts';
import { createPageLife } from './adapters/web/page-life.ts';
import { createTabs } from './adapters/web/tabs.ts';
import { createUpdates } from './adapters/web/updates.ts';
import { mountUi } from './ui/mount.tsx';

const headStart = makeHeadStart(location.origin);
const tabs = createTabs();
// Asked early; the app asks again and hears of the same. A tab that goes away stops waiting by itself.
tabs.lead(new AbortController().signal).catch(() => undefined);
const life = createPageLife();
const updates = createUpdates(createLog());
const arriving = import('./mesh.ts').then(({ openApp }) => {
  const app = openApp(tabs, headStart);
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
        return app.wake(life.isOnline());
      case 'hidden':
        return;
    }
  });
  return app;
});

const latestMountMs = 120;
/** The mesh, when its chunk is there already, starts dialling first: what it waits for then comes while the screen is drawn. */
const whenIdle = (run: () => void): void => {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: latestMountMs });
  else setTimeout(run);
};
whenIdle(() => {
  const root = document.querySelector<HTMLElement>('#root');
  if (root === null) return;
  mountUi(root, arriving, {
    update: { onReady: (ready) => updates.listen(ready), apply: () => updates.apply() },
  });
});
