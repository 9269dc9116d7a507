/** What holds where the map says nothing. DESIGN, 3 and 6. */
import type { RouteClocks } from "../domain/route.ts";
import type { BreakerLimits, CallLimits, ColdSettings } from "../domain/routing.ts";
import type { RouteEntry } from "./map-routes.ts";
import type { RoutingMap } from "./routing-map.ts";

export const DEFAULT_DEADLINE_SECONDS = 30;

const MIB = 1024 * 1024;

export function routeClocks(entry: RouteEntry): RouteClocks {
  const given = entry.timeouts ?? {};
  return {
    headersMs: given.headersMs ?? 10_000,
    // A reasoning model may think for a while before its first words.
    firstTokenMs: given.firstTokenMs ?? (entry.reasoning ? 30_000 : 10_000),
    idleMs: given.idleMs ?? 15_000,
    maxStreamMs: given.maxStreamMs ?? 600_000,
    attemptMs: given.attemptMs ?? null,
  };
}

export function callLimits(given: NonNullable<RoutingMap["limits"]>): CallLimits {
  return {
    maxAttempts: given.maxAttempts ?? null,
    sameRouteRetries: given.sameRouteRetries ?? 1,
    retryAfterWaitMs: given.retryAfterWaitMs ?? 3_000,
    maxBodyBytes: given.maxBodyBytes ?? 8 * MIB,
    maxStreamBytes: given.maxStreamBytes ?? 32 * MIB,
    drainMs: given.drainMs ?? 30_000,
  };
}

export function breakerLimits(given: NonNullable<RoutingMap["breaker"]>): BreakerLimits {
  return {
    enabled: given.enabled ?? true,
    failuresToOpen: given.failuresToOpen ?? 5,
    openMs: given.openMs ?? 30_000,
    maxOpenMs: given.maxOpenMs ?? 600_000,
    relapseMs: given.relapseMs ?? 60_000,
    probesToClose: given.probesToClose ?? 2,
    // A probe has 10 s to answer; the rest is for the way there and back.
    probeLeaseMs: given.probeLeaseMs ?? 15_000,
    sameErrorCount: given.sameErrorCount ?? 3,
    sameErrorWindowMs: given.sameErrorWindowMs ?? 180_000,
    sameErrorOpenMs: given.sameErrorOpenMs ?? 600_000,
    accountOutMs: given.accountOutMs ?? 600_000,
    nearLimitPercent: given.nearLimitPercent ?? 10,
    lowQualityCount: given.lowQualityCount ?? 5,
    slowFactor: given.slowFactor ?? 3,
  };
}

const DAY_MS = 86_400_000;

export function coldSettings(given: NonNullable<RoutingMap["cold"]>): ColdSettings {
  return {
    mode: given.mode ?? "graceful_degrade",
    queue: given.queue ?? "ai-tasks",
    parallelism: given.parallelism ?? 10,
    deadlineMs: (given.deadlineSeconds ?? 300) * 1000,
    maxAgeMs: (given.maxAgeHours ?? 24) * 3_600_000,
    attempts: given.attempts ?? 5,
    retainMs: (given.retainDays ?? 7) * DAY_MS,
    retryWindowMs: (given.retryWindow ?? 120) * 1000,
  };
}
