/**
 * The routing map as people write it (`routes.*.json`): one schema, from which
 * the editors' JSON Schema is made too. Every name here is a contract. Only the
 * shape is checked here; what needs the whole map (ids, kinds) is in
 * `find-problems.ts`, what needs the environment in `resolve-routing.ts`.
 */
import * as z from "zod/mini";
import { ISOLATE_MEMORY_BYTES } from "../lib/platform-limits.ts";
import {
  baseUrl,
  COST_WORDS,
  count,
  countUpTo,
  described,
  headers,
  hours,
  httpsUrl,
  keyPlaceholder,
  kindName,
  language,
  listOf,
  milliseconds,
  name,
  notNegative,
  note,
  notifyTarget,
  optional,
  percent,
  positive,
  positiveUpTo,
  queueName,
  seconds,
  tenantName,
  timeZone,
  words,
} from "./map-fields.ts";
import { TEXTS, type TextName } from "../domain/texts.ts";
import { WATCHDOG_ACTIONS } from "../domain/watchdog.ts";
import { IdentityEntry, LimitsEntry, TenantEntry } from "./map-callers.ts";
import { KindEntry, onCold } from "./map-kinds.ts";
import { RouteEntry } from "./map-routes.ts";

const Cold = z.strictObject({
  mode: optional(
    z.enum(["graceful_degrade", "queue", "off"]),
    "graceful_degrade (the default): the kind's ladder, then the queue. queue: at once. off: nothing is parked.",
  ),
  queue: optional(queueName, "The flow-control key at QStash. ai-tasks by default."),
  onCold: optional(
    onCold,
    "What a caller gets when its call is parked: 202 (accepted, the default), 503 (error), or it waits.",
  ),
  parallelism: optional(countUpTo(1000), "Deliveries at a time, as QStash keeps to it. 10 by default."),
  retainDays: optional(positiveUpTo(365), "After so many days a job's prompt and answer are erased. 7 by default."),
  retryWindow: seconds(
    "So long a caller's repeated call finds the job that its first try made. 120 by default.",
    3_600,
  ),
  notify: optional(
    z.array(notifyTarget),
    "Who is told: e-mail addresses, ${SLACK_WEBHOOK_URL}, https URLs (docs/notices.md).",
  ),
  deadlineSeconds: seconds("For one run of a queued call. 300 by default.", 900),
  maxAgeHours: optional(count, "How long a queued call is kept alive. 24 by default."),
  attempts: optional(countUpTo(20), "Runs that really asked a provider. 5 by default."),
  note,
});

const Breaker = z.strictObject({
  enabled: optional(z.boolean(), "false: no failure keeps anybody off a route. `lisbon check` warns."),
  failuresToOpen: optional(count, "Outage failures in a row that open a route. 5 by default."),
  openMs: milliseconds("How long an outage opens a route, and between probes."),
  maxOpenMs: milliseconds("The longest that repeated outages may open it."),
  relapseMs: milliseconds("A route that fails again this soon after closing opens for twice as long."),
  probesToClose: optional(count, "Probes in a row that must answer before it closes. 2 by default."),
  probeLeaseMs: milliseconds("After this a silent probe is given up."),
  sameErrorCount: optional(count.check(z.minimum(2)), "The same error so often opens the account. 3 by default."),
  sameErrorWindowMs: milliseconds("The same error sameErrorCount times within this opens the account."),
  sameErrorOpenMs: milliseconds("… for this long."),
  accountOutMs: milliseconds("Quota, credit and key failures, where the provider names no reset."),
  nearLimitPercent: optional(
    percent,
    "With less than this left of a provider's own rate limit it is tried last. 10 by default.",
  ),
  lowQualityCount: optional(
    countUpTo(20),
    "So many bad answers among a route's last 20 outcomes put it behind the others. 5 by default.",
  ),
  slowFactor: optional(
    z.number().check(z.minimum(1.5)),
    "A route whose p95 is over so many times its norm is tried after the others. 3 by default.",
  ),
});

const MIB = 1024 * 1024;

