/** Every path and middleware, in order: the table of contents of the HTTP side. */
import { Hono, type Context, type Next } from "hono";
import { breakers, resetBreaker } from "./http/admin-breakers.ts";
import { flags, switchFlags } from "./http/admin-flags.ts";
import { refuseAdmin, refuseCaller } from "./http/authenticate.ts";
import { chatCompletions } from "./http/chat-completions.ts";
import { corsHeaders, preflight } from "./http/cors.ts";
import { health } from "./http/health.ts";
import { models } from "./http/models.ts";
import { refusalResponse } from "./http/refusal-response.ts";
import { statusPage } from "./http/status-page.ts";
import type { Env } from "./env.ts";
import type { WorkerDeps } from "./worker-deps.ts";

interface AppEnv {
  Bindings: Env;
  Variables: { deps: WorkerDeps };
}

/** `depsFor` makes the outside for one request: the real one in `build-deps.ts`, a test's own in tests. */
export function createApp(depsFor: (env: Env, ctx: Pick<ExecutionContext, "waitUntil">) => WorkerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(async (c, next) => {
    c.set("deps", depsFor(c.env, c.executionCtx));
    await next();
    const cors = corsHeaders(c.req.raw, c.get("deps").settings);
    for (const name in cors) c.res.headers.set(name, cors[name] ?? "");
  });
  app.options("*", (c) => preflight(c.req.raw, c.get("deps").settings));

  app.get("/", (c) => statusPage(c.req.raw, c.get("deps")));
  app.get("/health", (c) => health(c.req.raw, c.get("deps")));

  app.post("/v1/chat/completions", callersOnly, (c) => chatCompletions(c.req.raw, c.get("deps")));
  app.get("/v1/models", callersOnly, (c) => models(c.get("deps").routing));

  app.get("/admin/flags", adminOnly, (c) => flags(c.get("deps")));
  app.post("/admin/flags", adminOnly, (c) => switchFlags(c.req.raw, c.get("deps")));
  app.get("/admin/breakers", adminOnly, (c) => breakers(c.get("deps")));
  app.post("/admin/breakers/reset", adminOnly, (c) => resetBreaker(c.req.raw, c.get("deps")));

  app.all("/v1/chat/completions", () => refusalResponse({ kind: "method_not_allowed", allowed: "POST" }));
  app.all("/v1/models", () => refusalResponse({ kind: "method_not_allowed", allowed: "GET" }));
  app.all("/health", () => refusalResponse({ kind: "method_not_allowed", allowed: "GET" }));
  app.all("/admin/flags", () => refusalResponse({ kind: "method_not_allowed", allowed: "GET, POST" }));
  app.all("/admin/breakers", () => refusalResponse({ kind: "method_not_allowed", allowed: "GET" }));
  app.all("/admin/breakers/reset", () => refusalResponse({ kind: "method_not_allowed", allowed: "POST" }));
  app.notFound((c) => refusalResponse({ kind: "not_found", path: c.req.path }));
  app.onError((error, c) => {
    const requestId = crypto.randomUUID();
    c.get("deps").logError(requestId, error);
    return refusalResponse({ kind: "internal", requestId });
  });
  return app;

  async function callersOnly(c: Context<AppEnv>, next: Next): Promise<Response | void> {
    const refusal = refuseCaller(c.req.raw.headers, c.get("deps").settings);
    return refusal ? refusalResponse(refusal) : await next();
  }

  async function adminOnly(c: Context<AppEnv>, next: Next): Promise<Response | void> {
    const refusal = refuseAdmin(c.req.raw.headers, c.get("deps").settings);
    return refusal ? refusalResponse(refusal) : await next();
  }
}
