import type { Breakers } from "../../../src/breaker/breakers.ts";
import { planCandidates } from "../../../src/chat/plan-candidates.ts";
import { NO_WISHES, type PlannedCall } from "../../../src/domain/call.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";
import { resolveModel, type MeantModel } from "../../../src/routing/resolve-model.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import type { RoutingMap } from "../../../src/routing/routing-map.ts";

export interface PlanForClients {
  readonly candidates: readonly unknown[];
  /** By route. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** The routes that a client may ask itself, in the Worker's own order, and why it does not ask the others. */
export function planForClients(
  map: RoutingMap,
  environment: Readonly<Record<string, string>>,
  request: ChatRequest,
): PlanForClients {
  const routing = resolveRouting(map, (name) => environment[name]);
  const meant = resolveModel(routing, request.model);
  // As `guard` has it: nobody, where nothing is meant or a human is to answer.
  if (meant === null || meant.kind.answeredBy === "human") return { candidates: [], skipped: {} };

  const plan = planCandidates(callOf(request, meant), { breakers: allClosed(routing) });
  if (!plan.ok) throw new Error("no route can ever serve it");
  const standing = plan.value.map(({ route, skip }) => ({
    route,
    // A client speaks OpenAI's language only.
    skip: route.api === "openai" ? (skip?.replace(/:.*/, "") ?? null) : "api",
  }));
  const named = map.kinds?.[request.model]?.routes;
  const off = routing.off.filter(({ id }) => named?.includes(id) ?? true);
  return {
    candidates: standing.flatMap(({ route: { id, model, baseUrl, key, headers }, skip }) =>
      skip === null ? [{ id, model, baseUrl, key, headers }] : [],
    ),
    skipped: Object.fromEntries([
      ...standing.flatMap(({ route, skip }) => (skip === null ? [] : [[route.id, skip] as const])),
      ...off.map(({ id, why }) => [id, why.kind] as const),
    ]),
  };
}

function callOf(request: ChatRequest, { kind, routes }: MeantModel): PlannedCall {
  return {
    requestId: "id",
    dialect: "openai",
    request,
    native: null,
    stream: request.stream === true,
    readAtMs: 0,
    callerSignal: new AbortController().signal,
    from: {
      kind: "caller",
      tenant: "",
      user: null,
      token: null,
      wishes: NO_WISHES,
      calledUrl: "https://lisbon.example.com",
    },
    kind,
    routes,
    deadlineAtMs: 30_000,
    context: null,
  };
}

function allClosed({ flags }: Routing): Breakers {
  return {
    ready: () => null,
    blocked: () => null,
    paused: () => false,
    nearLimit: () => false,
    limitReached: () => false,
    slow: () => false,
    lowQuality: () => false,
    preferred: () => false,
    noteHeaders: () => undefined,
    injectedFault: () => null,
    snapshotAgeMs: () => null,
    recentFailures: () => 0,
    revoked: () => false,
    quietUntil: () => null,
    exhausted: () => undefined,
    mayLoop: () => false,
    loopOf: () => null,
    noteFailing: () => undefined,
    outdated: () => undefined,
    flags: () => flags,
    record: () => undefined,
  };
}
