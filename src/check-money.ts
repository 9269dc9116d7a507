/** What a proactive check costs is put aside and booked like an attempt: kind `lisbon-check`, of nobody's tenant. */
import type { CheckMoney } from "./breaker/route-checks.ts";
import { NO_WISHES, type PlannedCall } from "./domain/call.ts";
import type { Route } from "./domain/route.ts";
import type { Routing } from "./domain/routing.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { QUESTION } from "./probe-route.ts";

export const CHECK_KIND = "lisbon-check";
export const CHECK_TENANT = "lisbon";

/** Null: no budget covers it, or the ledger cannot say. Never throws. */
export async function checkMoney(
  ledger: Pick<Ledger, "reserve">,
  route: Route,
  routing: Routing,
  now: number,
): Promise<CheckMoney | null> {
  try {
    const reserved = await ledger.reserve(checkCall(routing, now), route);
    return reserved.ok ? reserved.value : null;
  } catch {
    return null; // an object that is away throws here
  }
}

function checkCall({ defaultKind }: Routing, now: number): PlannedCall {
  return {
    requestId: CHECK_KIND,
    dialect: "openai",
    request: QUESTION,
    native: null,
    stream: false,
    readAtMs: now,
    callerSignal: new AbortController().signal,
    from: { kind: "caller", tenant: CHECK_TENANT, user: null, token: null, wishes: NO_WISHES, calledUrl: "" },
    kind: { ...defaultKind, name: CHECK_KIND },
    routes: [],
    deadlineAtMs: now,
    context: null,
  };
}
