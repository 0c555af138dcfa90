/** Node's exact "every promise has gone as far as it can": ticks come when no microtask is left, and cost no turn of the event loop. */

/** Now and then the loop turns all the same, or timeouts and signals would wait for the whole run. */
const breatheEvery = 2_000;

export const createSettle = (): (() => Promise<void>) => {
  let turns = 0;
  return () =>
    new Promise((done) => {
      turns += 1;
      if (turns % breatheEvery === 0) setImmediate(done);
      else process.nextTick(done);
    });
};
