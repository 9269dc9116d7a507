import { describe, expect, it } from "vitest";
import { MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";
import { toChatRequest } from "../../../src/anthropic-api/to-chat-request.ts";
import type { Route } from "../../../src/domain/route.ts";
import { whatCannot } from "../../../src/providers/capabilities.ts";
import { routeTo } from "../../support/providers.ts";
import { ASKED } from "./support.ts";

const get = { name: "get", input_schema: { type: "object", properties: {} } };
const block = (content: unknown): Readonly<Record<string, unknown>> => ({
  messages: [{ role: "user", content: [content] }],
});

describe("what only Anthropic's own routes can be asked", () => {
  it.each([
    [{ top_k: 5 }, "top_k"],
    [{ container: "c" }, "container"],
    [{ mcp_servers: [{}] }, "mcp_servers"],
    [{ inference_geo: "eu" }, "inference_geo"],
    [{ unheard_of: 1 }, "unheard_of"],
    [{ max_tokens: 0 }, "max_tokens (0)"],
    [{ thinking: { type: "between_tools" } }, "thinking (between_tools)"],
    [{ output_config: { effort: "tiny" } }, "output_config (effort)"],
    [{ output_config: { task_budget: {} } }, "output_config (task_budget)"],
    [{ stop_sequences: Array.from({ length: 17 }, String) }, "stop_sequences (more than 16)"],
    [{ tools: [{ type: "web_search_20250305", name: "web_search" }] }, "tools (web_search_20250305)"],
    [{ tools: [{ ...get, name: "n".repeat(65) }] }, "tools (a name of more than 64 characters)"],
    [block({ type: "document", source: { type: "url", url: "https://x.example" } }), "messages (document)"],
    [block({ type: "image", source: { type: "file", file_id: "f" } }), "messages (image of another source)"],
    [block({ type: "server_tool_use", id: "s", name: "web_search", input: {} }), "messages (server_tool_use)"],
    [
      block({ type: "tool_result", tool_use_id: "a", content: [{ type: "search_result" }] }),
      "messages (search_result)",
    ],
  ] satisfies [Readonly<Record<string, unknown>>, string][])("%j", (fields, field) => {
    const translated = toChatRequest(MessagesRequest.parse({ ...ASKED, ...fields }));
    expect(translated.onlyNative).toBe(field);
  });
});

describe("an answer that the caller has begun", () => {
  const messages = [...ASKED.messages, { role: "assistant", content: "The answer is (" }];
  const cannot = (route: Route): string | null => {
    const body = MessagesRequest.parse({ ...ASKED, messages });
    const { request, onlyNative } = toChatRequest(body);
    return whatCannot({ request, native: { body, headers: {}, onlyNative } }, route);
  };

  it("is left to routes that go on with it", () => {
    const lacks = "messages (the last is the assistant's)";
    expect(cannot(routeTo("openai"))).toBe(lacks);
    expect(cannot(routeTo("bedrock"))).toBe(lacks);
    expect(cannot(routeTo("openai", { prefill: true }))).toBeNull();
    expect(cannot(routeTo("bedrock", { model: "anthropic.claude-sonnet-4-5-20250929-v1:0" }))).toBeNull();
    // It knows its models itself.
    expect(cannot(routeTo("anthropic"))).toBeNull();
  });
});
