/**
 * Every path, in order: the table of contents of the HTTP side. Each has one
 * handler and no middleware, because a chain of them costs every call more
 * than what it does.
 */
import type { Context } from "hono";
import { HonoBase } from "hono/hono-base";
import type { Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";
import type { Caller } from "./domain/caller.ts";
import type { Refusal } from "./domain/refusal.ts";
import type { Env } from "./env.ts";
import { act, showAct } from "./http/act.ts";
import { breakers, resetBreaker } from "./http/admin-breakers.ts";
import { eraseCache, showCache } from "./http/admin-cache.ts";
import { flags, switchFlags } from "./http/admin-flags.ts";
import { showAggregates, showIncidents } from "./http/admin-incidents.ts";
import { injectFaults } from "./http/admin-chaos.ts";
import { listKeys, makeKey, revokeKey } from "./http/admin-keys.ts";
import { answerJob, cancelByOperator, editJob, retryJob, showJob } from "./http/admin-job.ts";
import { live } from "./http/admin-live.ts";
import { showMap } from "./http/admin-map.ts";
import { listJobs, retryDead } from "./http/admin-jobs.ts";
import { changeLimits, settleUnaccounted, showLimits, showSpend } from "./http/admin-limits.ts";
import { notices, testNotices } from "./http/admin-notices.ts";
import { pause, pauses } from "./http/admin-pause.ts";
import { changeIn, noteChange, showChanges, type Told } from "./http/audit.ts";
import { callerOf, refuseAdmin, standingCaller } from "./http/authenticate.ts";
import { budgetResume } from "./http/budget-resume.ts";
import { budgetWebhook } from "./http/budget-webhook.ts";
import { chatCompletions } from "./http/chat-completions.ts";
import { coldFailed } from "./http/cold-failed.ts";
import { coldRun } from "./http/cold-run.ts";
import { preflight, withCors } from "./http/cors.ts";
import { dashboard } from "./http/dashboard.ts";
import { feedback } from "./http/feedback.ts";
import { health } from "./http/health.ts";
import { cancelJob, job, jobEvents } from "./http/jobs.ts";
import { messages } from "./http/messages.ts";
import { mayScrape, metrics } from "./http/metrics.ts";
import { models } from "./http/models.ts";
import { messagesRefusal, refusalResponse } from "./http/refusal-response.ts";
import { statusPage } from "./http/status-page.ts";
import { makeToken } from "./http/tokens.ts";
import { releaseWatch, showWatch, watchTick } from "./http/watch.ts";
import { fail, ok, type Result } from "./lib/result.ts";
import type { WorkerDeps } from "./worker-deps.ts";

interface AppEnv {
  Bindings: Env;
}

/** Where nearly every request goes. */
const CALLS: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/messages"]);

type Handler = (request: Request, deps: WorkerDeps, requestId: string) => Response | Promise<Response>;
type CallerHandler = (
  request: Request,
  deps: WorkerDeps,
  requestId: string,
  caller: Caller,
) => Response | Promise<Response>;
/** Who may go on: somebody, or nobody in particular. */
type Guard<Who> = (request: Request, deps: WorkerDeps) => Result<Who, Refusal> | Promise<Result<Who, Refusal>>;

/** `depsFor` makes the outside for one request: the real one in `build-deps.ts`, a test's own in tests. */
export function createApp(
  depsFor: (env: Env, ctx: Pick<ExecutionContext, "waitUntil">) => WorkerDeps,
): HonoBase<AppEnv> {
  // What `new Hono()` comes to with these paths, without the routers that it tries first: 1.8 KiB of the upload's gzip.
  const app = new HonoBase<AppEnv>({ router: remembering(new TrieRouter(), CALLS) });

  app.options("*", open(preflight));

  app.get("/", open(statusPage));
  app.get("/health", open(health));
  app.get("/openapi.json", open(dashboard));
  app.get("/dashboard", open(dashboard));
  app.get("/dashboard/:file", open(dashboard));
  app.get("/metrics", serve(mayScrape, metrics));

  // A call is the one thing whose caller's standing is looked at later, once its body has been read.
  app.post("/v1/chat/completions", serve(callerOf, chatCompletions));
  app.post("/v1/messages", serve(callerOf, messages));
  app.get("/v1/models", callersOnly(models));
  app.post("/v1/tokens", callersOnly(makeToken));
  app.post("/v1/feedback", callersOnly(feedback));
  app.get("/v1/jobs/:id", callersOnly(job));
  app.get("/v1/jobs/:id/events", callersOnly(jobEvents));
  app.delete("/v1/jobs/:id", callersOnly(cancelJob));

  app.post("/budget/resume", adminOnly(budgetResume));

  // Each of these proves by itself who calls: a signature, a secret, a token.
  app.post("/budget/webhook", open(budgetWebhook));
  app.post("/cold/run", open(coldRun));
  app.post("/cold/failed", open(coldFailed));
  app.post("/watch/tick", open(watchTick));
  app.get("/admin/act", open(showAct));
  app.post("/admin/act", serve(anybody, noted(act, "link")));

  app.get("/admin/watch", adminOnly(showWatch));
  app.post("/admin/watch/release", adminOnly(releaseWatch));
  app.get("/admin/audit", adminOnly(showChanges));
  app.get("/admin/incidents", adminOnly(showIncidents));
  app.get("/admin/aggregates", adminOnly(showAggregates));
  app.get("/admin/keys", adminOnly(listKeys));
  app.post("/admin/keys", adminOnly(makeKey));
  app.post("/admin/keys/:id/revoke", adminOnly(revokeKey));
  app.get("/admin/live", adminOnly(live));
  app.get("/admin/map", adminOnly(showMap));
  app.get("/admin/limits", adminOnly(showLimits));
  app.post("/admin/limits", adminOnly(changeLimits));
  app.post("/admin/limits/unaccounted", adminOnly(settleUnaccounted));
  app.get("/admin/spend", adminOnly(showSpend));
  app.get("/admin/cache", adminOnly(showCache));
  app.delete("/admin/cache", adminOnly(eraseCache));
  app.get("/admin/flags", adminOnly(flags));
  app.post("/admin/flags", adminOnly(switchFlags));
  app.get("/admin/breakers", adminOnly(breakers));
  app.post("/admin/breakers/reset", adminOnly(resetBreaker));
  app.get("/admin/pause", adminOnly(pauses));
  app.post("/admin/pause", adminOnly(pause));
  app.get("/admin/notices", adminOnly(notices));
  app.post("/admin/notices/test", adminOnly(testNotices));
  app.get("/admin/jobs", adminOnly(listJobs));
  app.post("/admin/jobs/retry-dead", adminOnly(retryDead));
  app.get("/admin/jobs/:id", adminOnly(showJob));
  app.post("/admin/jobs/:id/answer", adminOnly(answerJob, "nothing"));
  app.post("/admin/jobs/:id/edit", adminOnly(editJob, "nothing"));
  app.post("/admin/jobs/:id/retry", adminOnly(retryJob));
  app.post("/admin/jobs/:id/cancel", adminOnly(cancelByOperator));

  // Any other method is told which there are.
  for (const [path, routes] of Map.groupBy(app.routes, (route) => route.path))
    if (path !== ANY_PATH) app.all(path, open(only(routes.map(({ method }) => method).join(", "))));
  // Where faults are not allowed there is no such path, by any method.
  app.post("/admin/chaos", adminOnly(injectFaults));
  app.notFound(open((request) => refusalResponse({ kind: "not_found", path: new URL(request.url).pathname })));
  return app;

  function open(handler: Handler): (c: Context<AppEnv>) => Promise<Response> {
    return serve(anybody, handler);
  }

  function callersOnly(handler: CallerHandler): (c: Context<AppEnv>) => Promise<Response> {
    return serve(standingCaller, handler);
  }

  function adminOnly(handler: Handler, told: Told = "body"): (c: Context<AppEnv>) => Promise<Response> {
    return serve(adminOr, noted(handler, told));
  }

  function serve<Who>(guard: Guard<Who>, handler: HandlerFor<Who>): (c: Context<AppEnv>) => Promise<Response> {
    return async (c) => {
      const request = c.req.raw;
      const deps = depsFor(c.env, c.executionCtx);
      const requestId = crypto.randomUUID();
      const response = await guarded(guard, handler, { request, deps, requestId });
      // A call's reply has it already: to open its headers once more would cost every call.
      if (!isCall(handler)) response.headers.set("x-lisbon-request-id", requestId);
      // What Anthropic's SDKs show as a message's `_request_id`.
      if (handler === messages) response.headers.set("request-id", response.headers.get(REQUEST_ID) ?? requestId);
      return withCors(request, response, deps);
    };
  }
}

/** As Hono writes down the `*` of the preflight. */
const ANY_PATH = "/*";
const REQUEST_ID = "x-lisbon-request-id";

function isCall(handler: unknown): boolean {
  return handler === chatCompletions || handler === messages;
}

/** These paths have no parameters: the way to the handler of their `POST` is looked for once, and leads to it alone. */
function remembering<T>(router: Router<T>, paths: ReadonlySet<string>): Router<T> {
  const known = new Map<string, ReturnType<Router<T>["match"]>>();
  return {
    name: router.name,
    add: (method, path, handler) => router.add(method, path, handler),
    match(method, path) {
      if (method !== "POST" || !paths.has(path)) return router.match(method, path);
      const found = known.get(path);
      if (found !== undefined) return found;
      const searched = router.match(method, path);
      // The rest is the answer to other methods; with one handler Hono needs no chain of them.
      searched[0].splice(1);
      known.set(path, searched);
      return searched;
    },
  };
}

type HandlerFor<Who> = (
  request: Request,
  deps: WorkerDeps,
  requestId: string,
  who: Who,
) => Response | Promise<Response>;

function anybody(): Result<null, Refusal> {
  return NOBODY;
}

const NOBODY = ok(null);

function adminOr(request: Request, { settings }: WorkerDeps): Result<null, Refusal> {
  const refusal = refuseAdmin(request.headers, settings);
  return refusal === null ? NOBODY : fail(refusal);
}

/** What changes something is written down, whatever came of it. */
function noted(handler: Handler, told: Told): Handler {
  return async (request, deps, requestId) => {
    if (request.method === "GET") return await handler(request, deps, requestId);
    const change = await changeIn(request, told);
    let status = 500;
    try {
      const response = await handler(request, deps, requestId);
      ({ status } = response);
      return response;
    } finally {
      // A change that broke half way is one too.
      await noteChange(request, change, status, deps, requestId);
    }
  };
}

interface Arrived {
  readonly request: Request;
  readonly deps: WorkerDeps;
  readonly requestId: string;
}

/** A bug ends in one clear answer and a log line, never in the platform's own error page. */
async function guarded<Who>(
  guard: Guard<Who>,
  handler: HandlerFor<Who>,
  { request, deps, requestId }: Arrived,
): Promise<Response> {
  try {
    const found = guard(request, deps);
    const who = found instanceof Promise ? await found : found;
    if (!who.ok) return refusalFor(handler)(who.failure, { "x-lisbon-request-id": requestId });
    return await handler(request, deps, requestId, who.value);
  } catch (cause) {
    deps.logError(requestId, cause);
    return refusalFor(handler)({ kind: "internal", requestId }, { "x-lisbon-request-id": requestId });
  }
}

/** In the words of the dialect that the path speaks. */
function refusalFor(handler: unknown): typeof refusalResponse {
  return handler === messages ? messagesRefusal : refusalResponse;
}

function only(allowed: string): Handler {
  return () => refusalResponse({ kind: "method_not_allowed", allowed });
}