const Limits = z.strictObject({
  maxAttempts: optional(countUpTo(50), "Attempts of one call; by default the number of candidates + 2."),
  sameRouteRetries: optional(
    z.int().check(z.minimum(0), z.maximum(3)),
    "Further tries of a call at one route, after a quick, clean error. 1 by default.",
  ),
  retryAfterWaitMs: milliseconds("The longest Retry-After that is waited for within a call. 3,000 by default."),
  maxBodyBytes: optional(countUpTo(24 * MIB), "A larger request is answered 413. 8 MiB by default, 24 MiB at most."),
  maxStreamBytes: optional(
    // A caller that does not read leaves this much in the isolate's memory, which others need too.
    countUpTo(ISOLATE_MEMORY_BYTES / 2),
    "A longer stream is ended. 32 MiB by default, 64 MiB at most.",
  ),
  drainMs: milliseconds("How long a slow client may take the rest of a finished stream. 30,000 by default."),
});

const Spend = z.strictObject({
  url: described(httpsUrl, "Answers [{ provider, percentUsed }]; may hold ${VAR}."),
  headers: optional(headers),
});

const Push = z.strictObject({
  audience: described(name, "The audience that the Pub/Sub push subscription was given."),
  email: described(name, "The service account that pushes."),
  issuer: optional(name, "https://accounts.google.com by default."),
  jwksUrl: optional(httpsUrl, "Google's certificates by default."),
  provider: optional(name, "Whose spend the budget watches; google by default."),
});

const Budget = z.extend(LimitsEntry, {
  pauseAtPercent: optional(percent, "80 by default; the variable BUDGET_PAUSE_AT_PERCENT goes before it."),
  pauseScope: optional(
    z.enum(["all", "provider"]),
    "What an alert pauses: everything (the default), or only its own provider.",
  ),
  repauseStep: optional(
    positiveUpTo(100),
    "After a resume an alert pauses again only so many points later, or at 100. 10 by default.",
  ),
  monthly: optional(
    z.record(name, positive),
    "US dollars a month for each provider: what the daily check compares its spend with.",
  ),
  spend: optional(Spend, "Where the daily check reads the spend."),
  push: optional(Push, "Cloud Billing budgets, pushed by Pub/Sub with an OIDC token."),
  graceUsd: optional(
    notNegative,
    "US dollars a month, cut from monthlyUsd beforehand: what isolates may go on with while the ledger is away.",
  ),
  providers: optional(z.record(name, LimitsEntry), "By provider for all of its accounts, or by account."),
});

const OnCall = z.strictObject({
  name: described(name, "As notices name this person."),
  tz: optional(timeZone, "Such as Europe/Lisbon. UTC by default."),
  hours: optional(hours, "In this person's own time zone; around the clock by default."),
  contact: described(name, "How to reach this person; an e-mail address is written to when a notice is overdue."),
});

const Pause = z.strictObject({
  whenUnknown: optional(
    z.enum(["go", "queue"]),
    "Where neither the switchboard nor Redis can say whether it is paused. go by default.",
  ),
  keepFree: optional(z.boolean(), "Routes of cost local or free go on during a pause. Off by default."),
});

const Notices = z.strictObject({
  degradedAfterMinutes: optional(count, "15 by default."),
  repeatAfterMinutes: optional(count, "The same notice at most once in this time; then a count. 60 by default."),
  clientMessage: optional(words, "What to tell clients when it is degraded for long."),
});

const Embeddings = z.strictObject({
  provider: described(name, "Whose account it is; asked in OpenAI's language."),
  model: described(name, "Such as text-embedding-3-small."),
  baseUrl: described(baseUrl, "/embeddings is added at its end; may hold ${VAR}."),
  key: optional(keyPlaceholder),
  headers: optional(headers),
  dimensions: optional(countUpTo(3_072), "Only for models that can give fewer; by default as many as the model gives."),
  account: optional(name, "What shares a bill and a quota; by default provider and key variable."),
  cost: optional(z.enum(["local", "free", "paid"]), COST_WORDS),
  note,
});

