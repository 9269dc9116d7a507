/**
 * The Worker's own way of a call (`src/http/answer-call.ts` and the spine below
 * it), with an outside made of this process: the same routing map, the same
 * adapters, the same rules for failover; no switchboard, and no jobs.
 */
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import { emptyIsolateState } from "../../../src/breaker/isolate-state.ts";
import type { Caller } from "../../../src/domain/caller.ts";
import type { Kind } from "../../../src/domain/kind.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import { DEFAULT_TENANT } from "../../../src/domain/tenant.ts";
import { chatCompletions } from "../../../src/http/chat-completions.ts";
import { messages } from "../../../src/http/messages.ts";
import { OURS } from "../../../src/http/read-wishes.ts";
import { emptyIdentityMemory } from "../../../src/identity/identify.ts";
import { noLedger } from "../../../src/ledger/ledger.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { isReached, nearLimitMs, rateLimitsOf } from "../../../src/providers/rate-limits.ts";
import type { Settings } from "../../../src/settings.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { provideWorkerdParts } from "./workerd-parts.ts";
import { bodyFields, type Fetch, type RouterCall } from "./router-call.ts";

const HANDLERS = { "/chat/completions": chatCompletions, "/messages": messages } as const;

export interface DirectCalls {
  /** Null: only the router can answer this. */
  answer(call: RouterCall): Promise<Response> | null;
}

export interface DirectOptions {
  readonly apiUrl: string;
  readonly routing: Routing;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export function directCalls(options: DirectOptions): DirectCalls {
  provideWorkerdParts();
  const deps = nodeDeps(options);
  return {
    answer(call) {
      const path = call.url.slice(options.apiUrl.length);
      // Who has read half of an answer is not to be given the beginning of another.
      if (call.method !== "POST" || !isHandled(path) || call.headers.has("last-event-id")) return null;
      return answerDirectly(call, path, deps);
    },
  };
}

async function answerDirectly(call: RouterCall, path: keyof typeof HANDLERS, deps: WorkerDeps): Promise<Response> {
  const { url, method, signal } = call;
  const headers = new Headers(call.headers);
  // A key makes a call its job's, and there are no jobs here.
  for (const name of ["authorization", "idempotency-key", "x-lisbon-on-cold"]) headers.delete(name);
  const request = new Request(url, { method, headers, body: withoutWishes(call), signal });
  const response = await HANDLERS[path](request, deps, crypto.randomUUID(), ITSELF);
  response.headers.set("x-lisbon-fallback", "direct");
  return response;
}

function isHandled(path: string): path is keyof typeof HANDLERS {
  return Object.hasOwn(HANDLERS, path);
}

/** A call that is answered at once is never parked, and nobody is called back. */
function withoutWishes(call: RouterCall): RouterCall["body"] {
  const fields = bodyFields(call);
  if (!OURS.some((name) => fields[name] !== undefined)) return call.body;
  const rest = Object.entries(fields).filter(([name]) => !OURS.some((ours) => ours === name));
  return JSON.stringify(Object.fromEntries(rest));
}

function nodeDeps({ routing: mapped, fetch, clock }: DirectOptions): WorkerDeps {
  const routing = hereOnly(mapped);
  const breakers = createBreakers({
    state: emptyIsolateState(),
    // As where the switchboard is away: this process's own failures decide.
    switchboard: notHere,
    afterReply,
    clock,
    random: Math.random,
    routing,
    nearLimitMs: (headers, now, percent) => nearLimitMs(rateLimitsOf(headers, now), percent),
    limitReached: (headers, now) => isReached(rateLimitsOf(headers, now)),
  });
  return {
    routing,
    settings: SETTINGS,
    map: notHere,
    identities: emptyIdentityMemory(),
    breakers: { ...breakers, ready: () => null },
    // The budgets' one owner is out of reach with the router; who goes round it has the providers' own limits.
    ledger: noLedger,
    ledgerOperator: notHere,
    coldQueue: {
      park: () => Promise.resolve(null),
      mayBeRepeat: () => false,
      findEarlier: () => Promise.resolve(null),
      keyed: notHere,
    },
    answers: { find: notHere, keep: notHere },
    cacheOf: notHere,
    jobs: notHere,
    jobIndex: notHere,
    notifier: notHere,
    assets: null,
    switchboard: notHere,
    clock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    afterReply,
    prefillRefused: new Set(),
    hop: { deployment: null, loopToldAtMs: null },
    log: () => undefined,
    logError: (requestId, cause) => console.error(`Lisbon, directly, ${requestId}:`, cause),
  };
}

/** What is asked of it goes on without: docs/request.md. */
function notHere(): never {
  throw new Error("only the router has this");
}

/**
 * Nothing can be parked here. And each event of a stream is looked at: that its platform moves the bytes unseen is
 * workerd's gain, in this process JavaScript would move them anyway.
 */
function hereOnly(routing: Routing): Routing {
  return {
    ...routing,
    flags: { ...routing.flags, enable_cold_queue: false },
    kinds: new Map(Array.from(routing.kinds, ([name, kind]) => [name, checked(kind)])),
    defaultKind: checked(routing.defaultKind),
  };
}

function checked(kind: Kind): Kind {
  return { ...kind, stream: "checked", cache: null };
}

/** A process lives on by itself. */
function afterReply(work: Promise<unknown>): void {
  work.catch(() => undefined);
}

/** The process calls in its own name, and no key of the router's says whose that is. */
const ITSELF: Caller = {
  tenant: DEFAULT_TENANT,
  user: null,
  by: "server_key",
  keyId: null,
  kinds: null,
  maxTokens: null,
  origins: null,
  token: null,
};

/** Read for what a caller may wish beside its request, which has been taken out before: `withoutWishes`. */
const SETTINGS: Settings = {
  keySecrets: [],
  adminKey: null,
  metricsToken: null,
  allowedOrigins: [],
  environment: "production",
  publicUrl: null,
  qstash: null,
  redis: null,
  budgetSecret: null,
  pauseToken: null,
  signingSecret: null,
  resend: null,
  costKeys: { openai: null, anthropic: null },
  chaos: false,
  clockAheadMs: 0,
};
