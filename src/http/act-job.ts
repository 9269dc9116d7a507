/** How a job stands and how it came to that, as a page's parts. */
import { html } from "hono/html";
import * as z from "zod/mini";
import type { JobView } from "../jobs/job.ts";
import type { Html } from "./html.ts";
import { STATE_WORDS } from "./act-words.ts";
import { timeText } from "./time-text.ts";

export function standingPart(job: JobView, nowMs: number): Html {
  const { dueAtMs, nextRunAtMs, refusal, callback } = job;
  return html`<dl>
    ${row("State", statePart(job))}
    ${dueAtMs !== null && job.state === "waiting_for_human" && row("Answer by", duePart(dueAtMs, nowMs))}
    ${nextRunAtMs !== null && row("Next try", momentPart(nextRunAtMs, nowMs))} ${row("Kind of work", job.kind)}
    ${job.model !== job.kind && row("Asked for", job.model)} ${job.stream && row("Form", "a stream")}
    ${row("Tenant", job.tenant)} ${row("Came in", momentPart(job.createdAtMs, nowMs))}
    ${row("Failed tries", String(job.attempts))} ${refusal && row("Caller is told", html`<code>${refusal.kind}</code>`)}
    ${callback && row("Callback", callbackPart(callback))} ${row("Job", html`<code>${job.id}</code>`)}
  </dl>`;
}

function statePart(job: JobView): Html {
  if (job.erased) return html`<strong>${job.state.replaceAll("_", " ")}, and erased</strong>${byWhom(job)}`;
  return html`<strong class="${job.state}">${STATE_WORDS[job.state]}</strong>${byWhom(job)}`;
}

function row(label: string, value: Html | string): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function duePart(dueAtMs: number, nowMs: number): Html {
  const moment = momentPart(dueAtMs, nowMs);
  return dueAtMs < nowMs ? html`<strong class="late">${moment}: overdue</strong>` : moment;
}

function momentPart(atMs: number, nowMs: number): Html {
  return html`<time datetime="${new Date(atMs).toISOString()}">${timeText(atMs, nowMs)}</time>`;
}

function byWhom({ answeredBy, route }: JobView): string {
  if (answeredBy === "human") return ", by a human";
  return answeredBy === "provider" ? `, by ${route ?? "a provider"}` : "";
}

function callbackPart({ url, state, attempts, lastError }: NonNullable<JobView["callback"]>): Html {
  const tries = attempts > 0 ? `, ${attempts} ${attempts === 1 ? "try" : "tries"}` : "";
  return html`${CALLBACK_WORDS[state]}${tries}${lastError === null ? "" : `: ${lastError}`}<br /><code>${url}</code>`;
}

const CALLBACK_WORDS = {
  waiting: "not called yet",
  delivered: "delivered",
  failed: "failed, it is tried again",
  gone: "given up",
} as const satisfies Record<NonNullable<JobView["callback"]>["state"], string>;

export function historyPart(job: JobView, nowMs: number): Html {
  return html`<section aria-labelledby="history">
    <h2 id="history">What happened so far</h2>
    <ol class="history">
      ${job.history.map(
        ({ atMs, state, reason }) =>
          html`<li>
            ${momentPart(atMs, nowMs)}
            <span><strong>${state.replaceAll("_", " ")}</strong>${reason === "" ? "" : `: ${reason}`}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}

export function answerPart(answer: string): Html {
  return html`<section aria-labelledby="answer-given">
    <h2 id="answer-given">Its answer</h2>
    <article class="message"><pre>${textOf(answer)}</pre></article>
  </section>`;
}

const Choice = z.object({ message: z.object({ content: z.string() }) });
const Completion = z.object({ choices: z.array(Choice).check(z.minLength(1)) });

/** The words of an OpenAI chat completion; where it has none (tool calls, or another form), all of it. */
function textOf(answer: string): string {
  try {
    const parsed = Completion.safeParse(JSON.parse(answer));
    return parsed.success ? parsed.data.choices.map(({ message }) => message.content).join("\n\n") : answer;
  } catch {
    return answer;
  }
}
