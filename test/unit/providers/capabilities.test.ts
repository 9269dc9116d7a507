import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions/completions";
import { describe, expect, it } from "vitest";
import type { ApiId, Capability } from "../../../src/domain/route.ts";
import { PARAMETERS as anthropicParameters } from "../../../src/providers/anthropic/cannot-do.ts";
import { PARAMETERS as bedrockParameters } from "../../../src/providers/bedrock/cannot-do.ts";
import { whatCannot } from "../../../src/providers/capabilities.ts";
import { PARAMETERS as geminiParameters } from "../../../src/providers/gemini/cannot-do.ts";
import { chatRequest, routeTo } from "../../support/providers.ts";

/** Does not compile when OpenAI adds a parameter: then somebody decides what becomes of it. */
const EVERY_PARAMETER: Record<keyof ChatCompletionCreateParamsBase, true> = {
  messages: true,
  model: true,
  audio: true,
  frequency_penalty: true,
  function_call: true,
  functions: true,
  logit_bias: true,
  logprobs: true,
  max_completion_tokens: true,
  max_tokens: true,
  metadata: true,
  modalities: true,
  moderation: true,
  n: true,
  parallel_tool_calls: true,
  prediction: true,
  presence_penalty: true,
  prompt_cache_key: true,
  prompt_cache_options: true,
  prompt_cache_retention: true,
  reasoning_effort: true,
  response_format: true,
  safety_identifier: true,
  seed: true,
  service_tier: true,
  stop: true,
  store: true,
  stream: true,
  stream_options: true,
  temperature: true,
  tool_choice: true,
  tools: true,
  top_logprobs: true,
  top_p: true,
  user: true,
  verbosity: true,
  web_search_options: true,
};

function cannot(api: ApiId, fields: Readonly<Record<string, unknown>>, model?: string): string | null {
  return whatCannot({ request: chatRequest(fields), native: null }, routeTo(api, model === undefined ? {} : { model }));
}

const user = (...content: readonly unknown[]) => ({ messages: [{ role: "user", content }] });
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
const jsonSchema = (schema: unknown) => ({
  response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
});
const OBJECT = { type: "object", properties: { a: { type: "string" } } };

describe("every parameter of OpenAI's", () => {
  it.each([
    ["Anthropic", anthropicParameters],
    ["Gemini", geminiParameters],
    ["Bedrock", bedrockParameters],
  ])("has been thought of at %s", (_name, parameters) => {
    expect(Object.keys(parameters).toSorted()).toEqual(Object.keys(EVERY_PARAMETER).toSorted());
  });
});

describe.each<ApiId>(["anthropic", "gemini", "bedrock"])("a request that %s cannot honour", (api) => {
  it.each([
    [{ n: 2 }, "n"],
    [{ logprobs: true }, "logprobs"],
    [{ top_logprobs: 3 }, "top_logprobs"],
    [{ frequency_penalty: 0.5 }, "frequency_penalty"],
    [{ presence_penalty: -1 }, "presence_penalty"],
    [{ logit_bias: { 50256: -100 } }, "logit_bias"],
    [{ modalities: ["text", "audio"] }, "modalities"],
    [{ audio: { voice: "alloy", format: "wav" } }, "audio"],
    [{ verbosity: "low" }, "verbosity"],
    [{ functions: [] }, "functions"],
    [{ unheard_of: 1 }, "unheard_of"],
    [{ constructor: 1 }, "constructor"],
    [{ reasoning_effort: "enormous" }, "reasoning_effort"],
    [{ tools: [{ type: "custom", custom: {} }] }, "tools (custom)"],
    [{ tools, tool_choice: { type: "allowed_tools", allowed_tools: {} } }, "tool_choice (allowed_tools)"],
    [user({ type: "input_audio", input_audio: {} }), "messages (input_audio)"],
    [user({ type: "file", file: {} }), "messages (file)"],
    [user(image("http://x.example/a.png")), "messages (image_url)"],
    [user(image("data:image/svg+xml;base64,AA")), "messages (image_url)"],
    [user(image("data:image/png,AA")), "messages (image_url)"],
    [{ messages: [{ role: "system", content: "Be brief." }] }, "messages (nothing but instructions)"],
    [{ messages: [{ role: "user", content: "" }] }, "messages (nothing but instructions)"],
    [{ messages: [{ role: "assistant", audio: { id: "a" } }] }, "messages (audio)"],
  ])("%j names %s", (fields, parameter) => {
    expect(cannot(api, fields)).toBe(parameter);
  });

  it("is none for what changes nothing", () => {
    const harmless = {
      user: "u",
      store: true,
      metadata: { a: "b" },
      service_tier: "flex",
      prompt_cache_key: "k",
      safety_identifier: "s",
      stream_options: { include_usage: true },
      n: 1,
      logprobs: false,
      frequency_penalty: 0,
      presence_penalty: 0,
      logit_bias: {},
      modalities: ["text"],
      seed: null,
      response_format: { type: "text" },
      unheard_of: null,
    };
    expect(cannot(api, harmless)).toBeNull();
  });

  it("is none for messages that came from an answer and go back as they are", () => {
    const message = {
      role: "assistant",
      content: "Hi",
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
    };
    expect(
      cannot(api, { messages: [{ role: "user", content: "Hi" }, message, { role: "user", content: "So?" }] }),
    ).toBeNull();
  });
});

