/** From all that was measured: how it stands, and the one thing to do next. */
import type { WebRtcTry } from '../../ports/surroundings.ts';
import type { View } from '../view.ts';
import type { Findings } from './findings.ts';
import { findPeople } from './people.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly next: NextStep;
}

export type Verdict = 'joined' | 'nobody-here' | 'without-relay' | 'not-let-in' | 'cut-off';

/** `join-network`: and pair then. `none`: there is nothing to do. */
export type NextStep =
  | 'open-securely'
  | 'pair'
  | 'join-network'
  | 'other-browser'
  | 'ask-invite'
  | 'keep-open'
  | 'allow-direct'
  | 'invite'
  | 'wait'
  | 'keep-storage'
  | 'ordinary-window'
  | 'none';

export function judge(found: Findings): Judgement {
  const verdict = verdictOf(found);
  return { verdict, next: nextAfter(verdict, found) };
}

/** What the verdict would be now: one that was told is old once this is another. */
export const verdictNow = (view: Pick<View, 'mesh' | 'rooms'>): Verdict =>
  verdictOf({ relay: { state: view.mesh.relay?.state ?? null }, people: findPeople(view) });

interface Reached {
  readonly relay: { readonly state: string | null };
  readonly people: Findings['people'];
}

function verdictOf({ relay, people }: Reached): Verdict {
  const byOurselves = people.direct + people.through;
  if (relay.state === 'open') return byOurselves + people.relayed > 0 ? 'joined' : 'nobody-here';
  if (relay.state === 'not-let-in') return 'not-let-in';
  return byOurselves > 0 ? 'without-relay' : 'cut-off';
}

/** What reaches others comes before what only makes it last. */
function nextAfter(verdict: Verdict, found: Findings): NextStep {
  if (!found.secure) return 'open-securely';
  switch (verdict) {
    case 'cut-off':
      return withoutAnybody(found.webRtc);
    case 'not-let-in':
      return 'ask-invite';
    case 'without-relay':
      return 'keep-open';
    case 'nobody-here':
      if (!isLinkable(found.webRtc)) return 'allow-direct';
      return found.people.roomsOut > 0 ? 'wait' : 'invite';
    case 'joined':
      if (!isLinkable(found.webRtc)) return 'allow-direct';
      if (found.storage?.isKept === false) return 'keep-storage';
      if (found.offline === 'no') return 'ordinary-window';
      return found.people.roomsOut > 0 ? 'wait' : 'none';
  }
}

/** Two devices beside each other need nobody else, but they need WebRTC and a network between them. */
function withoutAnybody(webRtc: WebRtcTry): NextStep {
  if (isLinkable(webRtc)) return 'pair';
  return webRtc.state === 'tried' && webRtc.hosts === 'none' ? 'join-network' : 'other-browser';
}

const isLinkable = (webRtc: WebRtcTry): boolean => webRtc.state === 'tried' && webRtc.isLinked;
