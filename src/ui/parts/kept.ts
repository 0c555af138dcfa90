/** Small texts that outlive a reload of this tab, and nothing more: what was being written, an invite not yet followed. */
export function keep(key: string, text: string | null): void {
  try {
    if (text === null || text === '') sessionStorage.removeItem(prefix + key);
    else sessionStorage.setItem(prefix + key, text);
  } catch {
    // A strict setting or a full store: then it lives as long as the page.
  }
}

export function kept(key: string): string | null {
  try {
    return sessionStorage.getItem(prefix + key);
  } catch {
    return null;
  }
}

const prefix = 'wavu.';
