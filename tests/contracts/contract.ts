/** What a contract is: cases as data, with an assertion of their own, so that a page or Node alike can run them. */

export interface Case {
  readonly name: string;
  run(): Promise<void>;
}

/** Opens something fresh for each case and puts it away after, whatever happened. */
export const casesOf = <Subject>(
  name: string,
  open: () => Promise<Subject>,
  dispose: (subject: Subject) => Promise<void>,
  cases: Readonly<Record<string, (subject: Subject) => Promise<void>>>,
): readonly Case[] =>
  Object.entries(cases).map(([sentence, run]) => ({
    name: `${name} ${sentence}`,
    run: async () => {
      const subject = await open();
      try {
        await run(subject);
      } finally {
        await dispose(subject);
      }
    },
  }));

export function assert(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(`not so: ${sentence}`);
}

/** Compares plain data and bytes by what they hold. */
export const assertSame = (found: unknown, wanted: unknown, what: string): void => {
  const [is, should] = [render(found), render(wanted)];
  if (is !== should) throw new Error(`${what}: is ${short(is)}, should be ${short(should)}`);
};

/** The one that it must be among a union's states. */
export const assertState = <Value extends { readonly state: string }, State extends Value['state']>(
  value: Value,
  state: State,
): Extract<Value, { readonly state: State }> => {
  if (value.state !== state) throw new Error(`state: is ${render(value)}, should be ${state}`);
  return value as Extract<Value, { readonly state: State }>;
};

/** Resolves when what it waits for came; the runner's time limit is the only clock. */
export interface Inbox<Value> {
  readonly all: readonly Value[];
  push(value: Value): void;
  /** Resolves with everything once there is so much of it. */
  count(wanted: number): Promise<readonly Value[]>;
  /** Resolves with the first that fits, also one that came before. */
  first(fits: (value: Value) => boolean): Promise<Value>;
}

export const createInbox = <Value>(): Inbox<Value> => {
  const all: Value[] = [];
  let checks: (() => void)[] = [];
  const wait = <Result>(look: () => Result | null): Promise<Result> =>
    new Promise((done) => {
      const check = (): void => {
        const result = look();
        if (result === null) checks.push(check);
        else done(result);
      };
      check();
    });
  return {
    all,
    push: (value) => {
      all.push(value);
      const due = checks;
      checks = [];
      for (const check of due) check();
    },
    count: (wanted) => wait(() => (all.length >= wanted ? all : null)),
    first: async (fits) => {
      const found = await wait(() => {
        const place = all.findIndex(fits);
        return place < 0 ? null : { place };
      });
      return all[found.place] as Value;
    },
  };
};

/** A number as four bytes, and some more behind it. */
export const numbered = (number: number, lengthBytes = 4): Uint8Array => {
  const bytes = new Uint8Array(Math.max(4, lengthBytes));
  new DataView(bytes.buffer).setUint32(0, number);
  for (let at = 4; at < bytes.length; at += 1) bytes[at] = (number + at) & 255;
  return bytes;
};

export const numberOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);

const render = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Uint8Array ? `bytes:${[...inner].join(',')}` : inner)) ??
  String(value);

const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text);
