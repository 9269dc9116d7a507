import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api.ts";

/** Something that changes the service: what it is called, what it means, and how it is done. */
export interface Action {
  readonly title: string;
  readonly meaning: string;
  readonly button: string;
  readonly danger?: boolean;
  readonly run: () => Promise<void>;
}

/** Asks before anything is done; the Worker writes a line into the audit trail when it is. */
export function Confirm({ action, onDone }: { readonly action: Action; readonly onDone: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);

  async function confirm(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await action.run();
      // Closed, not taken away: so the browser gives the focus back to the button that was pressed.
      dialog.current?.close();
    } catch (cause) {
      setProblem(problemOf(cause));
      setBusy(false);
    }
  }

  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={onDone}>
      <h2 id="confirm-title">{action.title}</h2>
      <p>{action.meaning}</p>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
        <button type="button" class={action.danger ? "danger" : "main"} disabled={busy} onClick={() => void confirm()}>
          {busy ? "…" : action.button}
        </button>
      </div>
    </dialog>
  );
}

/** What the Worker says, and by which status; from 500 on nobody knows whether it was done. */
function problemOf(cause: unknown): string {
  if (!(cause instanceof Refused)) return cause instanceof Error ? cause.message : String(cause);
  const { message, status } = cause;
  return `${message} (${status})${status >= 500 ? " It may be done or not: look before you try again." : ""}`;
}
