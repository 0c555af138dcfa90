/** Keeps what is left of the page when one part of it could not be fetched or drawn. */
import { Component } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useWords } from '../words/speak.tsx';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly failed: boolean;
}

/** React knows this only as a class. */
export class Catch extends Component<Props, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed(): ReactElement {
  const { w } = useWords();
  return (
    <div className="part-failed" role="alert">
      <p>{w.trouble.part}</p>
      <button type="button" className="deep" onClick={() => location.reload()}>
        {w.trouble.again}
      </button>
    </div>
  );
}
