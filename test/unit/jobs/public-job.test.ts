import { describe, expect, it } from "vitest";
import { publicJob } from "../../../src/jobs/public-job.ts";
import { JOB_ID, WAITING } from "../../support/parked-job.ts";

describe("a job as the outside sees it", () => {
  it("says where it is, when to come back, and why it is so", () => {
    expect(publicJob({ ...WAITING, retryAfterMs: 1_200 }, "https://lisbon.example.com")).toMatchObject({
      id: JOB_ID,
      object: "job",
      status: "waiting_for_human",
      created_at: "2026-11-21T01:00:00.000Z",
      retry_after: 2,
      due_at: "2026-11-21T04:00:00.000Z",
      url: `https://lisbon.example.com/v1/jobs/${JOB_ID}`,
      events_url: `https://lisbon.example.com/v1/jobs/${JOB_ID}/events`,
      answer: null,
      error: null,
      callback: null,
    });
  });

  it("has the answer as JSON, not as text", () => {
    const view = { ...WAITING, state: "answered" as const, answer: '{"id":"x"}', answeredBy: "human" as const };

    expect(publicJob(view, "https://l.test")).toMatchObject({ answer: { id: "x" }, answered_by: "human" });
  });

  it.each([
    [{ kind: "content_filtered", reason: "no" } as const, { code: "content_filter", message: "no" }],
    [{ kind: "context_too_long", reason: "long" } as const, { code: "context_length_exceeded", message: "long" }],
    [
      { kind: "providers_failed", failures: [], retryAfterMs: 1 } as const,
      { code: "providers_failed", message: "5 of 5 attempts failed: overloaded" },
    ],
    [null, { code: "job_dead", message: "5 of 5 attempts failed: overloaded" }],
  ])("and dead has the code of its refusal: %j", (refusal, error) => {
    expect(publicJob({ ...WAITING, state: "dead", refusal }, "https://l.test").error).toEqual(error);
  });
});
