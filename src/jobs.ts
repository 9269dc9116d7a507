/**
 * The Worker that runs jobs: their objects, and the spine for their runs. It
 * has no address of its own; the router reaches the objects by its bindings.
 * docs/decisions/2026-11-21-three-uploads.md
 */
import type { Env } from "./env.ts";
import { JobObject } from "./jobs/job-object.ts";
import type { JobOutside } from "./jobs/job-outside.ts";
import { outsideOfJobs } from "./outside-of-jobs.ts";

/** One job. */
export class Job extends JobObject<Env> {
  protected override outside(): JobOutside {
    return outsideOfJobs(this.env, this.ctx);
  }
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler<Env>;
