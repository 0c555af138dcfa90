/**
 * When the interface is drawn for the first time. Before that the page shows its sign. Drawn before the disk is read, all would
 * be drawn twice; drawn while something asked is under way, the words that wait for it would wait for the drawing.
 */

/** `known`: what is drawn is there. `isBusy`: something asked is under way. Neither is waited for long. */
export function whenToDraw(known: Promise<unknown>, isBusy: () => boolean, draw: () => void): void {
  const lateAtMs = performance.now() + busyMs;
  const look = (): void =>
    whenIdle(() => {
      if (isBusy() && performance.now() < lateAtMs) setTimeout(look, lookAgainMs);
      else draw();
    });
  const late = new Promise<void>((resolve) => void setTimeout(resolve, latestMs));
  void Promise.race([known.catch(() => undefined), late]).then(look);
}

const latestMs = 250;
/** Who has something to write this early comes with words in hand. */
const busyMs = 450;
const idleMs = 100;
const lookAgainMs = 4;

const whenIdle = (run: () => void): void => {
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: idleMs });
  else setTimeout(run);
};
