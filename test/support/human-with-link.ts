/** A human with a link: opens its page, presses its button. */
import { expect } from "vitest";
import { act, showAct } from "../../src/http/act.ts";
import { linkTo, signAction, type Action } from "../../src/http/action-token.ts";
import type { WorkerDeps } from "../../src/worker-deps.ts";
import { ADMIN_KEY, operatorDeps } from "./operator-deps.ts";
import { JOB_ID, NIGHT_MS, type ParkedJob } from "./parked-job.ts";

export const ORIGIN = "https://lisbon.test";

interface SeenPage {
  readonly status: number;
  readonly page: string;
  readonly headers: Headers;
}

export async function openLink(job: ParkedJob, action: Action, init: RequestInit = {}): Promise<SeenPage> {
  const url = linkTo({ origin: ORIGIN, token: await tokenFor(action) });
  return await seen(await showAct(new Request(url, init), depsOf(job)));
}

export async function press(
  job: ParkedJob,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  more: Partial<WorkerDeps> = {},
): Promise<SeenPage> {
  const request = new Request(`${ORIGIN}/admin/act`, { method: "POST", headers, body: new URLSearchParams(fields) });
  return await seen(await act(request, depsOf(job, more)));
}

export function tokenFor(action: Action, nowMs = NIGHT_MS): Promise<string> {
  return signAction({ adminKey: ADMIN_KEY, jobId: JOB_ID, action, nowMs });
}

export function depsOf(job: ParkedJob, more: Partial<WorkerDeps> = {}): WorkerDeps {
  return operatorDeps({
    jobs(jobId) {
      expect(jobId).toBe(JOB_ID);
      return job.port;
    },
    ...more,
  });
}

export async function seen(response: Response): Promise<SeenPage> {
  return { status: response.status, page: await response.text(), headers: response.headers };
}

/** What a browser would put into the box. */
export function boxOf(page: string): string {
  const [, inside = ""] = /<textarea[^>]*>\n?([^]*?)<\/textarea>/.exec(page) ?? [];
  return unescaped(inside);
}

export function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
