/** A code to hand over: large on the screen, and as text or file where no camera can see it. */
import { useState } from 'react';
import type { ReactElement } from 'react';
import { QrCode } from '../parts/qr.tsx';
import { copyText, inviteLink } from '../shell/invite-link.ts';
import { useAllWords } from '../words/all-words.ts';
import { useAwake } from './awake.ts';

export interface HandOverProps {
  /** What goes behind `#`. */
  readonly code: string;
  readonly label: string;
}

export function HandOver({ code, label }: HandOverProps): ReactElement {
  const { w } = useAllWords();
  const link = inviteLink(code);
  const [copied, setCopied] = useState<boolean | null>(null);
  useAwake();

  return (
    <>
      <QrCode text={link} label={label} sturdy />
      <div className="pair-carry">
        <button type="button" className="plain" onClick={() => void copyText(link).then(setCopied)}>
          {copied ? w.common.copied : w.pair.copy}
        </button>
        {typeof navigator.share === 'function' && (
          <button
            type="button"
            className="plain"
            onClick={() => void navigator.share({ text: link, title: w.pair.fileTitle }).catch(() => undefined)}
          >
            {w.inviting.share}
          </button>
        )}
        <button type="button" className="plain" onClick={() => save(link)}>
          {w.pair.save}
        </button>
      </div>
      <output className="sr">{copied ? w.common.copied : ''}</output>
      {copied === false && (
        <input
          className="field"
          readOnly
          value={link}
          aria-label={w.pair.copyFailed}
          dir="ltr"
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      {copied === false && (
        <p className="error" role="alert">
          {w.pair.copyFailed}
        </p>
      )}
    </>
  );
}

/** For a stick, a cable, or what sends files between devices that lie side by side. */
function save(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'wavu-code.txt';
  link.click();
  URL.revokeObjectURL(address);
}
