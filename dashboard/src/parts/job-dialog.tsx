import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import { readJson } from "../json.ts";
import type { JobView } from "../view.ts";
import { moment, plain } from "../words.ts";
import type { Action } from "./confirm.tsx";

interface Shown {
  readonly job: JobView;
  readonly request: { readonly messages?: readonly { readonly role: string; readonly content: unknown }[] } | null;
}

interface Props {
  readonly id: string;
  readonly api: Api;
  readonly ask: (action: Action) => void;
  readonly onClose: () => void;
  /** Changes when any job may have: then this one is read again. */
  readonly counted: string;
}

const OPEN: ReadonlySet<string> = new Set(["queued", "running", "waiting_for_human", "dead"]);

/** One parked call: what was asked, what it went through, and what a person can do, which is always in sight. */
export function JobDialog({ id, api, ask, onClose, counted }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState("");

  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    api.get<Shown>(`/admin/jobs/${id}`).then(setShown, (cause: unknown) => setProblem(String(cause)));
  }, [api, id, counted]);

  const job = shown?.job;
  const isOpen = job !== undefined && OPEN.has(job.state);
  return (
    <dialog ref={dialog} class="wide" aria-labelledby="job-title" onClose={onClose}>
      <h2 id="job-title">{id}</h2>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {job !== undefined && (
        <div class="scrolling">
          <p>
            <strong>{plain(job.state)}</strong> · {job.kind} · {job.tenant} · {job.attempts} attempts
          </p>
          <h3>Asked</h3>
          <Prompt shown={shown} />
          <h3>History</h3>
          <ol class="history" reversed tabIndex={0} aria-label="History, the latest first">
            {job.history.toReversed().map((event, place) => (
              <li key={job.history.length - place}>
                <time dateTime={new Date(event.atMs).toISOString()}>{moment(event.atMs)}</time> {said(event)}
              </li>
            ))}
          </ol>
          {job.answer !== null && (
            <>
              <h3>Answer, by {job.answeredBy === "human" ? "a person" : (job.route ?? "a provider")}</h3>
              <pre tabIndex={0}>{textOf(job.answer)}</pre>
            </>
          )}
          {isOpen && (
            <form
              id="answer"
              onSubmit={(event) => {
                event.preventDefault();
                ask(give(id, answer, api));
              }}
            >
              <label>
                Answer it yourself
                <textarea rows={4} value={answer} onInput={({ currentTarget }) => setAnswer(currentTarget.value)} />
              </label>
            </form>
          )}
        </div>
      )}
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
        {isOpen && (
          <>
            <button type="button" onClick={() => ask(retry(id, api))}>
              Retry
            </button>
            <button type="button" class="danger" onClick={() => ask(cancel(id, api))}>
              Cancel job
            </button>
            <button type="submit" form="answer" class="main" disabled={answer.trim() === ""}>
              Send answer
            </button>
          </>
        )}
      </div>
    </dialog>
  );
}

function Prompt({ shown }: { readonly shown: Shown | null }) {
  const messages = shown?.request?.messages;
  if (messages === undefined) return <p class="quiet">It has been erased.</p>;
  return (
    <pre tabIndex={0}>
      {messages
        .map(({ role, content }) => `${role}: ${typeof content === "string" ? content : JSON.stringify(content)}`)
        .join("\n\n")}
    </pre>
  );
}

function said({ state, reason, times }: JobView["history"][number]): string {
  return [plain(state), plain(reason), times === undefined ? "" : `${times} times`].filter(Boolean).join(" · ");
}

function textOf(answer: string): string {
  try {
    const { choices } = readJson<{ choices: readonly { message: { content: string | null } }[] }>(answer);
    return choices[0]?.message.content ?? answer;
  } catch {
    return answer;
  }
}

function give(id: string, text: string, api: Api): Action {
  return {
    title: "Send this answer?",
    meaning: "The caller gets it as the answer of a person. The first answer counts and cannot be taken back.",
    button: "Send answer",
    run: () => api.post(`/admin/jobs/${id}/answer`, { text }),
  };
}

function retry(id: string, api: Api): Action {
  return {
    title: "Retry this job?",
    meaning: "It goes back to the queue with all its attempts.",
    button: "Retry",
    run: () => api.post(`/admin/jobs/${id}/retry`),
  };
}

function cancel(id: string, api: Api): Action {
  return {
    title: "Cancel this job?",
    meaning: "Its prompt and answer are erased, and the caller is told that it was cancelled. This cannot be undone.",
    button: "Cancel job",
    danger: true,
    run: () => api.post(`/admin/jobs/${id}/cancel`),
  };
}
