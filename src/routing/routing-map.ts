/**
 * The routing map as people write it (`routes.*.json`): one schema, from which
 * the editors' JSON Schema is made too. Every name here is a contract. Only the
 * shape is checked here; what needs the whole map (ids, kinds) is in
 * `find-problems.ts`, what needs the environment in `resolve-routing.ts`.
 */
import * as z from "zod";
import { ISOLATE_MEMORY_BYTES } from "../lib/platform-limits.ts";
import type { Capability } from "../domain/route.ts";
import {
  baseUrl,
  count,
  headers,
  httpsUrl,
  keyPlaceholder,
  kindName,
  milliseconds,
  name,
  notifyTarget,
  percent,
  queueName,
  routeId,
  seconds,
  timeZone,
} from "./map-fields.ts";

const note = z.string().describe("For people; Lisbon does not read it.").optional();

export const RouteTimeouts = z.strictObject({
  headersMs: milliseconds("Streamed: until the headers. 10,000 by default."),
  firstTokenMs: milliseconds("Streamed: until the first words. 10,000 by default, 30,000 for a reasoning model."),
  idleMs: milliseconds("Streamed: between two contents. 15,000 by default."),
  maxStreamMs: milliseconds("Streamed: from the first words until the end. 600,000 by default."),
  attemptMs: milliseconds("Not streamed: the longest one attempt may take, besides its share of the deadline."),
});

const Price = z.strictObject({
  inputPerMillion: z.number().nonnegative().describe("US dollars for a million input tokens."),
  outputPerMillion: z.number().nonnegative().describe("US dollars for a million output tokens."),
  cachedInputPerMillion: z.number().nonnegative().optional(),
});

const can = z.boolean().optional();

const Capabilities = z.strictObject({
  tools: can,
  parallel_tools: can,
  images: can,
  json_object: can,
  json_schema: can,
  seed: can,
  stop: can,
  reasoning_effort: can,
  streaming: can,
} satisfies Record<Capability, typeof can>);

export const RouteEntry = z.strictObject({
  id: routeId.describe("By default tier/provider/model.").optional(),
  provider: name.describe("Any name; one that Lisbon does not know speaks OpenAI's language and needs baseUrl."),
  model: name.describe("The model's name as the host at baseUrl knows it."),
  baseUrl: baseUrl.optional(),
  api: z
    .enum(["openai", "anthropic", "gemini", "bedrock"])
    .describe("By default the provider's own at its own host, openai anywhere else.")
    .optional(),
  key: keyPlaceholder.optional(),
  headers: headers.optional(),
  cost: z.enum(["local", "free", "paid"]).optional(),
  priority: z.number().describe("Lower first; by default the place in the list, from 1.").optional(),
  timeouts: RouteTimeouts.optional(),
  context: count.describe("The context window in tokens.").optional(),
  price: Price.optional(),
  capabilities: Capabilities.describe("Set to false what the route cannot do.").optional(),
  reasoning: z.boolean().describe("A reasoning model: its first words may take 30 s.").optional(),
  account: name.describe("What shares a bill and a quota; by default provider and key variable.").optional(),
  rollout: percent.describe("Per cent of the calls that may use it.").optional(),
  enabled: z.boolean().optional(),
  trusted: z.boolean().optional(),
  note,
});
export type RouteEntry = z.infer<typeof RouteEntry>;

export const DEGRADE_STEPS = ["smaller_model", "shorter_context", "cached_answer", "queue", "human", "error"] as const;

const DegradeStep = z.union([
  z.enum(DEGRADE_STEPS),
  z.strictObject({ step: z.literal("human"), dueMinutes: count.describe("When a human must have answered.") }),
]);
export type DegradeStep = z.infer<typeof DegradeStep>;

const onCold = z.enum(["accepted", "error", "wait"]);

export const KindEntry = z.strictObject({
  deadlineSeconds: seconds(
    "The longest a caller waits: for the first words of a stream, else for the whole answer. 30 by default.",
    600,
  ),
  stream: z.enum(["pumped", "checked"]).describe("checked: every event is looked at before it leaves.").optional(),
  routes: z.array(routeId).min(1).describe("Route ids in order; by default every route.").optional(),
  answeredBy: z
    .enum(["providers", "human"])
    .describe("human: no provider is asked; every call of this kind waits for a human. providers by default.")
    .optional(),
  onCold: onCold
    .describe("What a caller of this kind gets when its call is parked; by default cold.onCold.")
    .optional(),
  degrade: z.array(DegradeStep).min(1).describe("What happens when Hot and Warm both fail, in order.").optional(),
  protects: z.string().min(1).describe("What stands still when this kind is not answered.").optional(),
  human: z.string().min(1).describe("What a human does when it comes to that.").optional(),
  owner: z.string().min(1).optional(),
  note,
});
export type KindEntry = z.infer<typeof KindEntry>;

const Cold = z.strictObject({
  mode: z.enum(["graceful_degrade", "queue", "off"]).optional(),
  queue: queueName.describe("The flow-control key at QStash. ai-tasks by default.").optional(),
  onCold: onCold
    .describe("What a caller gets when its call is parked: 202 (accepted, the default), 503 (error), or it waits.")
    .optional(),
  parallelism: count.max(1000).describe("Deliveries at a time, as QStash keeps to it. 10 by default.").optional(),
  retainDays: z
    .number()
    .positive()
    .max(365)
    .describe("After so many days a job's prompt and answer are erased. 7 by default.")
    .optional(),
  retryWindow: seconds(
    "So long a caller's repeated call finds the job that its first try made. 120 by default.",
    3_600,
  ),
  notify: z.array(notifyTarget).optional(),
  deadlineSeconds: seconds("For one run of a queued call. 300 by default.", 900),
  maxAgeHours: count.describe("How long a queued call is kept alive. 24 by default.").optional(),
  attempts: count.max(20).describe("Runs that really asked a provider. 5 by default.").optional(),
  note,
});

