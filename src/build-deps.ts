/**
 * The one place where real things are made. What outlives a request is plain
 * data: a client, a promise or a stub kept at module level would fail or hang
 * in the next request.
 */
import mapFile from "#routes";
import { countCall } from "./breaker/call-tally.ts";
import { reportCounts, type ExchangeOptions } from "./breaker/exchange.ts";
import { createBreakers } from "./breaker/isolate-breakers.ts";
import { emptyIsolateState } from "./breaker/isolate-state.ts";
import { redisFlags } from "./budget/redis-flags.ts";
import { createAnswerCache } from "./cache/answer-cache.ts";
import type { CheckSettings } from "./domain/checks.ts";
import type { WatchdogSettings } from "./domain/watchdog.ts";
import type { Hop } from "./domain/hop.ts";
import type { Routing } from "./domain/routing.ts";
import { environmentOf, JOB_INDEX, LEDGER, NOTIFIER, SWITCHBOARD, type Env } from "./env.ts";
import { emptyIdentityMemory } from "./identity/identify.ts";
import { createColdQueue, emptyColdMemory } from "./jobs/cold-queue.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { createLedger, type LedgerOptions } from "./ledger/isolate-ledger.ts";
import { emptyLedgerState } from "./ledger/ledger-state.ts";
import { clockAhead } from "./lib/clock.ts";
import { isReached, nearLimitMs, rateLimitsOf } from "./providers/rate-limits.ts";
import { checkSettings } from "./routing/check-settings.ts";
import { watchdogSettings } from "./routing/watchdog-settings.ts";
import { providerNames } from "./routing/provider-names.ts";
import { withPublicHosts } from "./routing/public-routes.ts";
import { resolveRouting } from "./routing/resolve-routing.ts";
import type { RoutingMap } from "./routing/routing-map.ts";
import type { Settings } from "./settings.ts";
import { settingsOf } from "./settings-of.ts";
import type { WorkerDeps } from "./worker-deps.ts";

// Checked where it is bundled (`cli/bundle-worker.ts`, `npm start`): a map that does not parse is not deployed.
// eslint-disable-next-line typescript/no-unsafe-type-assertion -- what a JSON file's own type cannot say, the check has seen
const map = mapFile as RoutingMap;

const breakerState = emptyIsolateState();
const coldMemory = emptyColdMemory();
const prefillRefused = new Set<string>();
const identities = emptyIdentityMemory();
const ledgerState = emptyLedgerState();
const NO_CHANGES = {};
let hop: Hop | null = null;
let forIsolate: ForIsolate | null = null;

interface ForIsolate {
  readonly routing: Routing;
  readonly settings: Settings;
  /** By route id. */
  readonly accounts: ReadonlyMap<string, string>;
}

export function buildDeps(env: Env, ctx: Pick<ExecutionContext, "waitUntil">): WorkerDeps {
  forIsolate ??= isolateOf(env);
  const { routing, settings, accounts } = forIsolate;
  const { redis, publicUrl } = settings;
  const { ASSETS: assets } = env;
  const clock = clockAhead(settings.clockAheadMs);
  const afterReply = (work: Promise<unknown>): void => ctx.waitUntil(work);
  // Made when it is asked for: a warm call needs none, and a stub costs more than its plan.
  const switchboard = () => env.SWITCHBOARD.getByName(SWITCHBOARD);
  const jobs = (jobId: string) => env.JOBS.getByName(jobId);
  const cacheOf = (tenant: string) => env.CACHE.getByName(tenant);
  const ledger = () => env.LEDGER.getByName(LEDGER);
  const exchange: ExchangeOptions = {
    state: breakerState,
    switchboard,
    afterReply,
    clock,
    random: Math.random,
    routing,
    nearLimitMs: (headers, now, percent) => nearLimitMs(rateLimitsOf(headers, now), percent),
    limitReached: (headers, now) => isReached(rateLimitsOf(headers, now)),
    readPause: redis && ((limitMs) => redisFlags(redis, providerNames(routing)).read(limitMs)),
    pauseUnknown: () => console.warn(JSON.stringify({ event: "pause_unknown", going_on: true })),
  };
  return {
    routing,
    settings,
    map: () => map,
    identities,
    switchboard,
    breakers: createBreakers(exchange),
    ledger: createLedger({
      state: ledgerState,
      ledger,
      afterReply,
      clock,
      random: Math.random,
      routing,
      changes: () => breakerState.known?.limits ?? NO_CHANGES,
    }),
    ledgerOperator: ledger,
    coldQueue: createColdQueue({
      jobs,
      clock,
      publicUrl,
      logError,
      retryWindowMs: routing.cold.retryWindowMs,
      memory: coldMemory,
    }),
    answers: createAnswerCache(cacheOf),
    cacheOf,
    jobs,
    jobIndex: () => env.JOB_INDEX.getByName(JOB_INDEX),
    assets: assets === undefined ? null : (request) => assets.fetch(request),
    notifier: () => env.NOTIFIER.getByName(NOTIFIER),
    clock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    afterReply,
    prefillRefused,
    hop: hopIn(env),
    log(line) {
      console.log(JSON.stringify(line));
      countCall(breakerState.tally, line, (routeId) => accounts.get(routeId) ?? null);
      reportCounts(exchange);
    },
    logError,
  };
}

function isolateOf(env: Env): ForIsolate {
  const routing = buildRouting(env);
  const accounts = new Map(routing.routes.map(({ id, account }) => [id, account]));
  return { routing, settings: settingsOf(env), accounts };
}

/**
 * The same in every isolate, version and Worker of a deployment, and no secret: the platform's own id of its
 * switchboard. On one's own machine all deployments have the same, so there each run has one of chance.
 */
function deploymentOf(env: Env): string {
  const development = settingsOf(env).environment === "development";
  const id = development ? crypto.randomUUID().replaceAll("-", "") : env.SWITCHBOARD.idFromName(SWITCHBOARD).toString();
  return id.slice(-HOP_DIGITS);
}

const HOP_DIGITS = 12;

export function hopIn(env: Env): Hop {
  return (hop ??= { deployment: deploymentOf(env), loopToldAtMs: null });
}

function logError(requestId: string, cause: unknown): void {
  const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  console.error(JSON.stringify({ event: "bug", request_id: requestId, error }));
}

/** For an object that spends by itself: with a state of its own, as if it were an isolate. */
export function buildLedger(env: Env, own: Pick<LedgerOptions, "afterReply" | "routing" | "changes">): Ledger {
  const clock = clockAhead(settingsOf(env).clockAheadMs);
  const ledger = () => env.LEDGER.getByName(LEDGER);
  return createLedger({ ...own, state: emptyLedgerState(), ledger, clock, random: Math.random });
}

/** For the switchboard alone: nothing of it is in the router. */
export function buildChecks(env: Env): CheckSettings {
  return checkSettings(map, settingsOf(env).environment === "development");
}

/** For the switchboard alone, too. */
export function buildWatchdog(): WatchdogSettings {
  return watchdogSettings(map);
}

export function buildRouting(env: Env): Routing {
  const resolved = resolveRouting(map, environmentOf(env));
  const routing = settingsOf(env).environment === "production" ? withPublicHosts(resolved) : resolved;
  for (const { id, why } of routing.off) console.warn(JSON.stringify({ event: "route_off", route: id, why }));
  return routing;
}
