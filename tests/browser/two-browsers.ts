/** A Chromium and a Firefox beside one relay, for journeys between the two; or why there is no Firefox. */
import { openChromium, openFirefox } from './browsers.ts';
import { openFirefoxPage, openPage, openProfile } from './hands.ts';
import { createPerson } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

export interface TwoBrowsers {
  readonly relay: RelayProcess;
  /** In Chromium. */
  readonly asha: Person;
  /** In Firefox. */
  readonly fatuma: Person;
  close(): Promise<void>;
}

export async function openTwoBrowsers(): Promise<TwoBrowsers | { readonly absent: string }> {
  const firefox = await openFirefox();
  if ('absent' in firefox) return firefox;
  const [relay, chromium] = await Promise.all([startRelay(), openChromium()]);
  return {
    relay,
    asha: createPerson('Asha', await openPage(await openProfile(chromium))),
    fatuma: createPerson('Fatuma', await openFirefoxPage(firefox)),
    close: async () => {
      await chromium.close();
      await firefox.close();
      await relay.close();
    },
  };
}
