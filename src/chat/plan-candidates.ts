import type { Breakers } from "../breaker/breakers.ts";
import type { SkipReason } from "../domain/attempt.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { whatCannot } from "../providers/capabilities.ts";
import { isRolledOut } from "./rolled-out.ts";

/** A route of the call, in its place; `skip` says why it is not to be asked. */
export interface Candidate {
  readonly route: Route;
  readonly skip: SkipReason | null;
}

/**
 * The routes of the kind in order, those that are killed, paused, open, out,
 * incapable, not rolled out to this user or too small for the prompt marked as such. All may be: then nobody is asked, and the call is
 * queued or refused. Only what no route could ever serve is refused here.
 */
export function planCandidates(
  call: PlannedCall,
  deps: { readonly breakers: Breakers },
): Result<readonly Candidate[], Refusal> {
  const tooLong = call.context?.refusal ?? null;
  if (tooLong !== null) return fail(tooLong);
  const candidates = call.routes.map((route) => ({ route, skip: whyNot(route, call, deps.breakers) }));
  const lacking = candidates.flatMap(({ skip }) => (skip?.startsWith(INCAPABLE) ? [skip.slice(INCAPABLE.length)] : []));
  if (candidates.length > 0 && lacking.length === candidates.length)
    return fail({ kind: "not_capable", what: [...new Set(lacking)] });
  return ok(withoutQuiet(fartherFirst(candidates, call, deps.breakers), call, deps.breakers));
}

/** Of a kind of which nobody answers no chain is walked; but by a job's run, for which nobody waits. Its ladder is. */
function withoutQuiet(
  candidates: readonly Candidate[],
  { from, kind, degraded }: PlannedCall,
  breakers: Breakers,
): readonly Candidate[] {
  if (from.kind === "job" || degraded !== undefined || breakers.quietUntil(kind.name) === null) return candidates;
  return candidates.map(({ route, skip }) => ({ route, skip: skip ?? "quiet" }));
}

/**
 * A route that is near its own rate limit is tried after those that are not: what is left of it is for who needs it.
 * One that has reached it would refuse, and is left out; but what headers say is a hint, so never the last one. A slow
 * one, and one whose answers are bad, come after them all: they are never left out. What the watchdog prefers comes first.
 */
function fartherFirst(candidates: readonly Candidate[], call: PlannedCall, breakers: Breakers): readonly Candidate[] {
  // As nearly always: nothing is made for it.
  if (candidates.every(({ route }) => placeOf(route, call, breakers) === 0)) return candidates;
  const places = candidates.map((candidate) => ({ candidate, place: placeOf(candidate.route, call, breakers) }));
  const ordered = places.toSorted((one, other) => one.place - other.place).map(({ candidate }) => candidate);
  const left = ordered.map((candidate) =>
    candidate.skip === null && breakers.limitReached(candidate.route)
      ? { ...candidate, skip: "limit_reached" as const }
      : candidate,
  );
  return left.some(({ skip }) => skip === null) ? left : ordered;
}

/** Among those that have lost their place the map's order holds, for each reason by itself. */
function placeOf(route: Route, { request }: PlannedCall, breakers: Breakers): number {
  if (breakers.lowQuality(route)) return 3;
  if (breakers.slow(route)) return 2;
  if (breakers.nearLimit(route)) return 1;
  // By what the caller named: who names a model is not given another one first.
  return breakers.preferred(request.model, route) ? -1 : 0;
}

const INCAPABLE = "incapable:";

function whyNot(route: Route, call: PlannedCall, breakers: Breakers): SkipReason | null {
  const cannot = whatCannot(call, route);
  if (cannot !== null) return `incapable:${cannot}`;
  if (route.rollout < 100 && !isRolledOut(route, call)) return "not_rolled_out";
  return call.context?.tooSmall.has(route.id) ? "context_too_small" : whyUnavailable(route, breakers);
}

/** Why nobody is served by this route right now, whatever the request; null: it may be asked. */
export function whyUnavailable(
  route: Route,
  breakers: Breakers,
): "warm_off" | "paused" | "open" | "killed" | "account_out" | null {
  if (route.tier === "warm" && !breakers.flags().enable_warm_fallback) return "warm_off";
  const blocked = breakers.blocked(route)?.why ?? null;
  // A pause outlasts what opens by itself, so it is what the caller is told.
  return blocked !== "killed" && breakers.paused(route) ? "paused" : blocked;
}
