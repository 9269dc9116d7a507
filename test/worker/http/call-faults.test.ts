/** `x-lisbon-fault` where it is not allowed, by the paths that calls take. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import { developmentKey } from "../../../src/identity/server-key.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { ADMIN_KEY, operatorDeps } from "../../support/operator-deps.ts";

const SECRET = "a-secret-of-at-least-thirty-two-characters";

async function ask(path: string, headers: Record<string, string>, chaos: boolean): Promise<Response> {
  const deps = operatorDeps({ settings: { ...bareSettings, keySecrets: [SECRET], adminKey: ADMIN_KEY, chaos } });
  const request = new Request(`https://lisbon.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${await developmentKey(SECRET)}`, "x-lisbon-fault": "*=silent", ...headers },
    body: JSON.stringify({ model: "auto", max_tokens: 5, messages: [{ role: "user", content: "hi" }] }),
  });
  return await createApp(() => deps).fetch(request, env, createExecutionContext());
}

describe.each(["/v1/chat/completions", "/v1/messages"])("a fault by header at %s", (path) => {
  it.each([
    ["where faults are off", { "x-lisbon-admin-key": ADMIN_KEY }, false, 403, "faults_off"],
    ["without the admin key", {}, true, 401, "admin_only"],
    ["with a wrong admin key", { "x-lisbon-admin-key": "wrong" }, true, 401, "admin_only"],
    ["with the admin key, of no route", { "x-lisbon-admin-key": ADMIN_KEY }, true, 400, "invalid_request"],
  ])("%s is refused, never ignored", async (_when, headers, chaos, status, code) => {
    const answer = await ask(path, headers, chaos);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });
});
