/** The spine with everything outside it made of values: routes, a fake clock, a fake provider per host. */
import type { AnswerCache } from "../../src/cache/answer-cache.ts";
import type { Blocked, Breakers, Failing, Flags, KnownLoop, Outcome } from "../../src/breaker/breakers.ts";
import { runChat } from "../../src/chat/run-chat.ts";
import type { Reply } from "../../src/chat/reply.ts";
import { Trail } from "../../src/chat/trail.ts";
import type { Deps } from "../../src/deps.ts";
import { type Call, NO_WISHES, type Wishes } from "../../src/domain/call.ts";
import type { InjectedFaults } from "../../src/domain/injected-fault.ts";
import type { Refusal } from "../../src/domain/refusal.ts";
import type { Route } from "../../src/domain/route.ts";
import type { CallLimits, Routing } from "../../src/domain/routing.ts";
import { createColdQueue, emptyColdMemory, type ColdQueue } from "../../src/jobs/cold-queue.ts";
import type { JobPort } from "../../src/jobs/job-port.ts";
import type { Result } from "../../src/lib/result.ts";
import * as z from "zod";
import { noLedger, type Ledger } from "../../src/ledger/ledger.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { fakeJob, noColdQueue } from "./fake-jobs.ts";
import { noAnswers } from "./no-answers.ts";
import { standardRouting } from "./standard-routing.ts";

const Sent = z.record(z.string(), z.unknown());

export type FakeProvider = (call: {
  readonly signal: AbortSignal;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}) => Promise<Response>;

export interface SpineOptions {
  readonly routes: readonly Route[];
  /** By host. */
  readonly providers: Readonly<Record<string, FakeProvider>>;
  readonly blocked?: Readonly<Record<string, Blocked>>;
  /** By default nobody is limited. */
  readonly ledger?: Ledger;
  /** Route ids that a budget keeps new work off. */
  /** Ids of routes of whose own rate limits nothing is left. */
  readonly reached?: readonly string[];
  /** Ids of routes that are near their own rate limits. */
  readonly near?: readonly string[];
  /** Kinds of which nobody answers, and until when. */
  readonly quiet?: Readonly<Record<string, number>>;
  /** Requests that loop, by fingerprint. */
  readonly loops?: ReadonlyMap<string, KnownLoop>;
  readonly slow?: readonly string[];
  readonly lowQuality?: readonly string[];
  /** `kind route`: what the watchdog has put first. */
  readonly preferred?: readonly string[];
  readonly paused?: readonly string[];
  readonly flags?: Partial<Flags>;
  readonly limits?: Partial<CallLimits>;
  readonly coldQueue?: ColdQueue;
  /** With these the cold queue is the real one. */
  readonly jobs?: (jobId: string) => JobPort;
  /** By default nothing is kept, and to ask for it is a mistake. */
  readonly answers?: AnswerCache;
  /** As in a map; `auto` is the default kind. */
  readonly kinds?: Record<string, unknown>;
  readonly wishes?: Partial<Wishes>;
  /** Of a drill, by route id. */
  readonly faults?: InjectedFaults;
  /** By default a logged bug fails the test. */
  readonly logError?: Deps["logError"];
  readonly recentFailures?: (routeId: string) => number;
  readonly deadlineMs?: number;
  /** What else is to be true of the call. */
  readonly call?: Partial<Call>;
}

export interface Spine {
  readonly clock: FakeClock;
  readonly trail: Trail;
  readonly outcomes: Outcome[];
  /** Kinds whose whole chain was walked in vain. */
  readonly exhausted: string[];
  /** What failed by the request's own fault, once it was told: after the reply. */
  readonly noted: Failing[];
  readonly caller: AbortController;
  ask(request?: Record<string, unknown>): Promise<Result<Reply, Refusal>>;
}

export function route(id: string, more: Partial<Route> = {}): Route {
  const [tier = "hot", provider = "a"] = id.split("/");
  return {
    id,
    tier: tier === "warm" || tier === "smaller" ? tier : "hot",
    provider,
    model: `model-of-${id}`,
    api: "openai",
    baseUrl: `https://${provider}.test/v1`,
    host: `${provider}.test`,
    key: "secret-key",
    awsKeys: null,
    headers: {},
    account: provider,
    cost: "paid",
    price: null,
    contextTokens: null,
    cannot: new Set(),
    prefill: null,
    trusted: true,
    reasoning: false,
    rollout: 100,
    clocks: { headersMs: 10_000, firstTokenMs: 10_000, idleMs: 15_000, maxStreamMs: 600_000, attemptMs: null },
    ...more,
  };
}

