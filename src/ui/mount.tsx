/** Puts the interface on the page; the app may come later. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { PageApp } from '../app/app.ts';
import { takeInvite } from './shell/invite-link.ts';
import type { Update } from './shell/notices.tsx';
import { openPlace } from './shell/place.ts';
import { openSettings } from './shell/settings.ts';
import { Whole } from './shell/whole.tsx';
import { createDoor, DoorContext } from './use-app.ts';
import { Speak } from './words/speak.tsx';

export interface MountOptions {
  /** A newer version may lie ready; without it nothing is offered. */
  readonly update?: Update;
}

export function mountUi(root: HTMLElement, app: PageApp | Promise<PageApp>, options: MountOptions = {}): void {
  openSettings();
  const invite = takeInvite();
  openPlace();
  createRoot(root).render(
    <StrictMode>
      <DoorContext value={createDoor(app)}>
        <Speak>
          <Whole invite={invite} update={options.update ?? null} />
        </Speak>
      </DoorContext>
    </StrictMode>,
  );
}
