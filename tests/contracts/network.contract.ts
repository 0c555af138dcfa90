/** What every network must do. */
import { casesOf } from './contract.ts';
import type { Case } from './contract.ts';
import { handCases, peerCases } from './network-peers.ts';
import { relayCases } from './network-relay.ts';
import type { Cases, NetworkSubject } from './network-subject.ts';
import { topicCases } from './network-topics.ts';

export type { NetworkSubject } from './network-subject.ts';

/** `parts`: leaves out what an adapter does not have yet, aloud in the test that says so. */
export const networkContract = (
  name: string,
  make: () => Promise<NetworkSubject>,
  parts: readonly NetworkPart[] = ['relay', 'peers', 'hand', 'topics'],
): readonly Case[] =>
  parts.flatMap((part) => casesOf<NetworkSubject>(name, make, (subject) => subject.dispose(), casesByPart[part]));

export type NetworkPart = 'relay' | 'peers' | 'hand' | 'topics';

const casesByPart: Readonly<Record<NetworkPart, Cases>> = {
  relay: relayCases,
  peers: peerCases,
  hand: handCases,
  topics: topicCases,
};
