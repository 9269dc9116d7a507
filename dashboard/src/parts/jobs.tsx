import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { JobEntry, JobState, LiveView } from "../view.ts";
import { duration, plain } from "../words.ts";
import type { Action } from "./confirm.tsx";
import { JobDialog } from "./job-dialog.tsx";

interface Props {
  readonly view: LiveView;
  readonly now: number;
  readonly api: Api;
  readonly ask: (action: Action) => void;
  /** Grows with everything that is done on this page. */
  readonly changed: number;
}

const STATES = [
  "queued",
  "running",
  "waiting_for_human",
  "dead",
  "answered",
  "cancelled",
] as const satisfies readonly JobState[];

const MOST = 50;

/** The queue in figures, and its jobs by state. */
export function Jobs({ view, now, api, ask, changed }: Props) {
  const { jobs } = view;
  const [state, setState] = useState<JobState | null>(null);
  const [list, setList] = useState<readonly JobEntry[] | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const counted = JSON.stringify([jobs?.byState, changed]);

  useEffect(() => {
    const query = state === null ? "" : `&state=${state}`;
    let isOld = false;
    api.get<{ jobs: readonly JobEntry[] }>(`/admin/jobs?limit=${MOST}${query}`).then(
      (found) => isOld || setList(found.jobs),
      () => isOld || setList(null),
    );
    return () => {
      isOld = true;
    };
    // Read again whenever a count changes, or something was done here.
  }, [api, state, counted]);

  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">Queue</h2>
      {jobs === null ? (
        <p class="quiet">The list of jobs does not answer. The jobs themselves go on.</p>
      ) : (
        <p>
          {jobs.oldestMs === null ? "Nothing waits." : `The oldest has waited for ${duration(now - jobs.oldestMs)}.`}
        </p>
      )}
      <div class="tabs" role="group" aria-label="Jobs by state">
        <button type="button" aria-pressed={state === null} onClick={() => setState(null)}>
          all
        </button>
        {STATES.map((name) => (
          <button key={name} type="button" aria-pressed={state === name} onClick={() => setState(name)}>
            {plain(name)} {jobs?.byState[name] ?? 0}
          </button>
        ))}
      </div>
      {list !== null && list.length >= MOST && <p class="quiet">The latest {MOST}; npx lisbon jobs lists all.</p>}
      {list?.length === 0 && <p class="quiet">No jobs here.</p>}
      <ul class="plain">
        {(list ?? []).map((job) => (
          <li key={job.id} class="row">
            <div>
              <button type="button" class="link" onClick={() => setOpened(job.id)}>
                {job.id}
              </button>
              <p class="why">
                {plain(job.state ?? "erased")} · {job.kind} · {job.tenant} · {duration(now - job.createdAtMs)} old
                {job.reason !== "" && ` · ${plain(job.reason)}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {(jobs?.byState.dead ?? 0) > 0 && (
        <button type="button" onClick={() => ask(retryDead(jobs?.byState.dead ?? 0, api))}>
          Retry all dead jobs
        </button>
      )}
      {opened !== null && (
        <JobDialog id={opened} api={api} ask={ask} onClose={() => setOpened(null)} counted={counted} />
      )}
    </section>
  );
}

function retryDead(count: number, api: Api): Action {
  return {
    title: `Retry ${count} dead ${count === 1 ? "job" : "jobs"}?`,
    meaning: "They go back to the queue with all their attempts. That may cost money.",
    button: "Retry all",
    run: () => api.post("/admin/jobs/retry-dead"),
  };
}
