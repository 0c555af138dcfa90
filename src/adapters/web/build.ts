/** Reads which build this page is, from the mark the build left in its head. */
export interface Build {
  /** Version and a hash of every chunk: `0.1.0+3f9c12ab`. */
  readonly name: string;
  readonly builtAtMs: number;
}

/** Null in development, where nothing was built. */
export function readBuild(): Build | null {
  const mark = document.querySelector<HTMLMetaElement>('meta[name="wavu-build"]')?.content.split(' ') ?? [];
  const [name, builtAt] = mark;
  return name === undefined || builtAt === undefined ? null : { name, builtAtMs: Number(builtAt) };
}
