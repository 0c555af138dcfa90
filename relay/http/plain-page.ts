/** A page without script, in the language that it is asked in: the doorstep, and the page for offers. */
import type { DoorstepWords } from '../words/doorstep-words.ts';
import { plain } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Headers } from './headers.ts';

export interface PlainPage {
  readonly status: number;
  readonly title: string;
  /** Before the words: what is drawn. */
  readonly above?: string;
  readonly body: string;
  readonly headers?: Headers;
}

export const plainPage = (w: DoorstepWords, { status, title, above = '', body, headers }: PlainPage): Answer =>
  plain(
    status,
    `<!doctype html>
<html lang="${w.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="/doorstep.css">
</head>
<body>
${above}
<main>
<h1>${title}</h1>
${body}
${w.unreviewed === null ? '' : `<p class="unreviewed">${w.unreviewed}</p>`}
</main>
</body>
</html>
`,
    {
      'content-type': 'text/html; charset=utf-8',
      'content-language': w.lang,
      vary: 'accept-language',
      ...headers,
    },
  );
