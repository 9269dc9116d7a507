/** What the operator sees of one job and does to it, behind the admin key. */
import { describe, expect, it } from "vitest";
import { answerJob, cancelByOperator, editJob, retryJob, showJob } from "../../../src/http/admin-job.ts";
import type { JobView } from "../../../src/jobs/job.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { fakeJob } from "../../support/fake-jobs.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { JOB_ID, parkedJob, QUESTION, WAITING, type ParkedJob } from "../../support/parked-job.ts";

const ORIGIN = "https://lisbon.test";

type Handler = (request: Request, deps: WorkerDeps) => Promise<Response>;

async function tell(
  job: ParkedJob,
  handler: Handler,
  path = "",
  body?: unknown,
  more: Partial<WorkerDeps> = {},
): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
  const init =
    body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
  const request = new Request(`${ORIGIN}/admin/jobs/${JOB_ID}${path}`, init);
  const deps = operatorDeps({
    jobs(jobId) {
      expect(jobId).toBe(JOB_ID);
      return job.port;
    },
    ...more,
  });
  const answer = await handler(request, deps);
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

describe("one job", () => {
  it("is shown with its prompt and its draft, which nobody on the way may keep", async () => {
    const { status, body, headers } = await tell(parkedJob({ draft: "so far" }), showJob);

    expect(status).toBe(200);
    expect(body).toEqual({ job: WAITING, request: QUESTION, draft: "so far" });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("that was erased is shown without them", async () => {
    const view: Partial<JobView> = { state: "cancelled", erased: true };
    const { body } = await tell(parkedJob({ view }), showJob);

    expect(body).toEqual({ job: { ...WAITING, ...view }, request: null, draft: null });
  });

  it("is answered by the operator's text", async () => {
    const job = parkedJob();
    const { status, body } = await tell(job, answerJob, "/answer", { text: "Second visit, with her brother." });

    expect(status).toBe(200);
    expect(body).toMatchObject({ job: { state: "answered", answeredBy: "human" } });
    expect(job.changes).toEqual(["answered by the operator: Second visit, with her brother."]);
  });

  it.each([{ text: "" }, { text: " \n" }, {}, { text: 1 }, { text: "x", more: 1 }, "not json"])(
    "is not answered by %j",
    async (body) => {
      const job = parkedJob();

      expect((await tell(job, answerJob, "/answer", body)).status).toBe(400);
      expect(job.changes).toEqual([]);
    },
  );

  it("takes an answer that is longer than other admin bodies", async () => {
    expect((await tell(parkedJob(), answerJob, "/answer", { text: "x".repeat(200_000) })).status).toBe(200);
  });

  it("is sent back, and is cancelled", async () => {
    const job = parkedJob({ view: { state: "dead" } });

    expect(await tell(job, retryJob, "/retry", {})).toMatchObject({ status: 200, body: { job: { state: "queued" } } });
    expect(await tell(job, cancelByOperator, "/cancel", {})).toMatchObject({
      status: 200,
      body: { job: { erased: true } },
    });
    expect(job.changes).toEqual(["sent back by the operator", "cancelled by the operator"]);
  });

  it("is edited, and what only a caller says beside its request is left out", async () => {
    const job = parkedJob({ view: { state: "dead" } });
    const { status } = await tell(job, editJob, "/edit", {
      request: { ...QUESTION, temperature: 0, idempotencyKey: "old-client-1" },
    });

    expect(status).toBe(200);
    expect(job.changes).toEqual([`edited by the operator: ${JSON.stringify({ ...QUESTION, temperature: 0 })}`]);
  });

  it.each<[string, unknown, number, string]>([
    ["no request", { request: 1 }, 400, "request"],
    ["a request without messages", { request: { model: "auto" } }, 400, "messages"],
    ["a field of a wrong type", { request: { ...QUESTION, stream: "yes" } }, 400, "stream"],
    ["half a surrogate pair", { request: { ...QUESTION, user: "\ud83d" } }, 400, "surrogate"],
    ["a model that there is not", { request: { ...QUESTION, model: "gpt-nowhere" } }, 404, "summarize-call-notes"],
    ["what is nested too deep", deep(400), 400, "nested deeper"],
    ["what is nested so deep that writing it down would fail", deep(100_000), 400, "nested deeper"],
    ["a bad callback", { request: { ...QUESTION, callback_url: "http://10.0.0.1" } }, 400, "callback_url"],
  ])("is not edited by %s", async (_what, body, status, said) => {
    const job = parkedJob({ view: { state: "dead" } });
    const answer = await tell(job, editJob, "/edit", body);

    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(said);
    expect(job.changes).toEqual([]);
  });

  it("is not edited by more than a caller may send", async () => {
    const { routing } = operatorDeps();
    const small = { ...routing, limits: { ...routing.limits, maxBodyBytes: 300 } };
    const answer = await tell(parkedJob(), editJob, "/edit", { request: QUESTION }, { routing: small });

    expect(answer.status).toBe(413);
  });

  it.each([
    ["answered", { state: "answered" }, 409, "job_settled"],
    ["erased", { state: "dead", erased: true }, 410, "job_erased"],
  ] as const)("that is %s refuses every change, and says why", async (_how, view, status, code) => {
    const job = parkedJob({ view });
    const answers = [
      await tell(job, answerJob, "/answer", { text: "too late" }),
      await tell(job, retryJob, "/retry", {}),
      await tell(job, editJob, "/edit", { request: QUESTION }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject({ error: { code, message: expect.stringMatching(/answered|erased/) } });
    }
    expect(job.changes).toEqual([]);
  });

  it("that is not there is 404", async () => {
    const answer = await showJob(
      new Request(`${ORIGIN}/admin/jobs/${JOB_ID}`),
      operatorDeps({ jobs: () => fakeJob() }),
    );

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "no_such_job" } });
  });

  it.each(["job_1", `${JOB_ID}0`, JOB_ID.toUpperCase(), "switchboard", "..", `${JOB_ID}%2F`])(
    "of the id %s is 404, and no object is named after it",
    async (id) => {
      for (const handler of [showJob, answerJob, editJob, retryJob, cancelByOperator]) {
        // The helper's `jobs` throws when it is asked.
        const answer = await handler(
          new Request(`${ORIGIN}/admin/jobs/${id}/x`, { method: "POST", body: "{}" }),
          operatorDeps(),
        );
        expect(answer.status).toBe(404);
      }
    },
  );
});

/** Deeper than `JSON.stringify` may be able to write. */
function deep(levels: number): string {
  return `{"request":{"model":"auto","messages":[{"role":"user","content":"hi"}],"deep":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
}
