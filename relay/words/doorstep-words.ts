/** All that the doorstep and the page for offers say. It is HTML; what is put in comes escaped. */
import type { Language } from './languages.ts';

export interface DoorstepWords {
  readonly lang: Language;
  /** Said until somebody who grew up with the language has read it; null: somebody has. */
  readonly unreviewed: string | null;
  /** For who does not see that these are languages. */
  readonly languages: string;
  readonly title: string;
  readonly reached: (address: string) => string;
  readonly forgottenProxy: string;
  readonly worksTitle: string;
  readonly overHttps: string;
  readonly warned: string;
  readonly warnedOfHouse: string;
  readonly behindProxy: string;
  readonly onThisMachine: (address: string) => string;
  readonly nothingElsewhere: string;
  readonly fromElsewhere: { readonly title: string; readonly how: string; readonly mayAsk: string };
  readonly trust: TrustWords;
  readonly hosting: {
    readonly title: string;
    readonly oneName: string;
    readonly ownCertificate: string;
    readonly samePort: string;
    readonly caddy: string;
    readonly tailscale: string;
  };
  readonly pair: {
    readonly answeredTitle: string;
    readonly copy: string;
    readonly scan: string;
    readonly code: string;
    readonly again: string;
    readonly refusedTitle: string;
    readonly refused: Readonly<Record<'off' | 'bad-signal' | 'often' | 'full', string>>;
  };
}

/** The relay's own certificate authority: what it is, what it can do at worst, and the steps for each system. */
export interface TrustWords {
  readonly title: string;
  readonly why: string;
  readonly download: string;
  readonly compare: string;
  /** Null: it speaks for addresses alone. */
  readonly worst: (localName: string | null) => string;
  /** As the systems themselves call it; in English where a system does not speak the language. */
  readonly systems: {
    readonly android: System<readonly [string, string, string, string]>;
    readonly ios: System<readonly [string, string, string]>;
    readonly windows: System<readonly [string, string, string]>;
    readonly macos: System<readonly [string, string, string]>;
    readonly linux: System<readonly [string, string]>;
    readonly firefox: System<readonly [string, string]>;
  };
}

interface System<Steps extends readonly string[]> {
  readonly on: string;
  readonly steps: Steps;
}
