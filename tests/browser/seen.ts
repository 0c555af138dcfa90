/** Runs in the page: what a person can see of Wavu now, and the wait for it to change. */

export interface Seen {
  readonly screen: 'first' | 'frame' | 'stuck' | 'blank';
  readonly address: string;
  readonly tide: string;
  /** The rooms of the list, as named there. */
  readonly rooms: readonly string[];
  /** The one that is open, and what kind it says to be. */
  readonly room: string | null;
  readonly kind: string | null;
  /** Where nothing is to be read in it. */
  readonly empty: string | null;
  readonly messages: readonly SeenMessage[];
  /** What stands in the field, unsent. */
  readonly draft: string;
  readonly people: readonly SeenPerson[];
  /** The table of the Mesh tab. */
  readonly links: readonly { readonly name: string; readonly path: string }[];
  readonly me: { readonly fingerprint: string; readonly knot: string } | null;
  /** The heading of what lies open above all. */
  readonly dialog: string | null;
  readonly invite: string | null;
  /** The words to compare with somebody. */
  readonly words: readonly string[];
  readonly notices: readonly string[];
  /** Why a link or a code was not taken. */
  readonly refusal: string | null;
  /** Where the composer would be, for who is not in the room. */
  readonly outside: string | null;
  /** The code of a pairing as it is drawn. */
  readonly code: { readonly size: number; readonly path: string } | null;
  /** When this was seen, by the page's clock; not part of what is compared. */
  readonly atMs: number;
}

export interface SeenMessage {
  readonly text: string;
  readonly mine: boolean;
  /** Who it is by, and their knot; null on mine, and on all but the first of several in a row. */
  readonly by: string | null;
  readonly knot: string | null;
  /** `waiting`, `left`, `received`; null on messages of others. */
  readonly mark: string | null;
  readonly word: string;
}

export interface SeenPerson {
  readonly name: string;
  readonly here: boolean;
  readonly path: string;
}

/** Answers once the page looks unlike `before` (at once without one), or after `patienceMs`. Stands alone: it is sent as text. */
export function lookAround({ before, patienceMs }: { before: string | null; patienceMs: number }): Promise<Seen> {
  const texts = (selector: string, within: ParentNode = document): string[] =>
    [...within.querySelectorAll<HTMLElement>(selector)].filter((each) => each.checkVisibility()).map((each) => textOf(each));
  const textOf = (element: Element | null): string => (element?.textContent ?? '').trim();
  const visible = (selector: string): HTMLElement[] =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter((each) => each.checkVisibility());

  const drawing = (code: SVGSVGElement | null): Seen['code'] =>
    code && { size: code.viewBox.baseVal.width, path: code.querySelector('path')?.getAttribute('d') ?? '' };

  const look = (): Seen => ({
    screen: document.querySelector('.stuck')
      ? 'stuck'
      : document.querySelector('#my-name')
        ? 'first'
        : document.querySelector('.frame')
          ? 'frame'
          : 'blank',
    address: location.href,
    tide: texts('.tide')[0] ?? '',
    rooms: texts('.room-row .room-name'),
    room: texts('.room .bar h1')[0] ?? null,
    kind: texts('.room .bar .kind-sign')[0] ?? null,
    empty: texts('.timeline-rest p')[0] ?? null,
    messages: visible('.timeline article').map((article) => ({
      text: textOf(article.querySelector('.text')),
      mine: article.classList.contains('mine'),
      by: article.querySelector('.by b')?.textContent ?? null,
      knot: article.querySelector('.knot path')?.getAttribute('d') ?? null,
      mark: article.querySelector<HTMLElement>('.cord')?.dataset['mark'] ?? null,
      word: textOf(article.querySelector('.mark span')),
    })),
    draft: document.querySelector<HTMLTextAreaElement>('.composer textarea')?.value ?? '',
    people: visible('.person').map((person) => ({
      name: textOf(person.querySelector('.person-name')),
      here: person.dataset['here'] === 'true',
      path: textOf(person.querySelector('.person-path')),
    })),
    links: visible('.links tbody tr').map((row) => ({
      name: textOf(row.querySelector('bdi')),
      path: textOf(row.querySelector('td')),
    })),
    me: document.querySelector('.fingerprint')
      ? {
          fingerprint: textOf(document.querySelector('.fingerprint')),
          knot: document.querySelector('.me .knot path')?.getAttribute('d') ?? '',
        }
      : null,
    dialog: texts('dialog[open] h2').at(-1) ?? null,
    invite: document.querySelector<HTMLInputElement>('.invite input')?.value ?? null,
    words: texts('.safety-words li'),
    notices: texts('.notice p'),
    refusal: texts('#invite-refused, #pair-refused')[0] ?? null,
    outside: texts('.removed p, .removed h2, .knocking h2').join(' ') || null,
    code: drawing(document.querySelector<SVGSVGElement>('.pair .qr')),
    atMs: 0,
  });
  const now = (): { seen: Seen; text: string } => {
    const seen = look();
    return { seen: { ...seen, atMs: Date.now() }, text: JSON.stringify(seen) };
  };

  return new Promise((resolve) => {
    const first = now();
    if (first.text !== before) return resolve(first.seen);
    const done = (seen: Seen): void => {
      watcher.disconnect();
      clearTimeout(timer);
      resolve(seen);
    };
    const watcher = new MutationObserver(() => {
      const { seen, text } = now();
      if (text !== before) done(seen);
    });
    watcher.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    const timer = setTimeout(() => done(now().seen), patienceMs);
  });
}

/** Marks a page's complaints about its own policy, so that they are heard like any other error. */
export function tellViolations(): void {
  addEventListener('securitypolicyviolation', (event) => {
    console.error(
      `securitypolicyviolation ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
    );
  });
}

/** The visible button that says just `name`, or else begins with it, or else holds it. */
export function findButton(name: string): HTMLElement | null {
  const says = (button: HTMLElement): string => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim();
  const buttons = [...document.querySelectorAll<HTMLElement>('button, label.kind')].filter((each) => each.checkVisibility());
  // A modal dialog makes all else inert.
  const dialog = [...document.querySelectorAll<HTMLElement>('dialog[open]')].at(-1);
  const reachable = dialog === undefined ? buttons : buttons.filter((each) => dialog.contains(each));
  const tests: readonly ((said: string) => boolean)[] = [
    (said) => said === name,
    (said) => said.startsWith(name),
    (said) => said.includes(name),
  ];
  for (const fits of tests) {
    const found = reachable.find((each) => fits(says(each)));
    if (found !== undefined) return found;
  }
  return null;
}
