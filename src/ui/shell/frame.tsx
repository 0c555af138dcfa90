/** The frame: three tabs, the list, and the place the person is in. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { Announcer } from '../parts/announce.tsx';
import { Catch } from '../parts/catch.tsx';
import { Icon } from '../parts/icon.tsx';
import { Sign } from '../parts/knot.tsx';
import { EmptyHome, StageHint } from '../rooms/empty-home.tsx';
import { HomeDialogs } from '../rooms/home-dialogs.tsx';
import type { HomeDialog } from '../rooms/home-dialogs.tsx';
import { RoomList } from '../rooms/room-list.tsx';
import { Room } from '../rooms/room.tsx';
import { useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { useArrivals } from './arrivals.ts';
import { onPairing } from './invite-link.ts';
import { Notices } from './notices.tsx';
import type { Update } from './notices.tsx';
import { go, replacePlace, usePlace } from './place.ts';
import type { Place, Tab } from './place.ts';
import { TideLine } from './tide.tsx';

const MeshTab = lazy(async () => ({ default: (await import('../mesh/mesh-tab.tsx')).MeshTab }));
const YouTab = lazy(async () => ({ default: (await import('../you/you-tab.tsx')).YouTab }));

export function Frame({ update }: { readonly update: Update | null }): ReactElement {
  const { w } = useWords();
  const place = usePlace();
  // Until the disk was read nobody knows which rooms there are.
  const rooms = useView((view) => (view.stage === 'opening' ? null : view.rooms));
  const [dialog, setDialog] = useState<HomeDialog>(null);
  const close = useCallback(() => setDialog(null), []);
  const pair = useCallback(() => setDialog('pair'), []);
  const room = place.tab === 'rooms' && rooms?.find(({ id }) => id === place.room);
  const missing = place.tab === 'rooms' && place.room !== null && rooms !== null && !room;

  useArrivals(rooms, room ? room.id : null);
  useTitle();
  useEffect(() => onPairing(pair), [pair]);

  // A room that was left, or that this device never had.
  useEffect(() => {
    if (missing) replacePlace({ tab: 'rooms', room: null });
  }, [missing]);

  const empty = rooms?.every(({ kind }) => kind === 'square') ?? false;
  return (
    <div className="frame" data-tab={place.tab} data-inside={Boolean(room)}>
      <a className="skip" href="#stage" onClick={skip}>
        {w.common.skip}
      </a>
      <Notices update={update} />
      <header className="top">
        <Sign size={32} />
        <p className="brand">{w.first.title}</p>
        <TideLine />
      </header>
      <main>
        <section className="list" aria-label={w.home.list}>
          <RoomList rooms={rooms ?? []} open={room ? room.id : null} />
          {empty && <EmptyHome onDialog={setDialog} />}
          {!empty && rooms && (
            <button type="button" className="deep fresh" onClick={() => setDialog('new')}>
              <Icon name="plus" />
              {w.home.fresh}
            </button>
          )}
        </section>
        <section className="stage" id="stage" tabIndex={-1}>
          <Catch key={place.tab}>
            <Suspense fallback={null}>
              {room && <Room key={room.id} room={room} />}
              {place.tab === 'rooms' && rooms && !room && (empty ? <EmptyHome onDialog={setDialog} /> : <StageHint />)}
              {place.tab === 'mesh' && <MeshTab onPair={pair} asked={place.isAsking ? place : null} />}
              {place.tab === 'you' && <YouTab />}
            </Suspense>
          </Catch>
        </section>
      </main>
      <Tabs tab={place.tab} />
      <Catch key={dialog}>
        <HomeDialogs shown={dialog} onShow={setDialog} onClose={close} />
      </Catch>
      <Announcer />
    </div>
  );
}

function Tabs({ tab }: { readonly tab: Tab }): ReactElement {
  const { w, f } = useWords();
  const unread = useUnread();
  const places: readonly { readonly tab: Tab; readonly says: string; readonly to: Place }[] = [
    { tab: 'rooms', says: w.tabs.rooms, to: { tab: 'rooms', room: null } },
    { tab: 'mesh', says: w.tabs.mesh, to: { tab: 'mesh' } },
    { tab: 'you', says: w.tabs.you, to: { tab: 'you' } },
  ];
  return (
    <nav className="tabs" aria-label={w.tabs.label}>
      {places.map((each) => (
        <button
          key={each.tab}
          type="button"
          className="tab"
          aria-current={each.tab === tab ? 'page' : undefined}
          onClick={() => go(each.to)}
        >
          <Icon name={each.tab} />
          {each.says}
          {each.tab === 'rooms' && unread > 0 && (
            <span className="tab-new">
              <span aria-hidden="true">{f.number(unread)}</span>
              <span className="sr">{f.count(w.home.unread, unread)}</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}

/** How much is new, also where only the title is seen. */
function useTitle(): void {
  const { w, f } = useWords();
  const unread = useUnread();
  useEffect(() => {
    document.title = unread > 0 ? `(${f.number(unread)}) ${w.first.title}` : w.first.title;
  }, [unread, w, f]);
}

function useUnread(): number {
  return useView((view) => view.rooms.reduce((sum, room) => sum + room.unread, 0)) ?? 0;
}

/** The address keeps no fragment: the focus moves by hand. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('stage')?.focus();
}
