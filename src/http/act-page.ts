/**
 * The page behind a signed link. Made on the server, whole, without a script:
 * it works in a mail program's browser on a bad line. Whatever it shows was
 * written by somebody else, and is escaped.
 */
import { html } from "hono/html";
import type { JobPort } from "../jobs/job-port.ts";
import type { JobView } from "../jobs/job.ts";
import { answerPart, historyPart, standingPart } from "./act-job.ts";
import { promptPart } from "./act-prompt.ts";
import { actStyle } from "./act-style.ts";
import { ACT_WORDS } from "./act-words.ts";
import type { Action } from "./action-token.ts";
import type { Html } from "./html.ts";

export interface ActPage {
  readonly status: number;
  readonly title: string;
  /** Said before anything else; null: the page speaks for itself. */
  readonly told: { readonly tone: "good" | "bad" | "plain"; readonly text: string } | null;
  readonly job: JobView | null;
  /** Null: not shown, or erased. */
  readonly prompt: Prompt | null;
  /** Null: nothing can be done here. */
  readonly form: ActForm | null;
  readonly nowMs: number;
}

export type Prompt = NonNullable<Awaited<ReturnType<JobPort["prompt"]>>>;

export interface ActForm {
  readonly token: string;
  readonly action: Exclude<Action, "view">;
  /** What stands in the box of `answer`. */
  readonly text: string;
  /** The text is what a run had written before it broke. */
  readonly isDraft: boolean;
}

export async function actPage(page: ActPage): Promise<Response> {
  const nonce = crypto.randomUUID();
  const { job, prompt, form, nowMs } = page;
  const asked = prompt && promptPart(prompt.request);
  const todo = form && formPart(form);
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Lisbon: ${page.title}</title>
        <link rel="icon" href="data:," />
        ${actStyle(nonce)}
      </head>
      <body>
        <main>
          <p class="product">Lisbon</p>
          <h1>${page.title}</h1>
          ${page.told && html`<div class="told ${page.told.tone}" role="status"><p>${page.told.text}</p></div>`}
          ${job && standingPart(job, nowMs)} ${form && prompt && shortCut(form, prompt)}
          ${form?.action === "answer" ? [asked, todo] : [todo, asked]}
          ${job && job.answer !== null && prompt && answerPart(job.answer)} ${job && historyPart(job, nowMs)}
        </main>
      </body>
    </html>`;
  return new Response(String(await body), { status: page.status, headers: headersWith(nonce) });
}

/** Below so many characters of JSON the box is seen without looking for it. */
const SHORT_PROMPT_CHARS = 1_500;

function shortCut({ action }: ActForm, { request }: Prompt): Html | null {
  const isFarDown = action === "answer" && JSON.stringify(request.messages).length > SHORT_PROMPT_CHARS;
  return isFarDown ? html`<p><a href="#text">Go to the answer box</a></p>` : null;
}

function formPart({ token, action, text, isDraft }: ActForm): Html {
  const words = ACT_WORDS[action];
  return html`<section aria-labelledby="todo">
    <h2 id="todo">${words.heading}</h2>
    <form method="post" action="/admin/act">
      <input type="hidden" name="token" value="${token}" autocomplete="off" />
      ${action === "answer" && answerBox(text, isDraft)}
      <p id="will-happen">${words.willHappen}</p>
      <button class="${action}" aria-describedby="will-happen">${words.button}</button>
    </form>
  </section>`;
}

function answerBox(text: string, isDraft: boolean): Html {
  // A box drops its first line break: the one that stands here, so that none of the text's own is lost.
  return html`<label for="text">Your answer</label>
    ${isDraft && html`<p class="note" id="draft">The box holds what a run had written before it broke off.</p>`}
    <textarea id="text" name="text" required rows="10" ${isDraft && html` aria-describedby="draft"`}>
${text}</textarea>`;
}

function headersWith(nonce: string): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    // The address holds the token: nobody else is told of it.
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow, noarchive",
  };
}
