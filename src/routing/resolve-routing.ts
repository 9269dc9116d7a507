/**
 * The map and the environment become what the Worker works with. Nothing here
 * fails: a route that lacks a variable, or whose base URL turns out to be none
 * once it is filled in, is off and says why; the others go on.
 */
import type { EndStep, Kind } from "../domain/kind.ts";
import type { ColdSettings, Routing } from "../domain/routing.ts";
import { findUnset } from "./find-unset.ts";
import { orderRoutes } from "./order-routes.ts";
import type { Environment } from "./placeholder.ts";
import { resolveRoute } from "./resolve-route.ts";
import { listRoutes } from "./route-ids.ts";
import { breakerLimits, callLimits, coldSettings, DEFAULT_DEADLINE_SECONDS } from "./map-defaults.ts";
import { resolveBudget } from "./resolve-budget.ts";
import { resolveNotices } from "./resolve-notices.ts";
import { hasLimits, resolveIdentity, resolveTenants } from "./resolve-tenants.ts";
import type { KindEntry } from "./map-kinds.ts";
import type { RoutingMap } from "./routing-map.ts";

export function resolveRouting(map: RoutingMap, environment: Environment): Routing {
  const resolved = orderRoutes(listRoutes(map), map.order ?? "listed").map((listed) =>
    resolveRoute(listed, environment),
  );
  const routes = resolved.flatMap((result) => (result.ok ? [result.value] : []));
  const on = new Set(routes.map((route) => route.id));
  const kind = (name: string, entry: KindEntry): Kind => kindOf(name, entry, on, map);
  return {
    routes,
    off: resolved.flatMap((result) => (result.ok ? [] : [result.failure])),
    kinds: new Map(Object.entries(map.kinds ?? {}).map(([name, entry]) => [name, kind(name, entry)])),
    defaultKind: kind("auto", {}),
    limits: callLimits(map.limits ?? {}),
    breaker: breakerLimits(map.breaker ?? {}),
    flags: {
      enable_warm_fallback: map.flags?.enable_warm_fallback ?? true,
      enable_cold_queue: map.flags?.enable_cold_queue ?? true,
    },
    cold: coldSettings(map.cold ?? {}),
    pause: { keepFree: map.pause?.keepFree ?? false, whenUnknown: map.pause?.whenUnknown ?? "go" },
    budget: resolveBudget(map.budget ?? {}, environment),
    notices: resolveNotices(map, environment),
    tenants: resolveTenants(map),
    identity: resolveIdentity(map, environment),
    hasLimits: hasLimits(map),
    unset: findUnset(map, environment),
  };
}

function kindOf(name: string, entry: KindEntry, on: ReadonlySet<string>, map: RoutingMap): Kind {
  return {
    name,
    deadlineMs: (entry.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1000,
    stream: entry.stream ?? "pumped",
    commit: entry.commit ?? "first_words",
    continues: entry.continue ?? true,
    mend: entry.mend ?? false,
    contextWarnPercent: entry.contextWarnPercent ?? DEFAULT_WARN_PERCENT,
    shortens: entry.degrade?.includes("shorter_context") ?? false,
    maxOutputTokens: entry.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS,
    routeIds: entry.routes?.filter((id) => on.has(id)) ?? null,
    answeredBy: entry.answeredBy ?? "providers",
    end: endStep(entry, map.cold?.mode ?? "graceful_degrade"),
    onCold: entry.onCold ?? map.cold?.onCold ?? "accepted",
  };
}

const DEFAULT_WARN_PERCENT = 85;
const DEFAULT_OUTPUT_TOKENS = 4_096;

/** The first end step that the kind names; the ladder before it is not climbed yet. */
function endStep({ degrade, answeredBy }: KindEntry, mode: ColdSettings["mode"]): EndStep {
  for (const step of degrade ?? []) {
    if (typeof step === "object") return { step: "human", dueMs: step.dueMinutes * 60_000 };
    if (step === "human") return { step, dueMs: null };
    if (step === "queue" || step === "error") return mode === "off" ? { step: "error" } : { step };
  }
  if (answeredBy === "human") return { step: "human", dueMs: null };
  return { step: mode === "off" ? "error" : "queue" };
}
