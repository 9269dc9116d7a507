/**
 * What Prometheus is told, out of what the switchboard, the list of jobs and
 * the ledger know. Names with an OpenTelemetry convention have it, as
 * Prometheus writes them (dots become underscores, the unit is a suffix):
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics
 * The list for people is in docs/metrics.md.
 */
import { STREAMED, WHOLE } from "../breaker/call-tally.ts";
import type { Overview, RouteStatus } from "../breaker/overview.ts";
import { failuresIn, outcomesIn } from "../breaker/outcome-names.ts";
import {
  accountSubject,
  CALLS,
  type Counts,
  histogramOf,
  MS_BOUNDS,
  routeSubject,
  TOKEN_BOUNDS,
  type Tally,
} from "../breaker/series.ts";
import { ALL, type PauseView } from "../budget/pause.ts";
import { MICROS } from "../domain/price.ts";
import type { Route } from "../domain/route.ts";
import type { JobCounts } from "../jobs/index-port.ts";
import type { JobState } from "../jobs/job.ts";
import type { LedgerView } from "../ledger/ledger-operator.ts";
import { type Family, histogramSamples, type Labels, type Sample } from "./prometheus-text.ts";

/** Of the routes that the map has: labels of a route that left it are nobody's. */
export function countedFamilies(total: Tally, routes: readonly Route[]): readonly Family[] {
  const calls = total[CALLS] ?? {};
  const each = routes.map((route) => ({ labels: labelsOf(route), counts: total[routeSubject(route.id)] ?? {} }));
  const accounts = [...new Set(routes.map(({ account }) => account))];
  return [
    {
      name: "gen_ai_client_operation_duration_seconds",
      help: "Attempts: unstreamed answers until their end, and failures (error_type).",
      type: "histogram",
      samples: each.flatMap(({ labels, counts }) => [
        ...durations(counts, WHOLE, labels),
        ...failuresIn(counts).flatMap((kind) => durations(counts, `f:${kind}`, { ...labels, error_type: kind })),
      ]),
    },
    {
      name: "gen_ai_client_operation_time_to_first_chunk_seconds",
      help: "Streamed attempts that answered, until their first words.",
      type: "histogram",
      samples: each.flatMap(({ labels, counts }) => durations(counts, STREAMED, labels)),
    },
    {
      name: "gen_ai_client_token_usage",
      help: "Tokens of a call, reported or estimated.",
      type: "histogram",
      samples: each.flatMap(({ labels, counts }) => [
        ...tokens(counts, "i", { ...labels, gen_ai_token_type: "input" }),
        ...tokens(counts, "o", { ...labels, gen_ai_token_type: "output" }),
      ]),
    },
    {
      name: "lisbon_calls_total",
      help: "Callers' calls; detail: the tier that answered, or the kind of refusal or break.",
      type: "counter",
      samples: outcomes(calls, "out"),
    },
    {
      name: "lisbon_job_runs_total",
      help: "The jobs' own runs by outcome.",
      type: "counter",
      samples: outcomes(calls, "run"),
    },
    ...(["saved", "parked", "missed"] as const).map((fate) => ({
      name: `lisbon_calls_${fate === "missed" ? "missed_deadline" : fate}_total`,
      help: FATES[fate],
      type: "counter" as const,
      samples: [{ labels: {}, value: calls[fate] ?? 0 }],
    })),
    {
      name: "lisbon_call_wait_seconds",
      help: "What answered callers waited for the answer, or a stream's first words.",
      type: "histogram",
      samples: histogramSamples(histogramOf(calls, "w", MS_BOUNDS), MS_BOUNDS, {}, 1_000),
    },
    {
      name: "lisbon_breaker_opened_total",
      help: "How often a route was taken out by itself.",
      type: "counter",
      samples: each.map(({ labels, counts }) => ({ labels, value: counts["opened"] ?? 0 })),
    },
    {
      name: "lisbon_account_opened_total",
      help: "How often an account was taken out with all its routes.",
      type: "counter",
      samples: accounts.map((account) => ({
        labels: { account },
        value: total[accountSubject(account)]?.["opened"] ?? 0,
      })),
    },
  ];
}

const FATES = {
  saved: "Calls that were answered although routes failed them or were out.",
  parked: "Calls that were queued because routes failed them or were out.",
  missed: "Calls that got no answer within their time.",
};

