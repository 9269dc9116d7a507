/**
 * Every path, in order: the table of contents of the HTTP side. Each has one
 * handler and no middleware, because a chain of them costs every call more
 * than what it does.
 */
import { type Context, Hono } from "hono";
import type { Env } from "./env.ts";
import { breakers, resetBreaker } from "./http/admin-breakers.ts";
import { flags, switchFlags } from "./http/admin-flags.ts";
import { refuseAdmin, refuseCaller } from "./http/authenticate.ts";
import { chatCompletions } from "./http/chat-completions.ts";
import { preflight, withCors } from "./http/cors.ts";
import { health } from "./http/health.ts";
import { models } from "./http/models.ts";
import { refusalResponse } from "./http/refusal-response.ts";
import { statusPage } from "./http/status-page.ts";
import type { WorkerDeps } from "./worker-deps.ts";

interface AppEnv {
  Bindings: Env;
}

type Handler = (request: Request, deps: WorkerDeps, requestId: string) => Response | Promise<Response>;
type Guard = (headers: Headers, settings: WorkerDeps["settings"]) => ReturnType<typeof refuseCaller>;

/** `depsFor` makes the outside for one request: the real one in `build-deps.ts`, a test's own in tests. */
export function createApp(depsFor: (env: Env, ctx: Pick<ExecutionContext, "waitUntil">) => WorkerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.options("*", open(preflight));

  app.get("/", open(statusPage));
  app.get("/health", open(health));

  app.post("/v1/chat/completions", callersOnly(chatCompletions));
  app.get("/v1/models", callersOnly(models));

  app.get("/admin/flags", adminOnly(flags));
  app.post("/admin/flags", adminOnly(switchFlags));
  app.get("/admin/breakers", adminOnly(breakers));
  app.post("/admin/breakers/reset", adminOnly(resetBreaker));

  app.all("/v1/chat/completions", open(only("POST")));
  app.all("/v1/models", open(only("GET")));
  app.all("/health", open(only("GET")));
  app.all("/admin/flags", open(only("GET, POST")));
  app.all("/admin/breakers", open(only("GET")));
  app.all("/admin/breakers/reset", open(only("POST")));
  app.notFound(open((request) => refusalResponse({ kind: "not_found", path: new URL(request.url).pathname })));
  return app;

  function open(handler: Handler): (c: Context<AppEnv>) => Promise<Response> {
    return serve(() => null, handler);
  }

  function callersOnly(handler: Handler): (c: Context<AppEnv>) => Promise<Response> {
    return serve(refuseCaller, handler);
  }

  function adminOnly(handler: Handler): (c: Context<AppEnv>) => Promise<Response> {
    return serve(refuseAdmin, handler);
  }

  function serve(refuse: Guard, handler: Handler): (c: Context<AppEnv>) => Promise<Response> {
    return async (c) => {
      const request = c.req.raw;
      const deps = depsFor(c.env, c.executionCtx);
      const requestId = crypto.randomUUID();
      const refusal = refuse(request.headers, deps.settings);
      const response = refusal ? refusalResponse(refusal) : await orInternal(handler, request, deps, requestId);
      // A call's reply has it already: to open its headers once more would cost every call.
      if (handler !== chatCompletions || refusal) response.headers.set("x-lisbon-request-id", requestId);
      return withCors(request, response, deps.settings);
    };
  }
}

/** A bug ends in one clear answer and a log line, never in the platform's own error page. */
async function orInternal(handler: Handler, request: Request, deps: WorkerDeps, requestId: string): Promise<Response> {
  try {
    return await handler(request, deps, requestId);
  } catch (cause) {
    deps.logError(requestId, cause);
    return refusalResponse({ kind: "internal", requestId }, { "x-lisbon-request-id": requestId });
  }
}

function only(allowed: string): Handler {
  return () => refusalResponse({ kind: "method_not_allowed", allowed });
}
