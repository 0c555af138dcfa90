/** An invite to hand over: the code, black on white in any theme, and the link. */
import { useState } from 'react';
import type { ReactElement } from 'react';
import { announce } from '../parts/announce.tsx';
import { QrCode } from '../parts/qr.tsx';
import { copyText, inviteLink } from '../shell/invite-link.ts';
import { useAllWords } from '../words/all-words.ts';

export interface InvitePanelProps {
  readonly invite: string;
  /** What the link lets its holder do. */
  readonly truth: string;
}

export function InvitePanel({ invite, truth }: InvitePanelProps): ReactElement {
  const { w } = useAllWords();
  const link = inviteLink(invite);
  const [copied, setCopied] = useState<boolean | null>(null);

  const copy = async (): Promise<void> => {
    const done = await copyText(link);
    setCopied(done);
    if (done) announce(w.common.copied);
  };
  const canShare = typeof navigator.share === 'function';

  return (
    <div className="invite">
      <QrCode text={link} label={w.inviting.qr} />
      <input
        className="field"
        readOnly
        value={link}
        aria-label={w.inviting.link}
        dir="ltr"
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className="actions">
        {canShare && (
          <button type="button" className="plain" onClick={() => void navigator.share({ url: link }).catch(() => undefined)}>
            {w.inviting.share}
          </button>
        )}
        <button type="button" className="deep" onClick={() => void copy()}>
          {copied ? w.common.copied : w.common.copy}
        </button>
      </div>
      {copied === false && (
        <p className="error" role="alert">
          {w.common.copyFailed}
        </p>
      )}
      <p className="quiet small">{truth}</p>
    </div>
  );
}
