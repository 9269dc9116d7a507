import type Anthropic from "@anthropic-ai/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMessagesRequest, MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";
import { problemOf } from "../../../src/http/schema-problem.ts";
import { ASKED } from "./support.ts";

type Params = Anthropic.MessageCreateParams;
type Block = Anthropic.ContentBlockParam;

/** One of everything that the official client's types allow. */
const bodies: Readonly<Record<string, Partial<Params> & Readonly<Record<string, unknown>>>> = {
  "a system prompt in blocks": { system: [{ type: "text", text: "Be brief", cache_control: { type: "ephemeral" } }] },
  "instructions in the conversation": { messages: [...ASKED.messages, { role: "system", content: "Be brief" }] },
  sampling: { temperature: 0.2, top_p: 0.9, top_k: 5, stop_sequences: ["\n\nHuman"] },
  "a custom tool": {
    tools: [{ name: "get", input_schema: { type: "object" }, strict: true, cache_control: { type: "ephemeral" } }],
    tool_choice: { type: "tool", name: "get", disable_parallel_tool_use: true },
  },
  "tools of Anthropic's": {
    tools: [
      { type: "web_search_20250305", name: "web_search", max_uses: 3 },
      { type: "bash_20250124", name: "bash" },
      { type: "custom", name: "get", input_schema: { type: "object", properties: null } },
    ],
  },
  thoughts: { thinking: { type: "enabled", budget_tokens: 2048 } },
  "thoughts as the model likes": {
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "max" },
  },
  "no thoughts": { thinking: { type: "disabled" } },
  "a schema": { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
  "a schema in its first place": { output_format: { type: "json_schema", schema: { type: "object" } } },
  "no answer at all": { max_tokens: 0 },
  bookkeeping: {
    metadata: { user_id: null },
    service_tier: "standard_only",
    container: "c",
    inference_geo: "eu",
    cache_control: { type: "ephemeral" },
    mcp_servers: [{ type: "url", url: "https://x.example", name: "x" }],
  },
};

const png = { type: "base64", media_type: "image/png", data: "iVBO" } as const;
const blocks: readonly Block[] = [
  { type: "text", text: "" },
  { type: "image", source: png },
  { type: "image", source: { type: "url", url: "https://x.example/a.png" } },
  { type: "image", source: { type: "file", file_id: "f" } },
  { type: "document", source: { type: "text", media_type: "text/plain", data: "d" }, citations: { enabled: true } },
  { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "t" }] },
  { type: "thinking", thinking: "t", signature: "s" },
  { type: "redacted_thinking", data: "d" },
  { type: "tool_use", id: "toolu_1", name: "get", input: { city: "Lisboa" } },
  { type: "tool_result", tool_use_id: "toolu_1" },
  { type: "tool_result", tool_use_id: "toolu_1", content: "sunny", is_error: true },
  {
    type: "tool_result",
    tool_use_id: "toolu_1",
    content: [
      { type: "text", text: "a" },
      { type: "image", source: png },
    ],
  },
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
  { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
  { type: "container_upload", file_id: "f" },
];

function accepts(body: unknown): boolean {
  const parsed = MessagesRequest.safeParse(body).success;
  expect(isMessagesRequest(body)).toBe(parsed);
  return parsed;
}

describe("a request in Anthropic's language", () => {
  it.each(Object.entries(bodies))("may hold %s", (_name, fields) => {
    expect(accepts({ ...ASKED, ...fields })).toBe(true);
  });

  it.each(blocks)("may hold a block of type $type", (block) => {
    for (const role of ["user", "assistant"]) {
      expect(accepts({ ...ASKED, messages: [{ role, content: [block] }] })).toBe(true);
    }
  });

  it("may say null of what it leaves out", () => {
    const names = ["stream", "system", "tools", "tool_choice", "thinking", "output_config", "metadata"];
    expect(accepts({ ...ASKED, ...Object.fromEntries(names.map((name) => [name, null])) })).toBe(true);
  });

  it("is kept as it came", () => {
    const body = { ...ASKED, unheard_of: { deep: [1] }, messages: [{ role: "user", content: [...blocks], more: 1 }] };
    expect(MessagesRequest.parse(body)).toEqual(body);
  });

  it.each([
    [{ model: "" }, "model"],
    [{ messages: [] }, "messages"],
    [{ messages: undefined }, "messages"],
    [{ max_tokens: undefined }, "max_tokens"],
    [{ max_tokens: -1 }, "max_tokens"],
    [{ max_tokens: 1.5 }, "max_tokens"],
    [{ temperature: 1.5 }, "temperature"],
    [{ stream: "yes" }, "stream"],
    [{ system: [{ type: "text" }] }, "system[0].text"],
    [{ stop_sequences: "x" }, "stop_sequences"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
    [{ messages: [{ role: "user" }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: [{ type: "text", text: 1 }] }] }, "messages[0].content[0].text"],
    [
      {
        messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png" } }] }],
      },
      "messages[0].content[0].source.data",
    ],
    [{ messages: [{ role: "assistant", content: [{ type: "tool_use", name: "x" }] }] }, "messages[0].content[0].id"],
    [
      {
        messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text" }] }] }],
      },
      "messages[0].content[0].content[0].text",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "tool_result", content: "x" }] }] },
      "messages[0].content[0].tool_use_id",
    ],
    [{ tools: [{ name: "x" }] }, "tools[0].input_schema"],
    [{ tool_choice: { type: "tool" } }, "tool_choice.name"],
    [{ thinking: { type: "enabled" } }, "thinking.budget_tokens"],
    [{ output_config: { effort: 3 } }, "output_config.effort"],
    [{ metadata: { user_id: 3 } }, "metadata.user_id"],
  ])("%j is refused, and the field is named: %s", (fields, param) => {
    const body = { ...ASKED, ...fields };
    expect(accepts(body)).toBe(false);
    const { error } = MessagesRequest.safeParse(body);
    expect(error && problemOf(error).param).toBe(param);
  });

  it("is looked at by both in the same way, whatever comes", () => {
    const names = fc.constantFrom(...Object.keys(ASKED), "stream", "system", "tools", "tool_choice", "thinking", "x");
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(ASKED)));
    fc.assert(fc.property(fc.dictionary(names, values), (fields) => void accepts({ ...ASKED, ...fields })));
    fc.assert(fc.property(fc.jsonValue(), (body) => void accepts(body)));

    const leaf = fc.constantFrom<unknown>(undefined, null, "x", 1, true, [], {});
    const block = (content: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.record({
        type: fc.constantFrom("text", "image", "tool_use", "tool_result", "thinking", null),
        text: leaf,
        id: leaf,
        name: leaf,
        input: leaf,
        tool_use_id: leaf,
        content: fc.oneof(leaf, content),
        is_error: leaf,
        source: fc.oneof(leaf, fc.constant(png)),
      });
    const content = fc.array(block(fc.array(block(leaf), { maxLength: 2 })), { maxLength: 2 });
    const role = fc.constantFrom("user", "assistant", "system", "tool");
    const turns = fc.array(fc.record({ role, content: fc.oneof(leaf, content) }), { maxLength: 2 });
    fc.assert(
      fc.property(turns, (messages) => void accepts({ ...ASKED, messages })),
      { numRuns: 1000 },
    );
  });
});
