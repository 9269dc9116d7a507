import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";
import { toChatRequest } from "../../../src/anthropic-api/to-chat-request.ts";
import { isChatRequest } from "../../../src/openai/chat-request.ts";
import { ASKED } from "./support.ts";

type Params = Readonly<Record<string, unknown>>;
type Blocks = readonly Anthropic.ContentBlockParam[];

/** Through the border's schema, as every request comes. */
function said(fields: Params) {
  const translated = toChatRequest(MessagesRequest.parse({ ...ASKED, ...fields }));
  expect(isChatRequest(translated.request)).toBe(true);
  return translated;
}
const requestOf = (fields: Params) => {
  const { request, onlyNative } = said(fields);
  expect(onlyNative).toBeNull();
  return request;
};
const messagesOf = (...turns: readonly { role: "user" | "assistant" | "system"; content: string | Blocks }[]) =>
  requestOf({ messages: turns.map(({ role, content }) => ({ role, content })) }).messages;

const png = { type: "base64", media_type: "image/png", data: "iVBO" } as const;
const get = { name: "get", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } };

describe("Anthropic's conversation in OpenAI's language", () => {
  it("begins with the instructions", () => {
    const user = { role: "user", content: "Hi" };
    expect(requestOf({ system: "Be brief" }).messages).toEqual([{ role: "system", content: "Be brief" }, user]);
    expect(
      requestOf({
        system: [
          { type: "text", text: "a", cache_control: { type: "ephemeral" } },
          { type: "text", text: "b" },
        ],
      }).messages,
    ).toEqual([
      {
        role: "system",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      user,
    ]);
  });

  it("keeps instructions in the middle where they are", () => {
    expect(messagesOf({ role: "user", content: "Hi" }, { role: "system", content: "Be brief" })).toEqual([
      { role: "user", content: "Hi" },
      { role: "system", content: "Be brief" },
    ]);
  });

  it("holds images by their data and their address", () => {
    const url = { type: "url", url: "https://x.example/a.png" } as const;
    const content: Blocks = [
      { type: "text", text: "Look" },
      { type: "image", source: png },
      { type: "image", source: url },
    ];
    expect(messagesOf({ role: "user", content })).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } },
          { type: "image_url", image_url: { url: "https://x.example/a.png" } },
        ],
      },
    ]);
  });

  it("holds calls as JSON, and their results before the rest of the turn", () => {
    expect(
      messagesOf(
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm", signature: "s" },
            { type: "text", text: "I look" },
            { type: "tool_use", id: "a", name: "get", input: { city: "Lisboa" } },
            { type: "tool_use", id: "b", name: "get", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "Well?" },
            { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "sunny" }] },
            { type: "tool_result", tool_use_id: "b" },
          ],
        },
      ),
    ).toEqual([
      {
        role: "assistant",
        content: "I look",
        tool_calls: [
          { id: "a", type: "function", function: { name: "get", arguments: '{"city":"Lisboa"}' } },
          { id: "b", type: "function", function: { name: "get", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "sunny" },
      { role: "tool", tool_call_id: "b", content: "" },
      { role: "user", content: "Well?" },
    ]);
  });

  it.each([
    ["not found", "Error: not found"],
    ["Error: not found", "Error: not found"],
    ["<error>no</error>", "<error>no</error>"],
    [undefined, "Error:"],
  ])("says that the result %j is an error", (content, words) => {
    const result = { type: "tool_result", tool_use_id: "a", is_error: true, ...(content && { content }) } as const;
    expect(messagesOf({ role: "user", content: [result] })).toEqual([
      { role: "tool", tool_call_id: "a", content: words },
    ]);
  });

  it("ends as it ended: an answer that was begun stays", () => {
    const last = { role: "assistant", content: "The best answer is (" } as const;
    expect(messagesOf({ role: "user", content: "Which?" }, last).at(-1)).toEqual(last);
  });

  it("leaves no turn without content, though it held nothing but thoughts", () => {
    const thought = { type: "redacted_thinking", data: "d" } as const;
    expect(messagesOf({ role: "assistant", content: [thought] })).toEqual([{ role: "assistant", content: "" }]);
  });
});