describe("what Claude cannot do", () => {
  it.each([
    [{ seed: 7 }, "claude-sonnet-4-6", "seed"],
    [{ temperature: 1.5 }, "claude-sonnet-4-5", "temperature above 1"],
    [{ temperature: 0.5 }, "claude-sonnet-4-6", null],
    [{ temperature: 0.5 }, "claude-opus-4-7", "temperature"],
    [{ temperature: 1 }, "claude-opus-4-7", null],
    [{ top_p: 0.5 }, "claude-sonnet-5-5", "top_p"],
    [{ temperature: 0.5, top_p: 0.5 }, "claude-sonnet-4-6", "temperature with top_p"],
    [{ temperature: 0.5, top_p: 0.5 }, "claude-sonnet-4-20250514", null],
    [{ stop: ["\n"] }, "claude-sonnet-4-6", "stop (white space)"],
    [{ response_format: { type: "json_object" } }, "claude-sonnet-4-6", "response_format (json_object)"],
    [jsonSchema(OBJECT), "claude-sonnet-4-6", null],
    [jsonSchema(undefined), "claude-sonnet-4-6", "response_format (json_schema)"],
    [jsonSchema({ type: "object" }), "claude-sonnet-4-6", "response_format (json_schema)"],
    [
      jsonSchema({ type: "object", additionalProperties: { type: "string" } }),
      "claude-sonnet-4-6",
      "response_format (json_schema)",
    ],
    [jsonSchema({ properties: {} }), "claude-sonnet-4-6", "response_format (json_schema)"],
    [{ reasoning_effort: "none" }, "claude-fable-5", "reasoning_effort (none)"],
    [{ reasoning_effort: "low" }, "claude-3-5-haiku-latest", "reasoning_effort"],
    [{ reasoning_effort: "low", temperature: 0 }, "claude-sonnet-4-6", "reasoning_effort with temperature or top_p"],
    [
      { reasoning_effort: "low", tools, tool_choice: "required" },
      "claude-sonnet-4-6",
      "reasoning_effort with tool_choice",
    ],
    [
      { reasoning_effort: "low", max_tokens: 1000 },
      "claude-haiku-4-5",
      "reasoning_effort with fewer than 1,025 tokens",
    ],
    [{ reasoning_effort: "low", max_tokens: 1000 }, "claude-sonnet-4-6", null],
  ])("%j at %s: %s", (fields, model, expected) => {
    expect(cannot("anthropic", fields, model)).toBe(expected);
  });

  it("is to go on from its own words, from 4.6 on", () => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Once" },
    ];
    expect(cannot("anthropic", { messages }, "sonnet-4.6")).toBe("messages (the last is the assistant's)");
    expect(cannot("anthropic", { messages }, "haiku-4.5")).toBeNull();
  });

  it("is to think on after a tool's result without its signed thoughts, before 4.6", () => {
    const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "x" },
    ];
    expect(cannot("anthropic", { messages, reasoning_effort: "low" }, "claude-haiku-4-5")).toBe(
      "reasoning_effort after tool results",
    );
    expect(cannot("anthropic", { messages, reasoning_effort: "low" }, "claude-sonnet-4-6")).toBeNull();
  });
});

