/**
 * Differences that are meant: the SDK's version 1 sends the key as a bearer
 * token and `anthropic-version: 2026-10-21`; we send `x-api-key` and
 * `2023-06-01`, which every gateway and every model still speaks. The sampling
 * parameters are gone from the SDK's types and not from the API's older models.
 */
import Anthropic from "@anthropic-ai/sdk";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/messages/messages";
import { afterAll, describe, expect, it } from "vitest";
import { anthropic } from "../../../src/providers/anthropic/index.ts";
import { startCapture } from "../../support/capture.ts";
import { chatRequest, routeTo } from "../../support/providers.ts";

const server = await startCapture();
afterAll(() => server.close());

const sdk = new Anthropic({ apiKey: "sk-secret", baseURL: server.url, maxRetries: 0 });
const WEATHER_SCHEMA = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const ANSWER_SCHEMA = {
  type: "object",
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "An answer",
  properties: {
    points: { type: "integer", minimum: 1, maximum: 8, description: "How many." },
    tags: { type: "array", items: { type: "string", pattern: "^[a-z]+$" }, minItems: 1, maxItems: 3 },
    kind: { enum: ["a", "b"] },
    owner: { anyOf: [{ type: "null" }, { $ref: "#/$defs/person" }] },
    due: { type: "string", format: "date" },
    odd: { type: "string", format: "iban" },
    either: { oneOf: [{ type: "string" }, { const: 4 }] },
  },
  required: ["points", "tags", "owner"],
  additionalProperties: false,
  $defs: {
    person: {
      type: "object",
      properties: { email: { type: "string" } },
      required: ["email"],
      additionalProperties: false,
    },
  },
} as const;

interface Call {
  readonly openai: Readonly<Record<string, unknown>>;
  readonly theirs: Omit<MessageCreateParamsNonStreaming, "model"> & { readonly temperature?: number };
  readonly model?: string;
}

const user = (content: string) => ({ role: "user" as const, content });

