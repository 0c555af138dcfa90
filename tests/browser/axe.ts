/** Asks axe-core what stands in the way of somebody on the page as it is now. */
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** One line for each violation and place; none is the only good answer. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  // By the debugger, so that the page's own policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  // Cords move for at most 400 ms, and a colour half-way is nobody's choice.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  const { violations } = await page.evaluate(() => {
    const { axe: found } = globalThis as unknown as { axe: { run: (where: Document, options: unknown) => Promise<AxeResults> } };
    return found.run(document, { resultTypes: ['violations'], preload: false });
  });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary?.replaceAll(/\s+/g, ' ')})`,
    ),
  );
}
