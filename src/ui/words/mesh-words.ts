/** What the live net says. */

export interface MeshWords {
  readonly picture: string;
  readonly links: string;
  readonly relay: string;
  readonly relayOpen: string;
  readonly relayConnecting: string;
  readonly relayMembers: string;
  readonly relayLost: string;
  readonly standsIn: (own: string, other: string) => string;
  readonly others: string;
  readonly othersHint: string;
  readonly otherStates: Readonly<Record<'open' | 'by-hand' | 'resting', string>>;
  readonly forget: string;
  readonly unnamed: string;
  readonly unmeasured: string;
  readonly name: string;
  readonly path: string;
  readonly delay: string;
  readonly shared: string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly legend: string;
  readonly score: (percent: string) => string;
  readonly scoreOfFirst: string;
  readonly goesAlone: string;
  readonly goesBy: (ways: string) => string;
  readonly byRule: string;
  readonly byModel: string;
  readonly quick: string;
  readonly stands: string;
  readonly answers: string;
  readonly carries: string;
}
