/** Which build this page is, `0.1.0+3f9c12ab`, from the mark the build left in its head; null where nothing was built. */
export const buildName = (): string | null =>
  document.querySelector<HTMLMetaElement>('meta[name="wavu-build"]')?.content.split(' ')[0] ?? null;
