import {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  RateLimitError,
  ServiceUnavailableError,
} from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { anthropicClient, errorOf, startForTests, WEATHER } from "./clients.ts";

const providers = await startForTests();
const client = anthropicClient(providers.url);
const question = { role: "user", content: "Why is the sea salty?" } as const;

function ask(model: string): Promise<unknown> {
  return client.messages.create({ model, max_tokens: 200, messages: [question] });
}

/** Sends what the SDK's types would refuse. */
function send(body: object): Promise<unknown> {
  return client.post("/v1/messages", { body });
}

/** By hand, under the older version. */
function post(body: object): Promise<Response> {
  return fetch(`${providers.url}/claude/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
}

describe("a wrong key", () => {
  it("is an AuthenticationError, in both ways to send it", async () => {
    const wrong = anthropicClient(providers.url, "bad");
    const error = await errorOf(wrong.messages.create({ model: "sim", max_tokens: 9, messages: [question] }));
    const header = await fetch(`${providers.url}/claude/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "bad", "anthropic-version": "2023-06-01" },
      body: "{}",
    });

    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, type: "authentication_error" });
    expect(await header.json()).toMatchObject({ error: { message: "invalid x-api-key" } });
  });

  it("is reported before a missing version", async () => {
    const url = `${providers.url}/claude/v1/messages`;
    const keyless = await fetch(url, { method: "POST", body: "{}" });
    const versionless = await fetch(url, { method: "POST", headers: { "x-api-key": "k" }, body: "{}" });

    expect(keyless.status).toBe(401);
    expect(versionless.status).toBe(400);
    expect(await versionless.json()).toMatchObject({ error: { message: "anthropic-version: header is required" } });
  });
});

describe("an error that a model name asks for", () => {
  it.each([
    ["429:7", RateLimitError, { status: 429, type: "rate_limit_error", errorCode: null }],
    ["quota", RateLimitError, { status: 429, type: "rate_limit_error", errorCode: "enforced_spend_limit_reached" }],
    [
      "quota:own-limit",
      BadRequestError,
      { status: 400, apiMessage: expect.stringMatching(/You have reached your specified API usage limits/) },
    ],
    ["credit", BadRequestError, { status: 400, apiMessage: expect.stringMatching(/credit balance is too low/) }],
    ["500", InternalServerError, { status: 500, type: "api_error" }],
    ["503", ServiceUnavailableError, { status: 503 }],
    ["529", OverloadedError, { status: 529, type: "overloaded_error" }],
    ["context", BadRequestError, { status: 400, apiMessage: expect.stringMatching(/prompt is too long/) }],
    ["bad-key", AuthenticationError, { status: 401, type: "authentication_error" }],
    ["model-missing", NotFoundError, { status: 404, type: "not_found_error", apiMessage: "model: sim@model-missing" }],
    ["region", PermissionDeniedError, { status: 403, apiMessage: "Request not allowed" }],
  ])("%s is the SDK's own class and type", async (fault, errorClass, fields) => {
    const error = await errorOf(ask(`sim@${fault}`));

    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject(fields);
  });

  it("is a refusal rather than an error for the filter", async () => {
    const request = { model: "sim@filter", max_tokens: 200, messages: [question] };

    const refused = { content: [], stop_reason: "refusal", stop_details: { type: "refusal" } };
    expect(await client.messages.create(request)).toMatchObject(refused);
    expect(await client.messages.stream(request).finalMessage()).toMatchObject(refused);
  });
});

describe("a wrong request", () => {
  const good = { model: "sim-large", max_tokens: 200, messages: [question] };
  const toolUse = { type: "tool_use", id: "toolu_1", name: WEATHER.name, input: {} };
  const toolResult = { type: "tool_result", tool_use_id: "toolu_1", content: "21" };
  const tools = [{ name: WEATHER.name, input_schema: WEATHER.schema }];
  const called = [question, { role: "assistant", content: [toolUse] }, { role: "user", content: [toolResult] }];

  it.each([
    ["no max_tokens", { ...good, max_tokens: undefined }, /max_tokens: Field required/],
    ["no messages", { ...good, messages: undefined }, /messages: Field required/],
    ["an unknown field", { ...good, seed: 1 }, /seed: Extra inputs are not permitted/],
    [
      "a temperature under the newest version",
      { ...good, temperature: 1 },
      /temperature: Extra inputs are not permitted/,
    ],
    ["a role of its own", { ...good, messages: [{ role: "system", content: "x" }] }, /Unexpected role "system"/],
    [
      "an assistant first",
      { ...good, messages: [{ role: "assistant", content: "x" }, question] },
      /first message must use/,
    ],
    [
      "a prefill",
      { ...good, messages: [question, { role: "assistant", content: "The" }] },
      /does not support assistant message prefill/,
    ],
    [
      "empty text",
      { ...good, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      /must be non-empty/,
    ],
    [
      "a result without its call",
      { ...good, messages: [{ role: "user", content: [toolResult] }] },
      /unexpected `tool_use_id` found/,
    ],
    [
      "a call without its result",
      { ...good, messages: [...called.slice(0, 2), question] },
      /without `tool_result` blocks immediately after: toolu_1/,
    ],
    ["a choice without tools", { ...good, tool_choice: { type: "auto" } }, /only be specified while providing tools/],
    ["a choice of an unknown tool", { ...good, tools, tool_choice: { type: "tool", name: "x" } }, /Tool 'x' not found/],
    ["a small thinking budget", { ...good, thinking: { type: "enabled", budget_tokens: 9 } }, /budget_tokens/],
    [
      "a budget above max_tokens",
      { ...good, thinking: { type: "enabled", budget_tokens: 1024 } },
      /must be greater than/,
    ],
    [
      "thinking and a forced tool",
      { ...good, tools, thinking: { type: "adaptive" }, tool_choice: { type: "any" } },
      /Thinking may not be enabled/,
    ],
    [
      "lost thoughts",
      { ...good, max_tokens: 2000, tools, messages: called, thinking: { type: "enabled", budget_tokens: 1024 } },
      /Expected `thinking`/,
    ],
    [
      "an open schema",
      { ...good, output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      /must be explicitly set to false/,
    ],
  ])("with %s is a BadRequestError that says so", async (_, body, words) => {
    const error = await errorOf(send(body));

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      apiMessage: expect.stringMatching(words),
    });
  });

  it("may still give a temperature under the older version, but not together with top_p", async () => {
    expect((await post({ ...good, temperature: 0.3 })).status).toBe(200);
    expect((await post({ ...good, temperature: 0.3, top_p: 0.9 })).status).toBe(400);
  });
});