const STATES: readonly RouteStatus[] = ["closed", "open", "half_open", "killed"];

export function boardFamilies(
  { routes: overviews, openIncidents }: Overview,
  pauses: readonly PauseView[],
  routes: readonly Route[],
): readonly Family[] {
  const paused = new Set(pauses.map(({ scope }) => scope));
  const scopes = [...new Set([ALL, ...routes.map(({ provider }) => provider), ...paused])];
  return [
    gauge(
      "lisbon_breaker_state",
      "1 for the state that the route is in.",
      overviews.flatMap(({ id, status }) =>
        STATES.map((state) => ({ labels: { lisbon_route: id, state }, value: state === status ? 1 : 0 })),
      ),
    ),
    gauge("lisbon_incidents_open", "Routes and accounts that are out.", [{ labels: {}, value: openIncidents.length }]),
    gauge(
      "lisbon_paused",
      "1: new work is kept off; scope: all, or a provider.",
      scopes.map((scope) => ({ labels: { scope }, value: paused.has(scope) ? 1 : 0 })),
    ),
  ];
}

const WAITING: readonly JobState[] = ["stored", "queued", "running", "waiting_for_human"];

export function jobFamilies({ byState, oldestMs }: JobCounts, now: number): readonly Family[] {
  return [
    gauge(
      "lisbon_jobs",
      "Jobs that are kept; dead ones want a person.",
      Object.entries(byState).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge("lisbon_queue_depth", "Jobs that are neither answered, dead nor cancelled.", [
      { labels: {}, value: WAITING.reduce((sum, state) => sum + byState[state], 0) },
    ]),
    gauge("lisbon_queue_oldest_seconds", "The age of the oldest of them; 0: there is none.", [
      { labels: {}, value: oldestMs === null ? 0 : Math.max(0, now - oldestMs) / 1_000 },
    ]),
  ];
}

/** Users' and tokens' budgets are too many for labels: `GET /admin/limits` has them. */
const SHOWN = /^(?:all$|account:|tenant:)/;

export function budgetFamilies({ budgets }: LedgerView): readonly Family[] {
  const shown = budgets.filter(({ scope }) => SHOWN.test(scope));
  return [
    gauge(
      "lisbon_budget_limit_usd",
      "Of this period.",
      shown.map(({ scope, limitMicros }) => ({ labels: { scope }, value: limitMicros / MICROS })),
    ),
    gauge(
      "lisbon_budget_used_usd",
      "Settled in this period.",
      shown.map(({ scope, settledMicros }) => ({ labels: { scope }, value: settledMicros / MICROS })),
    ),
    gauge(
      "lisbon_budget_used_ratio",
      "Settled, of the limit.",
      shown
        .filter(({ limitMicros }) => limitMicros > 0)
        .map(({ scope, limitMicros, settledMicros }) => ({ labels: { scope }, value: settledMicros / limitMicros })),
    ),
  ];
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "gauge", samples };
}

/**
 * Providers that the convention names otherwise, and whose name there must be taken:
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai
 */
const CONVENTION: ReadonlyMap<string, string> = new Map([
  ["google", "gcp.gemini"],
  ["aws-bedrock", "aws.bedrock"],
  ["mistral", "mistral_ai"],
  ["xai", "x_ai"],
]);

/** `gen_ai.operation.name` is `chat` for every call that Lisbon answers. */
function labelsOf({ id, provider, model }: Route): Labels {
  return {
    gen_ai_operation_name: "chat",
    gen_ai_provider_name: CONVENTION.get(provider) ?? provider,
    gen_ai_request_model: model,
    lisbon_route: id,
  };
}

function outcomes(calls: Counts, prefix: "out" | "run"): readonly Sample[] {
  return outcomesIn(calls, prefix).map(({ outcome, detail, count }) => ({ labels: { outcome, detail }, value: count }));
}

function durations(counts: Counts, name: string, labels: Labels): readonly Sample[] {
  const histogram = histogramOf(counts, name, MS_BOUNDS);
  return histogram.count === 0 ? [] : histogramSamples(histogram, MS_BOUNDS, labels, 1_000);
}

function tokens(counts: Counts, name: string, labels: Labels): readonly Sample[] {
  const histogram = histogramOf(counts, name, TOKEN_BOUNDS);
  return histogram.count === 0 ? [] : histogramSamples(histogram, TOKEN_BOUNDS, labels);
}
