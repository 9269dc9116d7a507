/**
 * `/admin/act`, where the signed links of notices lead. `GET` shows the call
 * and changes nothing, however often: mail scanners press links. `POST`, from
 * the page's own button, does the one thing that the link is for. The token
 * authorises; no key comes near a browser.
 */
import type { HumanAnswer, JobPort, JobRefused } from "../jobs/job-port.ts";
import type { JobView } from "../jobs/job.ts";
import { assertNever } from "../lib/assert-never.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, type Result } from "../lib/result.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { actPage, type ActForm, type ActPage, type Prompt } from "./act-page.ts";
import {
  ACT_WORDS,
  EMPTY_ANSWER,
  FROM_ELSEWHERE,
  LINKS_OFF,
  REFUSED_WORDS,
  STATE_TITLES,
  tooLarge,
  VIEW_ONLY,
  type RefusedWords,
} from "./act-words.ts";
import { readAction, type Action, type SignedAction } from "./action-token.ts";
import { originOf } from "./origin-of.ts";

/** As the job's history names whoever pressed a link's button. */
const BY_LINK = "a human, through a notice's link";

/** `GET ?token=…` */
export async function showAct(request: Request, deps: WorkerDeps): Promise<Response> {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  const link = await linkOf(token, deps);
  if (!link.ok) return await refusedPage(link.failure, null, deps);
  const job = deps.jobs(link.value.jobId);
  const view = await job.view();
  if (!view) return await refusedPage(REFUSED_WORDS.no_such_job, null, deps);
  return await standingPage(token, link.value.action, view, job, deps);
}

/** `POST token=…&text=…` */
export async function act(request: Request, deps: WorkerDeps): Promise<Response> {
  if (isFromElsewhere(request, deps)) return await refusedPage(FROM_ELSEWHERE, null, deps);
  const { maxBodyBytes } = deps.routing.limits;
  const body = await readTextWithin(request, maxBodyBytes);
  if (body === null) return await refusedPage(tooLarge(maxBodyBytes), null, deps);
  const sent = new URLSearchParams(body);
  const token = sent.get("token") ?? "";
  const link = await linkOf(token, deps);
  if (!link.ok) return await refusedPage(link.failure, null, deps);

  const { action, jobId, id } = link.value;
  const job = deps.jobs(jobId);
  if (action === "view") return await refusedPage(VIEW_ONLY, null, deps);
  // A form sends every line break as two characters. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set
  const text = (sent.get("text") ?? "").replaceAll("\r\n", "\n");
  if (action === "answer" && text.trim() === "") return await emptyAnswerPage(token, job, deps);
  const end = await done(action, { text, by: BY_LINK, token: id }, job);
  if (!end.ok) return await refusedPage(REFUSED_WORDS[end.failure.kind], job, deps);
  const { done: title, doneMeans } = ACT_WORDS[action];
  return await actPage({ ...bare(deps), title, told: { tone: "good", text: doneMeans }, job: end.value });
}

async function done(
  action: Exclude<Action, "view">,
  answer: HumanAnswer,
  job: JobPort,
): Promise<Result<JobView, JobRefused>> {
  switch (action) {
    case "answer":
      return await job.answer(answer);
    case "retry":
      return await job.retry(answer.by, answer.token);
    case "cancel": {
      // The job erases what it is told to, an answer too: a button that lay open for an hour must not do that.
      const view = await job.view();
      if (view?.erased) return fail({ kind: "job_erased" });
      if (view && isOver(view)) return fail({ kind: "job_settled", state: view.state });
      return await job.cancel(answer.by);
    }
    default:
      return assertNever(action);
  }
}

async function linkOf(token: string, deps: WorkerDeps): Promise<Result<SignedAction, RefusedWords>> {
  const { adminKey } = deps.settings;
  if (adminKey === null) return fail(LINKS_OFF);
  const link = await readAction(token, { adminKey, nowMs: deps.clock.now() });
  return link.ok ? link : fail(REFUSED_WORDS[link.failure.kind]);
}

/**
 * Another site's page cannot know a token, so this keeps out only what a
 * human did not mean. The word of `Sec-Fetch-Site` is the browser's own; where
 * there is none, `Origin` counts, which is `null` for our own page too: it
 * sends no referrer. https://fetch.spec.whatwg.org/#origin-header
 */
function isFromElsewhere(request: Request, deps: WorkerDeps): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin";
  const origin = request.headers.get("origin") ?? "null";
  return origin !== "null" && origin !== originOf(request, deps) && origin !== new URL(request.url).origin;
}

/** The call as it stands, with the form for what can still be done. */
async function standingPage(
  token: string,
  action: Action,
  view: JobView,
  job: JobPort,
  deps: WorkerDeps,
): Promise<Response> {
  const page = { ...bare(deps), title: STATE_TITLES[view.state], job: view };
  // Whoever only looks sees no prompt: such links go to everybody.
  if (action === "view") return await actPage(page);
  const prompt = view.erased ? null : await job.prompt();
  const nothing = nothingToDo(action, view, prompt);
  if (nothing !== null) return await actPage({ ...page, prompt, told: { tone: "plain", text: nothing } });
  return await actPage({ ...page, prompt, form: formOf(token, action, prompt) });
}

/** Why there is no button; null: there is one. */
function nothingToDo(action: Exclude<Action, "view">, view: JobView, prompt: Prompt | null): string | null {
  if (prompt === null) return REFUSED_WORDS.job_erased.text;
  if (isOver(view)) return "Nothing is left to be done: the call is settled, and this link changes nothing any more.";
  if (action !== "retry" || view.state !== "running") return null;
  return "It is being tried right now. Load this page again in a minute.";
}

/** Dead is not over: a human may still answer it, or send it back. */
function isOver(view: JobView): boolean {
  return view.state === "answered" || view.state === "cancelled";
}

function formOf(token: string, action: ActForm["action"], prompt: Prompt | null): ActForm {
  const draft = prompt?.draft ?? "";
  return { token, action, text: draft, isDraft: draft !== "" };
}

/** The link is not used up by it. */
async function emptyAnswerPage(token: string, job: JobPort, deps: WorkerDeps): Promise<Response> {
  const [view, prompt] = await Promise.all([job.view(), job.prompt()]);
  const { status, title, text } = EMPTY_ANSWER;
  const form = view && prompt && !isOver(view) ? formOf(token, "answer", prompt) : null;
  return await actPage({ ...bare(deps), status, title, told: { tone: "bad", text }, job: view, prompt, form });
}

async function refusedPage(words: RefusedWords, job: JobPort | null, deps: WorkerDeps): Promise<Response> {
  const { status, title, text } = words;
  const view = (await job?.view()) ?? null;
  return await actPage({ ...bare(deps), status, title, told: { tone: "bad", text }, job: view });
}

/** What most pages leave out. */
function bare(deps: WorkerDeps): ActPage {
  return { status: 200, title: "", told: null, job: null, prompt: null, form: null, nowMs: deps.clock.now() };
}
