import type { Job } from "../../../clients/js/src/index.ts";

export type { Job };

/** A job as `GET /v1/jobs/:id` shows it: `docs/jobs.md`. */
export function publicJob(more: Partial<Job>): Job {
  const id = more.id ?? "job_1";
  return {
    id,
    object: "job",
    status: "queued",
    kind: "auto",
    model: "auto",
    created_at: "2026-11-21T01:00:00.000Z",
    updated_at: "2026-11-21T01:00:00.000Z",
    attempts: 0,
    retry_after: null,
    due_at: null,
    url: `https://router.test/v1/jobs/${id}`,
    events_url: `https://router.test/v1/jobs/${id}/events`,
    history: [],
    answer: null,
    answered_by: null,
    route: null,
    error: null,
    erased: false,
    callback: null,
    ...more,
  };
}
