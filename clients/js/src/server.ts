/**
 * For servers only: a `fetch` that asks the router, and where the router itself
 * is away goes straight to the providers, by the same map. It holds the
 * providers' keys, so it refuses to run in a page.
 */
import type { Routing } from "../../../src/domain/routing.ts";
import { type Clock, realClock } from "../../../src/lib/clock.ts";
import { checkMap } from "../../../src/routing/check-map.ts";
import { describeProblem } from "../../../src/routing/map-problem.ts";
import { resolveModel } from "../../../src/routing/resolve-model.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import { apiUrlOf } from "./base-url.ts";
import { directCalls } from "./direct-calls.ts";
import { textIn } from "./fields.ts";
import { type Reached, reachRouter } from "./reach-router.ts";
import {
  bodyFields,
  type Fetch,
  idempotencyKeyOf,
  readCall,
  type RouterCall,
  send,
  urlOf,
  withHeaders,
} from "./router-call.ts";
import { type Admitted, routerBreaker } from "./router-breaker.ts";

export interface FallbackOptions {
  /** `https://router.example.com`, with or without `/v1`. */
  readonly baseURL: string;
  /** The router's key for servers. */
  readonly key: string;
  /** The routing map that the router was deployed with: `routes.prod.json`, parsed. */
  readonly routes: unknown;
  /** Where the map's variables are looked up, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the router may take until its headers; by default as long as the call's kind, and a little more. */
  readonly headersMs?: number;
  /** The platform's by default; the router and the providers are both asked with it. */
  readonly fetch?: Fetch;
  /** The real one by default; tests bring their own. */
  readonly clock?: Clock;
}

/** The way there and back, on top of the kind's deadline within which the router answers or refuses. */
const ON_THE_WAY_MS = 5_000;

/** Throws where it would run in a page, and where the map has mistakes. */
export function withFallback(options: FallbackOptions): Fetch {
  refusePages();
  const { key, clock = realClock } = options;
  const plainFetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const apiUrl = apiUrlOf(options.baseURL);
  const routing = routingOf(options);
  const direct = directCalls({ apiUrl, routing, fetch: plainFetch, clock });
  const kinds = [...routing.kinds.values(), routing.defaultKind].map(({ deadlineMs }) => deadlineMs);
  const longestMs = options.headersMs ?? Math.max(routing.cold.deadlineMs, ...kinds) + ON_THE_WAY_MS;
  const breaker = routerBreaker(() => clock.now(), 2 * longestMs);

  return async (input, init) => {
    if (!urlOf(input).startsWith(`${apiUrl}/`)) return await plainFetch(input, init);
    const call = withHeaders(await readCall(input, init), { authorization: `Bearer ${key}` });
    return await answer(call);
  };

  async function answer(call: RouterCall): Promise<Response> {
    const admission = breaker.admit();
    // What only the router can answer it is asked, however it stands.
    if (!admission.admitted) return await (direct.answer(call) ?? send(call, plainFetch));
    const reached = await reach(call, admission);
    if (reached.there) return reached.response;
    const instead = direct.answer(call);
    if (instead === null) return await reached.asItCame();
    reached.forget();
    return await instead;
  }

  async function reach(call: RouterCall, admission: Admitted): Promise<Reached> {
    const limitMs = options.headersMs ?? deadlineOf(call, routing) + ON_THE_WAY_MS;
    let reached: Reached;
    try {
      reached = await reachRouter(call, { fetch: plainFetch, clock, limitMs });
    } catch (cause) {
      admission.withdraw();
      throw cause;
    }
    admission.settle(reached.there ? null : reached.failure);
    return reached;
  }
}

/** A call with a key may be waiting for a later run of its job, which has more time. */
function deadlineOf(call: RouterCall, routing: Routing): number {
  const { deadlineMs } = resolveModel(routing, textIn(bodyFields(call), "model") ?? "")?.kind ?? routing.defaultKind;
  return idempotencyKeyOf(call) === null ? deadlineMs : Math.max(deadlineMs, routing.cold.deadlineMs);
}

function routingOf({ routes, env }: FallbackOptions): Routing {
  const map = checkMap(routes, "routes");
  if (!map.ok) throw new Error(`The routing map has mistakes:\n${map.failure.map(describeProblem).join("\n")}`);
  return resolveRouting(map.value, (name) => env[name]);
}

function refusePages(): void {
  if (!("window" in globalThis || "document" in globalThis)) return;
  throw new Error(
    "withFallback holds the keys of your providers: it is for servers. In a page use createLisbon of @lisbon/client with getToken.",
  );
}
