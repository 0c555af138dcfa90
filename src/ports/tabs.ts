/** What we ask of the other tabs of this browser: one leads and owns keys and network, the rest follow it. */
import type { Stop } from './clock.ts';

export interface Tabs {
  /** Resolves once this tab leads; it leads until it is gone. Never resolves while another leads. */
  lead(signal: AbortSignal): Promise<void>;
  /** To every other tab. Plain data only. */
  post(note: unknown): void;
  listen(onNote: (note: unknown) => void): Stop;
}
