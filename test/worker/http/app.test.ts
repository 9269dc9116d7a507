import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import type { Breakers } from "../../../src/breaker/breakers.ts";
import { emptyIdentityMemory } from "../../../src/identity/identify.ts";
import { developmentKey } from "../../../src/identity/server-key.ts";
import { noLedger } from "../../../src/ledger/ledger.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { fakeJob, noColdQueue } from "../../support/fake-jobs.ts";
import { noAnswers } from "../../support/no-answers.ts";

const SECRET = "a-secret-of-at-least-thirty-two-characters";
const noRoutes = resolveRouting({ hot: [{ provider: "openai", model: "gpt", enabled: false }] }, () => undefined);
const quiet: Breakers = {
  ready: () => null,
  blocked: () => null,
  paused: () => false,
  revoked: () => false,
  quietUntil: () => null,
  exhausted: () => undefined,
  mayLoop: () => false,
  loopOf: () => null,
  noteFailing: () => undefined,
  outdated: () => undefined,
  nearLimit: () => false,
  limitReached: () => false,
  slow: () => false,
  lowQuality: () => false,
  preferred: () => false,
  noteHeaders: () => undefined,
  injectedFault: () => null,
  snapshotAgeMs: () => null,
  recentFailures: () => 0,
  flags: () => noRoutes.flags,
  record: () => undefined,
};

/** One call through the app, with an outside of values and a key of the callers'. */
async function call(more: Partial<WorkerDeps>, key?: string): Promise<Response> {
  const context = createExecutionContext();
  const deps: WorkerDeps = {
    routing: noRoutes,
    breakers: quiet,
    coldQueue: noColdQueue,
    answers: noAnswers,
    cacheOf: notAsked,
    jobs: () => fakeJob(),
    clock: realClock,
    random: Math.random,
    fetch: () => Promise.reject(new Error("nobody is asked")),
    afterReply: () => undefined,
    prefillRefused: new Set(),
    hop: { deployment: null, loopToldAtMs: null },
    map: notAsked,
    identities: emptyIdentityMemory(),
    ledger: noLedger,
    ledgerOperator: notAsked,
    log: () => undefined,
    logError: () => undefined,
    settings: { ...bareSettings, keySecrets: [SECRET] },
    switchboard: notAsked,
    jobIndex: notAsked,
    notifier: notAsked,
    assets: null,
    ...more,
  };
  const request = new Request("https://lisbon.test/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${key ?? (await developmentKey(SECRET))}` },
    body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hi" }] }),
  });
  const response = await createApp(() => deps).fetch(request, env, context);
  await waitOnExecutionContext(context);
  return response;
}

describe("every answer carries a request id", () => {
  it.each([
    ["of a call", undefined, 503],
    ["of a caller without the key", "wrong", 401],
  ])("%s", async (_name, key, status) => {
    const answer = await call({}, key);

    expect(answer.status).toBe(status);
    expect(answer.headers.get("x-lisbon-request-id")).toMatch(/^[\da-f-]{36}$/);
  });

  it("after a bug the one under which that was logged, and the caller gets a clear 500", async () => {
    const logged: string[] = [];
    const answer = await call({ breakers: { ...quiet, ready: bug }, logError: (id) => logged.push(id) });

    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ error: { code: "internal" } });
    expect(logged).toEqual([answer.headers.get("x-lisbon-request-id")]);
  });

  it("after a bug in finding out who calls, too", async () => {
    const logged: string[] = [];
    const verified = new Map();
    verified.get = bug;
    const identities = { ...emptyIdentityMemory(), verified };
    const answer = await call({ identities, logError: (id) => logged.push(id) });

    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ error: { code: "internal" } });
    expect(logged).toEqual([answer.headers.get("x-lisbon-request-id")]);
  });
});

function notAsked(): never {
  throw new Error("not asked");
}

function bug(): never {
  throw new Error("a bug");
}
