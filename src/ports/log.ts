/** Where notable events go: ids and counts, never text, names or keys. */
export type Log = (event: string, facts?: Readonly<Record<string, string | number | boolean>>) => void;
