import type { Deps } from "../deps.ts";
import type { Attempt } from "../domain/attempt.ts";
import type { PlannedCall } from "../domain/call.ts";
import { isFailureKind, policyOf } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Trail } from "./trail.ts";

/**
 * Every route of the kind was asked or is out for everybody, and what failed was outage-like: the switchboard hears of
 * it. A caller's own mistake, a budget, or a route that this request alone could not use is none of it; nor is a job's
 * run, for which nobody waits.
 */
export function noteExhausted(call: PlannedCall, refusal: Refusal, trail: Trail, deps: Pick<Deps, "breakers">): void {
  if (call.from.kind === "job" || (refusal.kind !== "providers_failed" && refusal.kind !== "deadline_exceeded")) return;
  const tried = trail.all();
  if (!tried.every(isOutage) || !tried.some(({ result }) => isFailureKind(result))) return;
  const seen = new Set(tried.map(({ routeId }) => routeId));
  if (call.routes.every(({ id }) => seen.has(id))) deps.breakers.exhausted(call.kind.name, call.readAtMs);
}

function isOutage(attempt: Attempt): boolean {
  if (attempt.result === "skipped") return OUT.has(attempt.why);
  return isFailureKind(attempt.result) && COUNTED.has(policyOf(attempt.result).counts);
}

const COUNTED: ReadonlySet<string> = new Set(["outage", "account", "auth"]);
const OUT: ReadonlySet<string> = new Set([
  "open",
  "killed",
  "paused",
  "warm_off",
  "host_unreachable",
  "account_out",
  "limit_reached",
]);
