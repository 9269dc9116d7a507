import { describe, expect, it } from "vitest";
import type { Caller } from "../../../src/domain/caller.ts";
import { boundOutput } from "../../../src/http/bound-output.ts";
import { refuseExtras } from "../../../src/http/refuse-extras.ts";
import { toChatRequest } from "../../../src/anthropic-api/to-chat-request.ts";
import { MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";

const page: Caller = {
  tenant: "acme",
  user: "u1",
  by: "client_token",
  keyId: "k",
  kinds: null,
  maxTokens: 500,
  origins: null,
  token: null,
};
const messages = [{ role: "user" as const, content: "hello" }];

function bounded(more: object) {
  return boundOutput({ request: { model: "draft", messages, ...more }, native: null }, page);
}

describe("a token's largest output", () => {
  it("is what a call gets that says no number, shared by its choices", () => {
    expect(bounded({})).toMatchObject({ ok: true, value: { request: { max_tokens: 500 } } });
    expect(bounded({ n: 4 })).toMatchObject({ ok: true, value: { request: { max_tokens: 125 } } });
  });

  it("lets a smaller number stand as it is", () => {
    expect(bounded({ max_completion_tokens: 7 })).toEqual({
      ok: true,
      value: { request: { model: "draft", messages, max_completion_tokens: 7 }, native: null },
    });
  });

  it.each([
    [{ max_tokens: 501 }, "max_tokens"],
    [{ max_completion_tokens: 501 }, "max_completion_tokens"],
    [{ max_completion_tokens: 10, max_tokens: 100_000 }, "max_tokens"],
    [{ max_tokens: 200, n: 3 }, "max_tokens"],
    [{ n: 501 }, "n"],
  ])("is not gone round by %j: the field is named", (more, param) => {
    expect(bounded(more)).toMatchObject({ ok: false, failure: { kind: "invalid_request", param } });
  });
});

function extras(more: object, caller: Caller = page) {
  return refuseExtras({ request: { model: "draft", messages, ...more }, native: null }, caller);
}

describe("what a page may say of its request", () => {
  it.each([
    { temperature: 0.2 },
    { tools: [] },
    { response_format: { type: "json_object" } },
    { seed: 1 },
    { stream_options: { include_usage: true } },
    { idempotencyKey: "k" },
    { on_cold: "error" },
  ])("is %j", (more) => {
    expect(extras(more)).toBeNull();
  });

  it.each([
    { models: ["other"] },
    { plugins: [] },
    { service_tier: "priority" },
    { web_search_options: {} },
    { baseUrl: "x" },
  ])("is not %j, which its server may say", (more) => {
    const [param] = Object.keys(more);
    expect(extras(more)).toMatchObject({ kind: "invalid_request", param });
    expect(extras(more, { ...page, by: "server_key", user: null })).toBeNull();
  });

  it.each([
    [{ speed: "fast" }, "speed"],
    [{ service_tier: "auto" }, "service_tier"],
    [{ mcp_servers: [] }, "mcp_servers"],
    [{ tools: [{ type: "web_search_20250305", name: "web_search" }] }, "tools"],
  ])("is not %j in Anthropic's language either", (more, param) => {
    const body = MessagesRequest.parse({
      model: "draft",
      max_tokens: 10,
      messages: [{ role: "user", content: "hi" }],
      ...more,
    });
    const { request, onlyNative } = toChatRequest(body);

    expect(refuseExtras({ request, native: { body, headers: {}, onlyNative } }, page)).toMatchObject({ param });
  });
});