describe("what Gemini cannot do", () => {
  it.each([
    [{ seed: 7 }, "gemini-3-flash", null],
    [{ seed: 3_000_000_000 }, "gemini-3-flash", "seed (beyond 32 bits)"],
    [{ stop: ["a", "b", "c", "d", "e", "f"] }, "gemini-3-flash", "stop"],
    [{ temperature: 2 }, "gemini-3-flash", null],
    [{ tools, parallel_tool_calls: false }, "gemini-3-flash", "parallel_tool_calls"],
    [{ parallel_tool_calls: false }, "gemini-3-flash", null],
    [{ tools: [{ type: "function", function: { name: "2look" } }] }, "gemini-3-flash", "tools (name)"],
    [{ tools, ...jsonSchema(OBJECT) }, "gemini-2.5-flash", "response_format with tools"],
    [{ tools, ...jsonSchema(OBJECT) }, "gemini-3-flash", null],
    [{ response_format: { type: "json_object" } }, "gemini-2.5-flash", null],
    [{ reasoning_effort: "none" }, "gemini-2.5-flash", null],
    [{ reasoning_effort: "none" }, "gemini-2.5-pro", "reasoning_effort (none)"],
    [{ reasoning_effort: "none" }, "gemini-3-flash", "reasoning_effort (none)"],
    [{ reasoning_effort: "low" }, "gemini-2.0-flash", "reasoning_effort"],
    [user(image("https://x.example/a.png")), "gemini-2.0-flash", "messages (image_url)"],
    [user(image("https://x.example/a.png")), "gemini-2.5-flash", null],
  ])("%j at %s: %s", (fields, model, expected) => {
    expect(cannot("gemini", fields, model)).toBe(expected);
  });
});

describe("an OpenAI-compatible server", () => {
  it("is asked for anything: it says itself what it cannot do", () => {
    expect(cannot("openai", { n: 2, unheard_of: 1, logprobs: true, ...user({ type: "input_audio" }) })).toBeNull();
  });
});

describe("the map's word", () => {
  const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" } };
  const messages = [
    { role: "user", content: "Hi" },
    { role: "assistant", tool_calls: [call, { ...call, id: "d" }] },
    { role: "tool", tool_call_id: "c", content: "x" },
    { role: "tool", tool_call_id: "d", content: "x" },
  ];

  it.each<readonly [Capability, Readonly<Record<string, unknown>>, string | null]>([
    ["tools", { tools }, "tools"],
    ["tools", { messages }, "tools"],
    ["tools", { tools: [] }, null],
    ["parallel_tools", { tools }, null],
    ["parallel_tools", { tools, parallel_tool_calls: true }, "parallel_tool_calls"],
    ["parallel_tools", { messages }, "parallel_tool_calls"],
    ["images", user(image("https://x.example/a.png")), "messages (image_url)"],
    ["images", {}, null],
    ["json_object", { response_format: { type: "json_object" } }, "response_format (json_object)"],
    ["json_schema", jsonSchema(OBJECT), "response_format (json_schema)"],
    ["json_schema", { response_format: { type: "json_object" } }, null],
    ["seed", { seed: 0 }, "seed"],
    ["stop", { stop: "x" }, "stop"],
    ["reasoning_effort", { reasoning_effort: "low" }, "reasoning_effort"],
    ["reasoning_effort", { reasoning_effort: null }, null],
    ["streaming", { stream: true }, "stream"],
    ["streaming", { stream: false }, null],
  ])("that a route has no %s, with %j: %s", (capability, fields, expected) => {
    expect(
      whatCannot({ request: chatRequest(fields), native: null }, routeTo("openai", { cannot: new Set([capability]) })),
    ).toBe(expected);
  });
});