const calls: Readonly<Record<string, Call>> = {
  text: {
    openai: {
      messages: [
        { role: "system", content: "Be brief." },
        user("Hi"),
        { role: "assistant", content: "Hello." },
        {
          role: "user",
          content: [
            { type: "text", text: "And?" },
            { type: "text", text: "Well?" },
          ],
        },
      ],
      max_completion_tokens: 100,
      stop: ["END", "STOP"],
      temperature: 0.2,
    },
    theirs: {
      system: "Be brief.",
      messages: [
        user("Hi"),
        { role: "assistant", content: "Hello." },
        {
          role: "user",
          content: [
            { type: "text", text: "And?" },
            { type: "text", text: "Well?" },
          ],
        },
      ],
      max_tokens: 100,
      stop_sequences: ["END", "STOP"],
      temperature: 0.2,
    },
  },
  images: {
    openai: {
      messages: [
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: "https://x.example/a.png" } },
            { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } },
            { type: "text", text: "Which?" },
          ],
        },
      ],
    },
    theirs: {
      max_tokens: 4096,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "url", url: "https://x.example/a.png" } },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } },
            { type: "text", text: "Which?" },
          ],
        },
      ],
    },
  },
  tools: {
    openai: {
      messages: [user("Go")],
      tools: [{ type: "function", function: { name: "look", description: "Looks", parameters: WEATHER_SCHEMA } }],
      tool_choice: "required",
      parallel_tool_calls: false,
    },
    theirs: {
      max_tokens: 4096,
      messages: [user("Go")],
      tools: [{ name: "look", description: "Looks", input_schema: WEATHER_SCHEMA }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    },
  },
  "tool results": {
    openai: {
      messages: [
        user("Go"),
        {
          role: "assistant",
          content: "Looking.",
          tool_calls: [
            { id: "toolu_1", type: "function", function: { name: "look", arguments: '{"city":"Lisboa"}' } },
            { id: "toolu_2", type: "function", function: { name: "look", arguments: '{"city":"Porto"}' } },
          ],
        },
        { role: "tool", tool_call_id: "toolu_1", content: "sunny" },
        { role: "tool", tool_call_id: "toolu_2", content: "rain" },
      ],
      tools: [{ type: "function", function: { name: "look", parameters: WEATHER_SCHEMA } }],
    },
    theirs: {
      max_tokens: 4096,
      messages: [
        user("Go"),
        {
          role: "assistant",
          content: [
            { type: "text", text: "Looking." },
            { type: "tool_use", id: "toolu_1", name: "look", input: { city: "Lisboa" } },
            { type: "tool_use", id: "toolu_2", name: "look", input: { city: "Porto" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_1", content: "sunny" },
            { type: "tool_result", tool_use_id: "toolu_2", content: "rain" },
          ],
        },
      ],
      tools: [{ name: "look", input_schema: WEATHER_SCHEMA }],
    },
  },
  "adaptive thinking": {
    model: "claude-opus-4-8",
    openai: { messages: [user("Go")], reasoning_effort: "xhigh", max_completion_tokens: 9000 },
    theirs: {
      max_tokens: 9000,
      messages: [user("Go")],
      thinking: { type: "adaptive" },
      output_config: { effort: "xhigh" },
    },
  },
  "a thinking budget": {
    model: "claude-haiku-4-5",
    openai: { messages: [user("Go")], reasoning_effort: "medium", max_completion_tokens: 20_000 },
    theirs: {
      max_tokens: 20_000,
      messages: [user("Go")],
      thinking: { type: "enabled", budget_tokens: 8192 },
    },
  },
};

function oursFor({ openai, model = "claude-sonnet-4-6" }: Omit<Call, "theirs">, stream: boolean) {
  return server.ours(
    anthropic.toRequest(chatRequest(openai), routeTo("anthropic", { baseUrl: server.url, model }), stream),
  );
}

describe.each(Object.entries(calls))("what we send to Anthropic for %s", (_name, call) => {
  const model = call.model ?? "claude-sonnet-4-6";

  it("is what its SDK sends", async () => {
    const theirs = await server.by(() => sdk.messages.create({ ...call.theirs, model }));
    const ours = await oursFor(call, false);

    expect(anthropic.cannotDo(chatRequest(call.openai), model)).toBeNull();
    expect(ours.body).toEqual(theirs.body);
    expect([ours.method, ours.path]).toEqual([theirs.method, theirs.path]);
    expect(ours.headers["content-type"]).toBe(theirs.headers["content-type"]);
  });

  it("is what its SDK sends, streamed", async () => {
    const theirs = await server.by(() => sdk.messages.create({ ...call.theirs, model, stream: true }));
    expect((await oursFor(call, true)).body).toEqual(theirs.body);
  });
});

describe("what we send to Anthropic for a JSON schema", () => {
  it("is what its SDK makes of that schema", async () => {
    const openai = {
      messages: [user("Go")],
      response_format: { type: "json_schema", json_schema: { name: "a", schema: ANSWER_SCHEMA, strict: true } },
    };
    const theirs = await server.by(() =>
      sdk.messages.parse({
        model: "claude-sonnet-4-6",
        max_tokens: 4096,
        messages: [user("Go")],
        output_config: { format: jsonSchemaOutputFormat(ANSWER_SCHEMA) },
      }),
    );
    expect((await oursFor({ openai }, false)).body).toEqual(theirs.body);
  });
});

describe("what we mean to send otherwise than Anthropic's SDK", () => {
  it("is the key's header and the API's version", async () => {
    const theirs = await server.by(() => sdk.messages.create({ model: "m", max_tokens: 1, messages: [user("Hi")] }));
    const ours = await oursFor({ openai: {} }, false);

    expect(theirs.headers).toMatchObject({ authorization: "Bearer sk-secret", "anthropic-version": "2026-10-21" });
    expect(ours.headers).toMatchObject({ "x-api-key": "sk-secret", "anthropic-version": "2023-06-01" });
    expect(ours.headers).not.toHaveProperty("authorization");
  });
});
