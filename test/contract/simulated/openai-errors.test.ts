import type OpenAI from "openai";
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { describe, expect, it } from "vitest";
import { errorOf, openaiClient, startForTests, WEATHER } from "./clients.ts";

const providers = await startForTests();
const client = openaiClient(providers.url);
const question: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Why is the sea salty?" }];

function ask(model: string): Promise<unknown> {
  return client.chat.completions.create({ model, messages: question });
}

/** Sends what the SDK's types would refuse. */
function send(body: object): Promise<unknown> {
  return client.post("/chat/completions", { body });
}

describe("a wrong key", () => {
  it("is an AuthenticationError with OpenAI's code", async () => {
    const error = await errorOf(
      openaiClient(providers.url, "bad").chat.completions.create({ model: "sim", messages: question }),
    );

    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: "invalid_api_key", type: "invalid_request_error" });
  });

  it("is demanded of everybody but local servers", async () => {
    const body = JSON.stringify({ model: "sim", messages: question });
    const refused = await fetch(`${providers.url}/hot/v1/chat/completions`, { method: "POST", body });
    const local = await fetch(`${providers.url}/local/v1/chat/completions`, { method: "POST", body });

    expect([refused.status, local.status]).toEqual([401, 200]);
  });
});

describe("an error that a model name asks for", () => {
  it.each([
    ["429:7", RateLimitError, { status: 429, code: "rate_limit_exceeded", type: "requests" }],
    ["quota", RateLimitError, { status: 429, code: "insufficient_quota", type: "insufficient_quota" }],
    ["credit", RateLimitError, { status: 429, code: "credit_balance_exhausted", type: "insufficient_quota" }],
    ["500", InternalServerError, { status: 500, type: "server_error" }],
    ["503", InternalServerError, { status: 503, type: "server_error" }],
    ["529", InternalServerError, { status: 529, type: "server_error" }],
    ["context", BadRequestError, { status: 400, code: "context_length_exceeded", param: "messages" }],
    ["filter", BadRequestError, { status: 400, code: "content_filter", param: "prompt", type: null }],
    ["filter:policy", BadRequestError, { status: 400, code: "content_policy_violation" }],
    ["bad-key", AuthenticationError, { status: 401, code: "invalid_api_key" }],
    ["model-missing", NotFoundError, { status: 404, code: "model_not_found" }],
    ["region", PermissionDeniedError, { status: 403, code: "unsupported_country_region_territory" }],
  ])("%s is the SDK's own class and code", async (fault, errorClass, fields) => {
    const error = await errorOf(ask(`sim-large@${fault}`));

    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject(fields);
  });

  it("carries Retry-After only when it has seconds", async () => {
    const timed = await errorOf(ask("sim@429:7"));
    const plain = await errorOf(ask("sim@429"));

    expect(timed instanceof APIError && timed.headers?.get("retry-after")).toBe("7");
    expect(plain instanceof APIError && plain.headers?.get("retry-after")).toBeNull();
  });

  it("is refused by name when there is no such fault", async () => {
    await expect(ask("sim@sillent")).rejects.toThrow(/no fault is named "sillent"; known: .*silent/);
    await expect(ask("sim@429:soon")).rejects.toThrow(/429 takes seconds, got "soon"/);
  });

  it("is not seen in a date", async () => {
    await expect(ask("claude-sonnet-4@20250514")).resolves.toMatchObject({ model: "claude-sonnet-4@20250514" });
  });
});

describe("a wrong request", () => {
  const toolMessage = { role: "tool", tool_call_id: "call_1", content: "21" };
  const calling = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
  };
  const model = "sim-large";

  it.each([
    ["no messages", { model }, { param: "messages", code: "missing_required_parameter" }],
    ["empty messages", { model, messages: [] }, { param: "messages", code: "empty_array" }],
    ["an unknown field", { model, messages: question, top_k: 3 }, { param: "top_k", code: "unknown_parameter" }],
    ["a wrong type", { model, messages: question, temperature: "hot" }, { param: "temperature", code: "invalid_type" }],
    ["a tool result without its call", { model, messages: [...question, toolMessage] }, { param: "messages.[1].role" }],
    [
      "a call without its result",
      { model, messages: [...question, calling, ...question] },
      { param: "messages.[2].role" },
    ],
    ["a choice without tools", { model, messages: question, tool_choice: "auto" }, { param: "tool_choice" }],
    [
      "a choice of an unknown tool",
      {
        model,
        messages: question,
        tools: [{ type: "function", function: { name: WEATHER.name } }],
        tool_choice: { type: "function", function: { name: "get_time" } },
      },
      { param: "tool_choice" },
    ],
    ["stream options without a stream", { model, messages: question, stream_options: {} }, { param: "stream_options" }],
    [
      "max_tokens for a reasoning model",
      { model: "o4-mini", messages: question, max_tokens: 9 },
      { param: "max_tokens", code: "unsupported_parameter" },
    ],
    [
      "JSON mode without the word",
      { model, messages: question, response_format: { type: "json_object" } },
      { param: "messages" },
    ],
    [
      "an open strict schema",
      {
        model,
        messages: question,
        response_format: { type: "json_schema", json_schema: { name: "x", strict: true, schema: { type: "object" } } },
      },
      { param: "response_format" },
    ],
  ])("with %s is a BadRequestError that names the field", async (_, body, fields) => {
    const error = await errorOf(send(body));

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", ...fields });
  });
});