const Breaker = z.strictObject({
  failuresToOpen: count.optional(),
  openMs: milliseconds("How long an outage opens a route, and between probes."),
  maxOpenMs: milliseconds("The longest that repeated outages may open it."),
  relapseMs: milliseconds("A route that fails again this soon after closing opens for twice as long."),
  probesToClose: count.optional(),
  probeLeaseMs: milliseconds("After this a silent probe is given up."),
  sameErrorCount: count.min(2).optional(),
  sameErrorWindowMs: milliseconds("The same error sameErrorCount times within this opens the account."),
  sameErrorOpenMs: milliseconds("… for this long."),
  accountOutMs: milliseconds("Quota, credit and key failures, where the provider names no reset."),
});

const MIB = 1024 * 1024;

const Limits = z.strictObject({
  maxAttempts: count.max(50).describe("Attempts of one call; by default the number of candidates + 2.").optional(),
  sameRouteRetries: z.int().min(0).max(3).optional(),
  retryAfterWaitMs: milliseconds("The longest Retry-After that is waited for within a call. 3,000 by default."),
  maxBodyBytes: count
    .max(24 * MIB)
    .describe("A larger request is answered 413. 8 MiB by default, 24 MiB at most.")
    .optional(),
  maxStreamBytes: count
    // A caller that does not read leaves this much in the isolate's memory, which others need too.
    .max(ISOLATE_MEMORY_BYTES / 2)
    .describe("A longer stream is ended. 32 MiB by default, 64 MiB at most.")
    .optional(),
  drainMs: milliseconds("How long a slow client may take the rest of a finished stream. 30,000 by default."),
});

const SpendLimits = z.strictObject({
  monthlyUsd: z.number().nonnegative().optional(),
  dailyTokens: count.optional(),
  dailyRequests: count.optional(),
});

const Spend = z.strictObject({
  url: httpsUrl.describe("Answers [{ provider, percentUsed }]; may hold ${VAR}."),
  headers: headers.optional(),
});

const Push = z.strictObject({
  audience: name.describe("The audience that the Pub/Sub push subscription was given."),
  email: name.describe("The service account that pushes."),
  issuer: name.describe("https://accounts.google.com by default.").optional(),
  jwksUrl: httpsUrl.describe("Google's certificates by default.").optional(),
  provider: name.describe("Whose spend the budget watches; google by default.").optional(),
});

const Budget = SpendLimits.extend({
  pauseAtPercent: percent.describe("80 by default; the variable BUDGET_PAUSE_AT_PERCENT goes before it.").optional(),
  pauseScope: z
    .enum(["all", "provider"])
    .describe("What an alert pauses: everything (the default), or only its own provider.")
    .optional(),
  repauseStep: z
    .number()
    .positive()
    .max(100)
    .describe("After a resume an alert pauses again only so many points later, or at 100. 10 by default.")
    .optional(),
  monthly: z
    .record(name, z.number().positive())
    .describe("US dollars a month for each provider: what the daily check compares its spend with.")
    .optional(),
  spend: Spend.describe("Where the daily check reads the spend.").optional(),
  push: Push.describe("Cloud Billing budgets, pushed by Pub/Sub with an OIDC token.").optional(),
  graceUsd: z
    .number()
    .nonnegative()
    .describe("Cut from the budget beforehand, for when the ledger is away.")
    .optional(),
  providers: z.record(name, SpendLimits).optional(),
});

const OnCall = z.strictObject({
  name,
  tz: timeZone.describe("Such as Europe/Lisbon. UTC by default.").optional(),
  hours: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "hours such as 09:00-17:00")
    .describe("In this person's own time zone; around the clock by default.")
    .optional(),
  contact: name.describe("How to reach this person; an e-mail address is written to when a notice is overdue."),
});

export const RoutingMap = z.strictObject({
  $schema: z.string().optional(),
  hot: z.array(RouteEntry).min(1).describe("One provider, several models or endpoints; tried first."),
  warm: z.array(RouteEntry).describe("Other providers; tried when Hot does not answer.").optional(),
  smaller: z.array(RouteEntry).describe("For the degrade step smaller_model.").optional(),
  cold: Cold.optional(),
  kinds: z.record(kindName, KindEntry).optional(),
  order: z.enum(["listed", "local-free-paid"]).optional(),
  limits: Limits.optional(),
  breaker: Breaker.optional(),
  budget: Budget.optional(),
  pause: z
    .strictObject({
      whenUnknown: z
        .enum(["go", "queue"])
        .describe("Where neither the switchboard nor Redis can say whether it is paused. go by default.")
        .optional(),
      keepFree: z.boolean().describe("Routes of cost local or free go on during a pause. Off by default.").optional(),
    })
    .optional(),
  notices: z
    .strictObject({
      degradedAfterMinutes: count.describe("15 by default.").optional(),
      repeatAfterMinutes: count
        .describe("The same notice at most once in this time; then a count. 60 by default.")
        .optional(),
      clientMessage: z.string().min(1).describe("What to tell clients when it is degraded for long.").optional(),
    })
    .optional(),
  onCall: z.array(OnCall).optional(),
  flags: z
    .strictObject({ enable_warm_fallback: z.boolean().optional(), enable_cold_queue: z.boolean().optional() })
    .describe("The values before anybody switches them at run time.")
    .optional(),
  note,
});
export type RoutingMap = z.infer<typeof RoutingMap>;
