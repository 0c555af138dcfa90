/** Reads an invite from the address, once, and takes it out of sight; writes whole links for sharing. */

/** What stands behind `#join/…`; the address bar and the history forget it at once. */
export function takeInvite(): string | null {
  const hash = location.hash;
  if (!hash.startsWith('#join/')) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return hash.slice(1);
}

/** A link pasted into the address bar of an open page. */
export function onInvite(came: (invite: string) => void): () => void {
  const look = (): void => {
    const invite = takeInvite();
    if (invite) came(invite);
  };
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
