/**
 * The one place where real things are made. What outlives a request is plain
 * data: a client, a promise or a stub kept at module level would fail or hang
 * in the next request.
 */
import mapFile from "#routes";
import { createBreakers } from "./breaker/isolate-breakers.ts";
import { emptyIsolateState } from "./breaker/isolate-state.ts";
import type { Routing } from "./domain/routing.ts";
import { environmentOf, type Env } from "./env.ts";
import { refusingColdQueue } from "./jobs/cold-queue.ts";
import { realClock } from "./lib/clock.ts";
import { resolveRouting } from "./routing/resolve-routing.ts";
import { RoutingMap } from "./routing/routing-map.ts";
import type { Settings } from "./settings.ts";
import { settingsOf } from "./settings-of.ts";
import type { WorkerDeps } from "./worker-deps.ts";

// At start, never at the first request: a map that does not parse must not be deployed.
const map = RoutingMap.parse(mapFile);

const breakerState = emptyIsolateState();
let forIsolate: { readonly routing: Routing; readonly settings: Settings } | null = null;

/** The name of the one switchboard. */
const SWITCHBOARD = "switchboard";

export function buildDeps(env: Env, ctx: Pick<ExecutionContext, "waitUntil">): WorkerDeps {
  forIsolate ??= { routing: buildRouting(env), settings: settingsOf(env) };
  const { routing, settings } = forIsolate;
  const afterReply = (work: Promise<unknown>): void => ctx.waitUntil(work);
  // Made when it is asked for: a warm call needs none, and a stub costs more than its plan.
  const switchboard = () => env.SWITCHBOARD.getByName(SWITCHBOARD);
  return {
    routing,
    settings,
    switchboard,
    breakers: createBreakers({
      state: breakerState,
      switchboard,
      afterReply,
      clock: realClock,
      random: Math.random,
      routing,
    }),
    coldQueue: refusingColdQueue,
    clock: realClock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    afterReply,
    log: (line) => console.log(JSON.stringify(line)),
    logError: (requestId, cause) => {
      const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      console.error(JSON.stringify({ event: "bug", request_id: requestId, error }));
    },
  };
}

export function buildRouting(env: Env): Routing {
  const routing = resolveRouting(map, environmentOf(env));
  for (const { id, why } of routing.off) console.warn(JSON.stringify({ event: "route_off", route: id, why }));
  return routing;
}
