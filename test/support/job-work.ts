import type { JobWork } from "../../src/jobs/job.ts";

export const STAGE_JOB_ID = `job_${"0123456789abcdef".repeat(2)}`;

export function jobWork(more: Partial<JobWork> = {}): JobWork {
  return {
    jobId: STAGE_JOB_ID,
    requestId: "req_1",
    tenant: "default",
    kind: "summarize-call-notes",
    request: { model: "summarize-call-notes", messages: [{ role: "user", content: "the prompt" }] },
    dialect: "openai",
    native: null,
    bodyHash: "hash",
    callbackUrl: null,
    onCold: "accepted",
    end: { step: "queue" },
    deadlineMs: 30_000,
    origin: "https://lisbon.example.com",
    ...more,
  };
}

export function streamWork(more: Partial<JobWork> = {}): JobWork {
  const work = jobWork(more);
  return { ...work, request: { ...work.request, stream: true } };
}
