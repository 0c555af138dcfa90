/** The operating system's word for what went wrong (EADDRINUSE, EACCES, …), if the error has one. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
