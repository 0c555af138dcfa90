/** One thing after another: whatever reads and then writes the disk takes its turn here. */
export interface Lane {
  run<Result>(job: () => Promise<Result>): Promise<Result>;
}

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (job) => {
      const next = last.then(job, job);
      last = next.catch(() => undefined);
      return next;
    },
  };
}
