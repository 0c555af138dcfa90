/** Reads an invite from the address, once, and takes it out of sight; writes whole links for sharing. */
import { isWanted, wantPairing } from '../pair/wanted.ts';

/** What stands behind `#join/…` or `#own/…`; the address bar and the history forget it at once. A `#pair/…` is kept for its screen. */
export function takeInvite(): string | null {
  const link = location.hash.slice(1);
  const isPair = isPairLink(link);
  if (!isPair && !/^(join|own)\//.test(link)) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  if (!isPair) return link;
  wantPairing(link);
  return null;
}

const isPairLink = (link: string): boolean => link.startsWith('pair/');

/** A link pasted into the address bar of an open page. */
export function onInvite(came: (invite: string) => void): () => void {
  const look = (): void => {
    const invite = takeInvite();
    if (invite) came(invite);
  };
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}

/** The screen for pairing is wanted: by a link, now or later, or because it was open before a reload. */
export function onPairing(wanted: () => void): () => void {
  const look = (): void => {
    if (isPairLink(location.hash.slice(1))) takeInvite();
    if (isWanted()) wanted();
  };
  look();
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}

export function inviteLink(invite: string): string {
  return `${location.origin}${location.pathname}#${invite}`;
}

/** False: the browser does not allow it here. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
