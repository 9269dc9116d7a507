/** A job in memory that keeps the contract of `JobPort` as far as a human meets it. */
import type { JobPort, JobRefused } from "../../src/jobs/job-port.ts";
import type { JobEvent, JobState, JobView } from "../../src/jobs/job.ts";
import { fail, ok, type Result } from "../../src/lib/result.ts";
import type { ChatRequest } from "../../src/openai/chat-request.ts";
import { fakeJob } from "./fake-jobs.ts";

export const JOB_ID = `job_${"0123456789abcdef".repeat(2)}`;
/** The small hours of a night. */
export const NIGHT_MS = Date.UTC(2026, 10, 21, 3, 14);

export interface ParkedJob {
  readonly port: JobPort;
  /** Everything that changed it, in order. */
  readonly changes: readonly string[];
  view(): JobView;
}

interface Parts {
  readonly view?: Partial<JobView>;
  readonly request?: ChatRequest;
  readonly draft?: string;
}

export function parkedJob({ view: more = {}, request: first = QUESTION, draft = "" }: Parts = {}): ParkedJob {
  let view: JobView = { ...WAITING, ...more };
  let request = first;
  const changes: string[] = [];
  const usedLinks = new Set<string>();

  function change(to: JobState, reason: string, token: string | null, fields: Partial<JobView>, said = ""): End {
    if (view.erased) return fail({ kind: "job_erased" });
    if (token !== null && usedLinks.has(token)) return fail({ kind: "link_used" });
    if (view.state === "answered" || view.state === "cancelled")
      return fail({ kind: "job_settled", state: view.state });
    if (token !== null) usedLinks.add(token);
    changes.push(`${reason}${said}`);
    const event: JobEvent = { atMs: NIGHT_MS, state: to, reason };
    view = { ...view, ...fields, state: to, updatedAtMs: NIGHT_MS, history: [...view.history, event] };
    return ok(view);
  }

  const port = fakeJob({
    view: () => Promise.resolve(view),
    prompt: () => Promise.resolve(view.erased ? null : { request, draft }),
    answer: ({ text, by, token }) =>
      Promise.resolve(
        change(
          "answered",
          `answered by ${by}`,
          token,
          { answeredBy: "human", answer: completionOf(text) },
          `: ${text}`,
        ),
      ),
    retry: (by, token) => Promise.resolve(change("queued", `sent back by ${by}`, token, {})),
    cancel(by) {
      // What is answered or dead stays so, and is erased all the same.
      changes.push(`cancelled by ${by}`);
      const state = view.state === "answered" || view.state === "dead" ? view.state : "cancelled";
      const event: JobEvent = { atMs: NIGHT_MS, state, reason: `cancelled by ${by}` };
      view = { ...view, state, erased: true, answer: null, updatedAtMs: NIGHT_MS, history: [...view.history, event] };
      return Promise.resolve(ok(view));
    },
    edit(edited, by) {
      request = edited;
      return Promise.resolve(change("queued", `edited by ${by}`, null, {}, `: ${JSON.stringify(edited)}`));
    },
  });
  return { port, changes, view: () => view };
}

function completionOf(content: string): string {
  return JSON.stringify({ choices: [{ message: { role: "assistant", content } }] });
}

type End = Result<JobView, JobRefused>;

const MINUTE_MS = 60_000;

export const QUESTION: ChatRequest = {
  model: "summarize-call-notes",
  messages: [
    { role: "system", content: "You summarise calls for an estate agent. Keep it under 120 words." },
    {
      role: "user",
      content:
        "Call with Ms Almeida, 14 minutes.\n\nShe wants to see the flat in Graça again, this time with her brother. She asked whether the lift is repaired, and whether the owner would go down to 410,000.",
    },
  ],
};

export const WAITING: JobView = {
  id: JOB_ID,
  state: "waiting_for_human",
  user: null,
  tenant: "default",
  kind: "summarize-call-notes",
  model: "summarize-call-notes",
  stream: false,
  dialect: "openai",
  createdAtMs: NIGHT_MS - 134 * MINUTE_MS,
  updatedAtMs: NIGHT_MS - 14 * MINUTE_MS,
  attempts: 5,
  nextRunAtMs: null,
  dueAtMs: NIGHT_MS + 46 * MINUTE_MS,
  history: [
    { atMs: NIGHT_MS - 134 * MINUTE_MS, state: "stored", reason: "no provider could answer: providers_failed" },
    { atMs: NIGHT_MS - 134 * MINUTE_MS, state: "queued", reason: "published to QStash, dispatch 1" },
    { atMs: NIGHT_MS - 20 * MINUTE_MS, state: "running", reason: "attempt 5" },
    { atMs: NIGHT_MS - 14 * MINUTE_MS, state: "waiting_for_human", reason: "5 of 5 attempts failed: overloaded" },
  ],
  answer: null,
  answeredBy: null,
  route: null,
  refusal: null,
  erased: false,
  callback: null,
};
