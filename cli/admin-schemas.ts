/** What `/admin` and `/health` answer, as far as the commands read it: what is new there must not stop them. */
import * as z from "zod";
import { JOB_STATES } from "../src/jobs/job.ts";

const moment = z.number().nullable();

export const Health = z.looseObject({
  status: z.string(),
  healthy: z.array(z.string()),
  routes: z.array(z.looseObject({ id: z.string(), status: z.string(), error: z.string().nullish() })),
});

export const Breakers = z.looseObject({
  atMs: z.number(),
  routes: z.array(
    z.looseObject({
      id: z.string(),
      account: z.string(),
      status: z.string(),
      sinceMs: moment,
      untilMs: moment,
      why: z.string().nullable(),
      last: z.array(z.number()),
      errorRate: z.number().nullable(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      lastError: z.looseObject({ kind: z.string() }).nullable(),
    }),
  ),
  alarmFailure: z.string().nullable(),
  /** Absent: an older Worker. */
  accountsOut: z.optional(z.array(z.looseObject({ account: z.string() }))),
  /** Requests that are refused, because they fail again and again. */
  loops: z.optional(z.array(z.looseObject({ id: z.string(), tenant: z.string(), kind: z.string() }))),
});

export const Pauses = z.looseObject({
  pauses: z.array(
    z.looseObject({
      scope: z.string(),
      by: z.string(),
      since: z.string(),
      reason: z.string(),
      percent: z.number().nullable(),
    }),
  ),
});

/** When each watcher looked last, and what the watchdog has done; `acting` absent: an older Worker. */
export const Watch = z.looseObject({
  atMs: z.number(),
  findings: z.array(
    z.looseObject({ kind: z.string(), key: z.string(), title: z.string(), why: z.string(), nextAction: z.string() }),
  ),
  seen: z.record(z.string(), z.number()),
  acting: z.optional(
    z.looseObject({
      allowed: z.array(z.string()),
      holdMinutes: z.number(),
      preferred: z.array(
        z.looseObject({ kind: z.string(), route: z.string(), instead: z.string(), untilMs: z.number() }),
      ),
      killed: z.array(z.looseObject({ route: z.string(), atMs: z.number() })),
      paused: z.array(z.looseObject({ provider: z.string(), atMs: z.number() })),
    }),
  ),
});
export type Watch = z.infer<typeof Watch>;

export const Released = z.looseObject({ released: z.boolean() });

export const Flags = z.looseObject({
  flags: z.record(z.string(), z.looseObject({ value: z.boolean(), default: z.boolean(), switched: z.boolean() })),
  routes: z.record(z.string(), z.boolean()),
});

const JobEntry = z.looseObject({
  id: z.string(),
  state: z.enum(JOB_STATES).nullable(),
  tenant: z.string(),
  kind: z.string(),
  model: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  attempts: z.number(),
  nextRunAtMs: moment,
  dueAtMs: moment,
  reason: z.string(),
});
export type JobEntry = z.infer<typeof JobEntry>;

export const Jobs = z.looseObject({
  counts: z.record(z.enum(JOB_STATES), z.number()),
  oldestMs: moment,
  jobs: z.array(JobEntry),
  next: z.string().nullable(),
});

const JobView = z.looseObject({
  id: z.string(),
  state: z.enum(JOB_STATES),
  tenant: z.string(),
  kind: z.string(),
  model: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  attempts: z.number(),
  nextRunAtMs: moment,
  dueAtMs: moment,
  history: z.array(
    z.looseObject({ atMs: z.number(), state: z.string(), reason: z.string(), times: z.number().optional() }),
  ),
  answer: z.string().nullable(),
  answeredBy: z.string().nullable(),
  route: z.string().nullable(),
  erased: z.boolean(),
});
export type JobView = z.infer<typeof JobView>;

export const ChangedJob = z.looseObject({ job: JobView });
export const ShownJob = z.looseObject({ job: JobView, request: z.unknown(), draft: z.unknown() });
export const Retried = z.looseObject({ retried: z.number(), failed: z.number(), left: z.number() });

export const Notices = z.looseObject({
  on_call: z.looseObject({ name: z.string(), contact: z.string() }).nullable(),
  targets: z.array(z.looseObject({ target: z.string() })),
  sent: z.array(
    z.looseObject({
      kind: z.string(),
      title: z.string(),
      at: z.string(),
      count: z.number(),
      deliveries: z.array(z.looseObject({ target: z.string(), state: z.string(), detail: z.string().nullable() })),
    }),
  ),
});

export const TestedNotices = z.looseObject({
  arrived: z.number(),
  results: z.array(z.looseObject({ target: z.string(), outcome: z.string(), detail: z.string().nullable() })),
});

const limit = z.number().nullish();
export const Limits = z.looseObject({
  /** By scope; null: no limit. */
  changes: z.record(
    z.string(),
    z.looseObject({ requestsPerMinute: limit, dailyTokens: limit, monthlyTokens: limit, monthlyUsd: limit }),
  ),
  budgets: z.array(
    z.looseObject({
      scope: z.string(),
      period: z.string(),
      limit_usd: z.number(),
      settled_usd: z.number(),
      given_usd: z.number(),
      left_usd: z.number(),
      ends_at: z.string(),
    }),
  ),
});

export const Spend = z.looseObject({
  from: z.string(),
  to: z.string(),
  spend: z.array(z.looseObject({ tenant: z.string(), requests: z.number(), usd: z.number() })),
});

const Key = z.looseObject({ id: z.string(), tenant: z.string(), name: z.string(), created_at: z.string() });
export const Keys = z.looseObject({ keys: z.array(Key.extend({ revoked_at: z.string().nullable() })) });
export const NewKey = Key.extend({ key: z.string() });
