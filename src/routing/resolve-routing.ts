/**
 * The map and the environment become what the Worker works with. Nothing here
 * fails: a route that lacks a variable, or whose base URL turns out to be none
 * once it is filled in, is off and says why; the others go on.
 */
import type { Kind } from "../domain/kind.ts";
import { QUALITY_CHECKS, type Quality } from "../domain/quality.ts";
import type { Routing } from "../domain/routing.ts";
import { describeOff } from "./describe-off.ts";
import { findUnset } from "./find-unset.ts";
import { orderRoutes } from "./order-routes.ts";
import type { Environment } from "./placeholder.ts";
import { resolveRoute } from "./resolve-route.ts";
import { listRoutes } from "./route-ids.ts";
import { breakerLimits, callLimits, coldSettings, DEFAULT_DEADLINE_SECONDS } from "./map-defaults.ts";
import { resolveBudget } from "./resolve-budget.ts";
import { cacheSettings, resolveEmbeddings } from "./resolve-cache.ts";
import { resolveNotices } from "./resolve-notices.ts";
import { resolveTexts } from "./resolve-texts.ts";
import { hasLimits, resolveIdentity, resolveTenants } from "./resolve-tenants.ts";
import { endStep, ladderOf, reserveOf } from "./resolve-ladder.ts";
import type { KindEntry } from "./map-kinds.ts";
import type { RoutingMap } from "./routing-map.ts";

export function resolveRouting(map: RoutingMap, environment: Environment): Routing {
  const resolved = orderRoutes(listRoutes(map), map.order ?? "listed").map((listed) =>
    resolveRoute(listed, environment),
  );
  const routes = resolved.flatMap((result) => (result.ok ? [result.value] : []));
  const embeddings = resolveEmbeddings(map.cache, environment);
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
    texts: resolveTexts(map),
    embeddings: embeddings?.ok ? embeddings.value : null,
    tenants: resolveTenants(map),
    identity: resolveIdentity(map, environment),
    hasLimits: hasLimits(map),
    unset: [
      ...findUnset(map, environment),
      ...(embeddings?.ok === false ? [{ field: "cache.embeddings", why: describeOff(embeddings.failure.why) }] : []),
    ],
  };
}

function kindOf(name: string, entry: KindEntry, on: ReadonlySet<string>, map: RoutingMap): Kind {
  const deadlineMs = (entry.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1000;
  const ladder = ladderOf(entry, map);
  return {
    name,
    deadlineMs,
    stream: entry.stream ?? "pumped",
    commit: entry.commit ?? "first_words",
    continues: entry.continue ?? true,
    mend: entry.mend ?? false,
    contextWarnPercent: entry.contextWarnPercent ?? DEFAULT_WARN_PERCENT,
    quality: qualityOf(entry.quality ?? false),
    shortens: ladder.some(({ step }) => step === "shorter_context"),
    maxOutputTokens: entry.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS,
    routeIds: entry.routes?.filter((id) => on.has(id)) ?? null,
    answeredBy: entry.answeredBy ?? "providers",
    ladder,
    reserveMs: reserveOf(ladder, deadlineMs),
    end: endStep(entry, map.cold?.mode ?? "graceful_degrade"),
    onCold: entry.onCold ?? map.cold?.onCold ?? "accepted",
    cache: cacheSettings(entry.cache, map.cache),
  };
}

function qualityOf(asked: KindEntry["quality"] & {}): Quality | null {
  if (asked === false) return null;
  const { checks, repair } = asked === true ? {} : asked;
  return { checks: new Set(checks ?? QUALITY_CHECKS), repair: repair ?? true };
}

const DEFAULT_WARN_PERCENT = 85;
const DEFAULT_OUTPUT_TOKENS = 4_096;
