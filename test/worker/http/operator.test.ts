/** Links and `/admin/jobs` in workerd, by the paths that the app has for them. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import { linkTo, signAction } from "../../../src/http/action-token.ts";
import { ADMIN_KEY, operatorDeps } from "../../support/operator-deps.ts";
import { JOB_ID, NIGHT_MS, parkedJob, type ParkedJob } from "../../support/parked-job.ts";

const ORIGIN = "https://lisbon.test";

async function ask(job: ParkedJob, url: string, init: RequestInit = {}): Promise<Response> {
  const deps = operatorDeps({ jobs: () => job.port });
  return await createApp(() => deps).fetch(new Request(url, init), env, createExecutionContext());
}

function link(): Promise<string> {
  return signAction({ adminKey: ADMIN_KEY, jobId: JOB_ID, action: "answer", nowMs: NIGHT_MS });
}

describe("a signed link", () => {
  it("needs no key, and works by its button alone, once", async () => {
    const job = parkedJob();
    const token = await link();
    const url = linkTo({ origin: ORIGIN, token });
    const seen = await ask(job, url);
    const head = await ask(job, url, { method: "HEAD" });

    expect([seen.status, head.status]).toEqual([200, 200]);
    expect(await seen.text()).toContain("Send this answer");
    expect(seen.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(job.changes).toEqual([]);

    const press = { method: "POST", body: new URLSearchParams({ token, text: "Yes." }) };
    expect((await ask(job, `${ORIGIN}/admin/act`, press)).status).toBe(200);
    expect((await ask(job, `${ORIGIN}/admin/act`, press)).status).toBe(409);
    expect(job.changes).toHaveLength(1);
  });

  it("takes no other method", async () => {
    expect((await ask(parkedJob(), linkTo({ origin: ORIGIN, token: await link() }), { method: "PUT" })).status).toBe(
      405,
    );
  });
});

describe("/admin/jobs", () => {
  const withKey = { authorization: `Bearer ${ADMIN_KEY}` };

  it.each([
    ["GET", ""],
    ["POST", "/retry-dead"],
    ["GET", `/${JOB_ID}`],
    ["POST", `/${JOB_ID}/answer`],
    ["POST", `/${JOB_ID}/edit`],
    ["POST", `/${JOB_ID}/retry`],
    ["POST", `/${JOB_ID}/cancel`],
  ])("%s %s is closed without the admin key", async (method, path) => {
    const job = parkedJob({ view: { state: "dead" } });
    const answers = await Promise.all([
      ask(job, `${ORIGIN}/admin/jobs${path}`, { method }),
      ask(job, `${ORIGIN}/admin/jobs${path}`, { method, headers: { authorization: "Bearer wrong" } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(job.changes).toEqual([]);
  });

  it.each([
    ["answer", '{"text":"By hand."}'],
    ["retry", null],
    ["cancel", null],
    ["edit", '{"request":{"model":"auto","messages":[{"role":"user","content":"hi"}]}}'],
  ])("/:id/%s does so with it", async (action, body) => {
    const job = parkedJob({ view: { state: "dead" } });
    const answer = await ask(job, `${ORIGIN}/admin/jobs/${JOB_ID}/${action}`, {
      method: "POST",
      headers: withKey,
      body,
    });

    expect(answer.status).toBe(200);
    expect(job.changes).toHaveLength(1);
  });
});
