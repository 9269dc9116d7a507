/** What somebody has decided about money, told to the switchboard; where that is away, to Redis itself. */
import type { FlagWrite } from "../budget/flag-store.ts";
import type { BudgetAlert, PauseOperator } from "../budget/pause-port.ts";
import { ALL } from "../budget/pause.ts";
import { redisFlags } from "../budget/redis-flags.ts";
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";
import { wait } from "../lib/clock.ts";
import { providerNames } from "../routing/provider-names.ts";
import { canonicalProvider } from "../routing/provider-table.ts";
import type { WorkerDeps } from "../worker-deps.ts";

/** What the budget's paths need of the outside. */
export interface BudgetDeps extends Pick<WorkerDeps, "settings" | "routing" | "clock" | "fetch" | "logError"> {
  readonly switchboard: () => PauseOperator;
  readonly breakers: Pick<WorkerDeps["breakers"], "outdated">;
}

export type Decision =
  | { readonly kind: "alert"; readonly alert: BudgetAlert }
  | { readonly kind: "pause"; readonly provider: string | null; readonly reason: string }
  | { readonly kind: "resume"; readonly provider: string | null };

const SWITCHBOARD_LIMIT_MS = 5_000;
const REDIS_LIMIT_MS = 5_000;
const TRY_AGAIN_MS = 30_000;

/** Null: it is kept. Otherwise nobody could be reached, and the sender must try again. */
export async function tellSwitchboard(
  decision: Decision,
  deps: BudgetDeps,
  requestId: string,
): Promise<Refusal | null> {
  const cause = await told(decision, deps);
  // Here it counts at once; the others hear of it with their next snapshot.
  deps.breakers.outdated();
  if (cause === null) return null;
  deps.logError(requestId, cause);
  if (await toldRedis(decision, deps, requestId)) return null;
  return { kind: "unavailable", what: "The switchboard", retryAfterMs: TRY_AGAIN_MS };
}

/** Why it was not told; null: it was. */
async function told(decision: Decision, deps: BudgetDeps): Promise<unknown> {
  const inTime = new AbortController();
  try {
    const tooLong = wait(deps.clock, SWITCHBOARD_LIMIT_MS, inTime.signal).then(() => new Error("it did not answer"));
    return await Promise.race([send(decision, deps), tooLong]);
  } catch (cause) {
    return cause;
  } finally {
    inTime.abort();
  }
}

async function send(decision: Decision, { switchboard }: BudgetDeps): Promise<null> {
  switch (decision.kind) {
    case "alert":
      await switchboard().alert(decision.alert);
      return null;
    case "pause":
      await switchboard().pause(decision.provider, decision.reason);
      return null;
    case "resume":
      await switchboard().resume(decision.provider);
      return null;
    default:
      return assertNever(decision);
  }
}

/** The switchboard finds it there when it is back. What changes no flag cannot be kept so: false, and the sender tries again. */
async function toldRedis(
  decision: Decision,
  { settings, routing, logError }: BudgetDeps,
  requestId: string,
): Promise<boolean> {
  const write = flagOf(decision, routing);
  if (settings.redis === null || write === null) return false;
  try {
    await redisFlags(settings.redis, providerNames(routing)).write([write], REDIS_LIMIT_MS);
    return true;
  } catch (cause) {
    logError(requestId, cause);
    return false;
  }
}

function flagOf(decision: Decision, routing: BudgetDeps["routing"]): FlagWrite | null {
  const { budget, routes } = routing;
  const scopeOf = (name: string): string => {
    const canonical = canonicalProvider(name);
    return routes.some(({ provider }) => provider === canonical) ? canonical : ALL;
  };
  switch (decision.kind) {
    case "alert": {
      const { kind, percentUsed, provider } = decision.alert;
      if (kind === "forecast" || percentUsed < budget.pauseAtPercent) return null;
      return { kind: "set", scope: budget.pauseScope === "provider" ? scopeOf(provider) : ALL };
    }
    case "pause":
      return { kind: "set", scope: decision.provider === null ? ALL : scopeOf(decision.provider) };
    case "resume":
      if (decision.provider === null) return { kind: "clear_all" };
      return { kind: "clear", scope: canonicalProvider(decision.provider) };
    default:
      return assertNever(decision);
  }
}
