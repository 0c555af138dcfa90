/** That the screen for pairing is wanted: by a link's code, for as long as this page lives; or because it was open before a reload. */

let code: string | null = null;

export function wantPairing(link: string): void {
  code = link;
}

/** The code that waits for the screen, once. */
export function takeCode(): string | null {
  const waiting = code;
  code = null;
  return waiting;
}

/** Not the code: what lies in the session's storage can be found on the disk. */
export function rememberOpen(isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage.setItem(place, '1');
    else sessionStorage.removeItem(place);
  } catch {
    // A browser that keeps nothing: after a reload the screen is closed.
  }
}

export function isWanted(): boolean {
  try {
    return code !== null || sessionStorage.getItem(place) !== null;
  } catch {
    return code !== null;
  }
}

const place = 'wavu pairing';