const Cache = z.strictObject({
  most: optional(
    countUpTo(100_000),
    "Answers that a tenant's cache holds; the least recently used leave. 10,000 by default.",
  ),
  embeddings: optional(Embeddings, "Who tells similar questions beside Lisbon itself: docs/cache.md."),
  note,
});

const Checks = z.strictObject({
  enabled: optional(z.boolean(), "By default on in production and staging, off in development."),
  everySeconds: optional(count, "A local or paid route without a call for so long is checked. 30 by default."),
  idleMinutes: optional(count, "The same while nobody calls the service at all. 10 by default."),
});

const Watchdog = z.strictObject({
  act: optional(
    z.array(z.enum(WATCHDOG_ACTIONS)),
    "What it may do by itself: put a free or local route first (prefer_free), switch a route off (kill), pause a provider (pause). Nothing by default.",
  ),
  holdMinutes: optional(countUpTo(1_440), "A route that it put first stays so for so long at most. 60 by default."),
});

const Flags = z.strictObject({
  enable_warm_fallback: optional(z.boolean(), "false: Hot alone is tried, then the kind's last step. true by default."),
  enable_cold_queue: optional(
    z.boolean(),
    "false: nothing is parked, and total failure is answered 503. true by default.",
  ),
});

const MapTexts = z.strictObject({
  backup: optional(words, `By default: ${TEXTS.backup}`),
  slow: optional(words, `By default: ${TEXTS.slow}`),
  smaller: optional(words, `By default: ${TEXTS.smaller}`),
  cached: optional(words, `By default: ${TEXTS.cached}`),
  shorter: optional(words, `By default: ${TEXTS.shorter}`),
  queued: optional(words, `By default: ${TEXTS.queued}`),
  human: optional(words, `By default: ${TEXTS.human}`),
  failed: optional(words, `By default: ${TEXTS.failed}`),
  suggestion: optional(words, `By default: ${TEXTS.suggestion}`),
} satisfies Record<TextName, unknown>);

export const RoutingMap = z.strictObject({
  $schema: optional(z.string()),
  hot: described(listOf(RouteEntry), "One provider, several models or endpoints; tried first."),
  warm: optional(z.array(RouteEntry), "Other providers; tried when Hot does not answer."),
  smaller: optional(z.array(RouteEntry), "For the degrade step smaller_model."),
  cold: optional(Cold, "What becomes of a call that nobody answered: docs/cold.md."),
  kinds: optional(z.record(kindName, KindEntry), "Named kinds of work; a caller names one as its model."),
  order: optional(
    z.enum(["listed", "local-free-paid"]),
    "local-free-paid: after Hot by cost, within a cost by priority. listed by default.",
  ),
  limits: optional(Limits, "What one call may take: attempts, time, bytes."),
  breaker: optional(Breaker, "When a route is left alone, and for how long."),
  budget: optional(Budget, "What everything may cost, and when an alert pauses it: docs/budget.md, docs/limits.md."),
  pause: optional(Pause, "How far a pause goes."),
  notices: optional(Notices, "When people are told, and how often: docs/notices.md."),
  checks: optional(Checks, "Tiny requests to routes that nobody has called of late: docs/watchdog.md."),
  watchdog: optional(Watchdog, "What the watchdog may do beside telling: docs/watchdog.md."),
  cache: optional(Cache, "Kept answers; a kind asks for them with its own `cache`."),
  onCall: optional(z.array(OnCall), "Whom a notice names: the first of the list who is on duty then."),
  flags: optional(Flags, "The values before anybody switches them at run time."),
  texts: optional(
    z.record(language, MapTexts),
    "What callers are told, by language (pt, pt-br; chosen by Accept-Language) or for everybody (*).",
  ),
  tenants: optional(
    z.record(z.union([tenantName, z.literal("*")]), TenantEntry),
    "Whose apps call; * is for tenants that are not listed.",
  ),
  identity: optional(z.array(IdentityEntry), "Whose sign-in the apps' users have: docs/callers.md."),
  note,
});
export type RoutingMap = z.infer<typeof RoutingMap>;
