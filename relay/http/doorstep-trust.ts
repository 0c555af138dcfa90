/** The doorstep's part about the relay's own certificate authority. */
import { authorityPath } from '../lan-authority.ts';
import type { Authority } from '../lan-authority.ts';
import type { TrustWords } from '../words/doorstep-words.ts';

export const trustPart = (w: TrustWords, { fingerprint, localName }: Authority): string => `<h2>${w.title}</h2>
<p>${w.why}</p>
<a class="address" href="${authorityPath}" type="application/x-x509-ca-cert">${w.download}</a>
<p>${w.compare}</p>
<pre><code>${fingerprint.replaceAll(':', ':<wbr>')}</code></pre>
<p class="note">${w.worst(localName && `<strong class="address">${localName}</strong>`)}</p>
${Object.values(w.systems)
  .map(
    ({ on, steps }) => `<details><summary>${on}</summary><ol>${steps.map((each) => `<li>${each}</li>`).join('')}</ol></details>`,
  )
  .join('\n')}`;
