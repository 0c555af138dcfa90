/** Builds the page that speaks the real storage and tabs ports, and serves it. */
import { buildPage } from './page-site.ts';
import { openStaticSite } from './static-site.ts';
import type { StaticSite } from './static-site.ts';

/** `which` keeps the folders of test files apart that run at the same time. */
export const openPortsSite = async (which: string): Promise<StaticSite> =>
  openStaticSite(await buildPage(which, 'ports-page.ts'));