export function spine(options: SpineOptions): Spine {
  const clock = createFakeClock();
  const trail = new Trail();
  const outcomes: Outcome[] = [];
  const exhausted: string[] = [];
  const noted: Failing[] = [];
  const failures = new Map<string, number>();
  const caller = new AbortController();
  const breakers: Breakers = {
    ready: () => null,
    blocked: (asked) => options.blocked?.[asked.id] ?? null,
    paused: (asked) => options.paused?.includes(asked.id) ?? false,
    revoked: () => false,
    quietUntil: (kind) => options.quiet?.[kind] ?? null,
    exhausted: (kind) => void exhausted.push(kind),
    mayLoop: () => (options.loops ?? null) !== null,
    loopOf: (_scope, id) => options.loops?.get(id) ?? null,
    noteFailing: (failing) => void noted.push(failing),
    snapshotAgeMs: () => null,
    outdated: () => undefined,
    nearLimit: ({ id }) => [...(options.near ?? []), ...(options.reached ?? [])].includes(id),
    slow: ({ id }) => options.slow?.includes(id) ?? false,
    lowQuality: ({ id }) => options.lowQuality?.includes(id) ?? false,
    preferred: (model, { id }) => options.preferred?.includes(`${model} ${id}`) ?? false,
    limitReached: ({ id }) => options.reached?.includes(id) ?? false,
    noteHeaders: () => undefined,
    injectedFault: ({ id }) => options.faults?.[id] ?? null,
    recentFailures: options.recentFailures ?? ((id) => failures.get(id) ?? 0),
    flags: () => ({ enable_warm_fallback: true, enable_cold_queue: true, ...options.flags }),
    record(outcome) {
      outcomes.push(outcome);
      failures.set(outcome.route.id, outcome.failure ? (failures.get(outcome.route.id) ?? 0) + 1 : 0);
    },
  };
  const deps: Deps = {
    routing: routingOf(options),
    breakers,
    coldQueue: options.coldQueue ?? (options.jobs ? coldQueueOf(options.jobs, clock) : noColdQueue),
    answers: options.answers ?? noAnswers,
    jobs: options.jobs ?? (() => fakeJob()),
    clock,
    random: () => 0.5,
    fetch: (url, init) => {
      const signal = init.signal ?? new AbortController().signal;
      const body = Sent.parse(JSON.parse(typeof init.body === "string" ? init.body : "{}"));
      return options.providers[new URL(url).host]?.({ signal, body, headers: new Headers(init.headers) }) ?? refuses();
    },
    afterReply: () => undefined,
    prefillRefused: new Set(),
    hop: { deployment: "own", loopToldAtMs: null },
    ledger: options.ledger ?? noLedger,
    log: () => undefined,
    logError: options.logError ?? rethrow,
  };
  return {
    clock,
    trail,
    outcomes,
    exhausted,
    noted,
    caller,
    ask(request = {}) {
      const full = { model: "auto", messages: [{ role: "user" as const, content: "hello" }], ...request };
      const call = {
        requestId: "id",
        dialect: "openai" as const,
        request: full,
        native: null,
        stream: request["stream"] === true,
        readAtMs: clock.now(),
        callerSignal: caller.signal,
        from: {
          kind: "caller" as const,
          tenant: "default",
          user: null,
          token: null,
          wishes: { ...NO_WISHES, ...options.wishes },
          calledUrl: "https://lisbon.test/v1/chat/completions",
        },
        ...options.call,
      };
      return clock.run(runChat(call, trail, deps));
    },
  };
}

function rethrow(_requestId: string, cause: unknown): never {
  throw cause;
}

function coldQueueOf(jobs: (jobId: string) => JobPort, clock: FakeClock): ColdQueue {
  return createColdQueue({
    jobs,
    clock,
    retryWindowMs: 120_000,
    memory: emptyColdMemory(),
    publicUrl: null,
    logError: () => undefined,
  });
}

function routingOf(options: SpineOptions): Routing {
  const kinds = options.kinds ?? {};
  const smaller = options.routes.filter(({ tier }) => tier === "smaller");
  const standard = standardRouting({ kinds, smaller: smaller.map(({ model }) => ({ provider: "ollama", model })) });
  return {
    ...standard,
    routes: options.routes,
    defaultKind: { ...standard.defaultKind, deadlineMs: options.deadlineMs ?? 30_000 },
    limits: { ...standard.limits, ...options.limits },
  };
}

export function answers(text = "hello"): Promise<Response> {
  return Promise.resolve(
    Response.json({
      id: "x",
      object: "chat.completion",
      created: 1,
      model: "their-model",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: text, refusal: null },
          finish_reason: "stop",
          logprobs: null,
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    }),
  );
}

/** What workerd throws for a refused connection and for one that was reset before an answer. */
export function refuses(): Promise<Response> {
  return Promise.reject(new Error("Network connection lost."));
}

/** Accepts the call and never answers. */
export function silent({ signal }: { readonly signal: AbortSignal }): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
  });
}

export function fails(
  status: number,
  error: Record<string, unknown>,
  headers: Record<string, string> = {},
): () => Promise<Response> {
  return () => Promise.resolve(Response.json({ error }, { status, headers }));
}
