/**
 * Faults of one call, by header, for whoever has the admin key where CHAOS is
 * on: `x-lisbon-fault: hot/*=unreachable;share=50, warm/x=slow:3000`. Only this
 * call meets them. Nothing of what it then sees of these routes is reported, so
 * that a drill by header opens no circuit for anybody else.
 */
import type { Breakers } from "../breaker/breakers.ts";
import type { Wishes } from "../domain/call.ts";
import { faultIsFor, type InjectedFault, meetsFault, readFault } from "../domain/injected-fault.ts";
import type { Refusal } from "../domain/refusal.ts";
import { sameSecret } from "../lib/constant-time.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { WorkerDeps } from "../worker-deps.ts";

export const FAULT_HEADER = "x-lisbon-fault";
const ADMIN_HEADER = "x-lisbon-admin-key";

/** The outside as this call is to find it. */
export function withCallFaults(headers: Headers, wishes: Wishes, deps: WorkerDeps): Result<WorkerDeps, Refusal> {
  const { settings, random, breakers } = deps;
  if (!settings.chaos) return fail({ kind: "faults_off" });
  if (settings.adminKey === null) return fail({ kind: "not_configured", variable: "LISBON_ADMIN_KEY" });
  if (!sameSecret(headers.get(ADMIN_HEADER) ?? "", settings.adminKey)) return fail({ kind: "admin_only" });
  // Its job runs it, elsewhere and perhaps later: the faults would be silently lost.
  if (wishes.key !== null) return refuse("it cannot be combined with Idempotency-Key");

  const faults = new Map<string, InjectedFault>();
  for (const rule of (headers.get(FAULT_HEADER) ?? "").split(",")) {
    const at = rule.indexOf("=");
    const pattern = rule.slice(0, Math.max(0, at)).trim();
    const fault = rule.slice(at + 1).trim();
    const read = readFault(fault);
    if (!read.ok) return refuse(read.failure);
    const routes = deps.routing.routes.filter(({ id }) => faultIsFor(pattern, id));
    if (routes.length === 0) return refuse(`no route is meant by "${pattern.slice(0, 100)}"`);
    // The share is one of calls: whether this one meets the fault is decided here, once.
    if (!meetsFault(read.value, random)) continue;
    for (const { id } of routes) faults.set(id, fault.replace(/;.*$/, ""));
  }
  return ok({ ...deps, breakers: drilled(breakers, faults) });
}

function drilled(breakers: Breakers, faults: ReadonlyMap<string, InjectedFault>): Breakers {
  return {
    ...breakers,
    injectedFault: (route) => faults.get(route.id) ?? breakers.injectedFault(route),
    // Nor is what the call as a whole has come to.
    exhausted: () => undefined,
    noteFailing: () => undefined,
    noteHeaders: (route, headers) => {
      if (!faults.has(route.id)) breakers.noteHeaders(route, headers);
    },
    record: (outcome) => {
      if (!faults.has(outcome.route.id)) breakers.record(outcome);
    },
  };
}

function refuse(reason: string): Result<never, Refusal> {
  return fail({ kind: "invalid_request", param: FAULT_HEADER, reason: `${FAULT_HEADER}: ${reason}` });
}
