/** A drawing that is said by one sentence. */

export interface Spoken {
  readonly role: 'img';
  readonly 'aria-label': string;
}

export function spoken(label: string): Spoken {
  return { role: 'img', 'aria-label': label };
}