describe("Anthropic's parameters in OpenAI's language", () => {
  it("are the same under other names", () => {
    const request = requestOf({
      stream: true,
      temperature: 0.2,
      top_p: 0.9,
      stop_sequences: ["END"],
      metadata: { user_id: "u1" },
    });
    expect(request).toEqual({
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      max_tokens: 50,
      temperature: 0.2,
      top_p: 0.9,
      stop: ["END"],
      user: "u1",
    });
  });

  it.each([
    [{ type: "auto" }, { tool_choice: "auto" }],
    [{ type: "any" }, { tool_choice: "required" }],
    [{ type: "none" }, { tool_choice: "none" }],
    [{ type: "tool", name: "get" }, { tool_choice: { type: "function", function: { name: "get" } } }],
    [
      { type: "auto", disable_parallel_tool_use: true },
      { tool_choice: "auto", parallel_tool_calls: false },
    ],
  ] as const)("choose tools: %j", (choice, fields) => {
    const {
      model: _model,
      messages: _messages,
      max_tokens: _bound,
      tools,
      ...rest
    } = requestOf({
      tools: [{ ...get, description: "Looks", cache_control: { type: "ephemeral" } }],
      tool_choice: choice,
    });
    expect(rest).toEqual(fields);
    expect(tools).toEqual([
      { type: "function", function: { name: "get", description: "Looks", parameters: get.input_schema } },
    ]);
  });

  it("leave out the choice where there are no tools, which OpenAI refuses", () => {
    expect(requestOf({ tools: [], tool_choice: { type: "auto" } })).not.toHaveProperty("tool_choice");
  });

  const closed = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false } as const;
  const optional = { type: "object", properties: { b: { ...closed, required: [] } }, required: ["b"] };
  it.each([
    [{ ...closed, required: ["a"] }, true],
    [closed, undefined],
    [{ ...optional, additionalProperties: false }, undefined],
    [{ type: "object", properties: { a: {} }, required: ["a"] }, undefined],
  ])("are strict where OpenAI would take the schema %j: %s", (schema, strict) => {
    const tool = { name: "get", input_schema: { ...schema, type: "object" as const }, strict: true };
    const { tools, response_format } = requestOf({
      tools: [tool],
      output_config: { format: { type: "json_schema", schema } },
    });
    expect(tools).toEqual([
      { type: "function", function: { name: "get", parameters: schema, ...(strict && { strict }) } },
    ]);
    expect(response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "answer", schema, ...(strict && { strict }) },
    });
  });

  it("know the schema in its first place too", () => {
    const format = { type: "json_schema", schema: { type: "object" } };
    expect(requestOf({ output_format: format }).response_format).toMatchObject({
      json_schema: { schema: format.schema },
    });
  });

  it.each([
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, "low"],
    [{ thinking: { type: "enabled", budget_tokens: 10_000 } }, "medium"],
    [{ thinking: { type: "enabled", budget_tokens: 64_000 } }, "high"],
    [{ thinking: { type: "adaptive" } }, "high"],
    [{ thinking: { type: "adaptive" }, output_config: { effort: "low" } }, "low"],
    [{ output_config: { effort: "max" } }, "max"],
    [{ thinking: { type: "disabled" }, output_config: { effort: "low" } }, undefined],
    [{}, undefined],
  ] as const)("think as hard: %j is %s", (fields, effort) => {
    expect(requestOf(fields).reasoning_effort).toBe(effort);
  });

  it("leave out a user's id that OpenAI finds too long", () => {
    expect(requestOf({ metadata: { user_id: "u".repeat(65) } })).not.toHaveProperty("user");
  });

  it("leave out what changes nothing about the answer", () => {
    const bookkeeping: Params = {
      service_tier: "auto",
      speed: "fast",
      cache_control: { type: "ephemeral" },
      diagnostics: { previous_message_id: null },
      mcp_servers: [],
      top_k: null,
    };
    expect(requestOf(bookkeeping)).toEqual(requestOf({}));
  });
});
