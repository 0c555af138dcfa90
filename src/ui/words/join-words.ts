/** What is said where an invite or a relay's address is scanned or pasted. */
export interface JoinWords {
  readonly title: string;
  readonly field: string;
  readonly enter: string;
  readonly joining: string;
  readonly notLink: string;
  readonly scan: string;
  readonly scanning: string;
  readonly scanHint: string;
  readonly scanAbsent: string;
  readonly scanRefused: string;
  readonly relayHint: string;
  readonly connect: string;
  readonly connecting: string;
  readonly mayAsk: string;
  readonly relayUnreadable: string;
  readonly relayOwn: string;
  readonly relayUnreachable: string;
  readonly relayStopped: string;
  /** Where a browser lets a page get to no relay: by hand, over the relay's own page. */
  readonly byHand: string;
  readonly openPage: string;
  readonly opensBeside: string;
  readonly answer: string;
  readonly useAnswer: string;
  readonly notAnswer: string;
  readonly answerExpired: string;
  readonly notLinked: string;
}
