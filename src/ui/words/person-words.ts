/** What is said of one person, and the words compared with them. */
export interface PersonWords {
  readonly write: string;
  readonly writeHint: string;
  readonly notBegun: string;
  readonly unverified: string;
  readonly byDevice: string;
  readonly compare: string;
  readonly compareHint: string;
  readonly compareAgain: string;
  readonly compareTitle: (name: string) => string;
  readonly compareHow: (name: string) => string;
  readonly compared: (name: string) => string;
  readonly words: string;
  readonly digits: string;
  readonly differ: string;
  readonly same: string;
  readonly takeBack: string;
  readonly nothingToCompare: string;
  readonly verdictNotKept: string;
  readonly promote: string;
  readonly promoteHint: string;
  readonly promoteTitle: (name: string) => string;
  readonly promoteTruth: (name: string) => string;
  readonly notPromoted: string;
  readonly remove: string;
  readonly removeTitle: (name: string) => string;
  readonly removeTruth: string;
  readonly removeLate: string;
  readonly removeLinks: string;
  readonly removeYes: string;
  readonly notRemoved: string;
}
