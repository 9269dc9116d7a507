/** What both languages can say is the same after it went through the other one. */
import type Anthropic from "@anthropic-ai/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMessagesRequest, MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";
import { toChatRequest } from "../../../src/anthropic-api/to-chat-request.ts";
import { ChatRequest, isChatRequest } from "../../../src/openai/chat-request.ts";
import { providers } from "../../../src/providers/all.ts";
import { routeTo } from "../../support/providers.ts";

const words = fc.stringMatching(/^[a-zA-Zäß🌊 ]{0,10}[a-zß🌊]$/u);
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const input = fc.dictionary(name, fc.oneof(words, fc.integer(), fc.array(fc.boolean())), { maxKeys: 3 });

/** A schema that both take as strict: closed, and nothing optional. */
const schema = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).map((names) => ({
  type: "object" as const,
  properties: Object.fromEntries(names.map((one) => [one, { type: "string" }])),
  required: names,
  additionalProperties: false,
}));

const text = words.map((said) => ({ type: "text" as const, text: said }));
const image = fc.constantFrom(
  { type: "image" as const, source: { type: "base64" as const, media_type: "image/png" as const, data: "iVBO" } },
  { type: "image" as const, source: { type: "url" as const, url: "https://x.example/a.png" } },
);
const shown = fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 });

/** One round: a question, an answer that may call, and the results of its calls. */
const round = fc.record({
  asked: shown,
  answered: fc.array(text, { maxLength: 2 }),
  calls: fc.array(fc.tuple(name, input, shown), { maxLength: 3 }),
});

const conversation = fc.tuple(fc.array(round, { maxLength: 3 }), shown).map(([rounds, last]) => {
  const turns: { role: "user" | "assistant"; content: Anthropic.ContentBlockParam[] }[] = [];
  let results: Anthropic.ContentBlockParam[] = [];
  for (const [at, { asked, answered, calls }] of rounds.entries()) {
    if (answered.length + calls.length === 0) continue;
    turns.push({ role: "user", content: [...results, ...asked] });
    const called = calls.map(([tool, given], which) => ({
      type: "tool_use" as const,
      id: `toolu_${at}_${which}`,
      name: tool,
      input: given,
    }));
    turns.push({ role: "assistant", content: [...answered, ...called] });
    results = called.map(({ id }, which) => ({
      type: "tool_result" as const,
      tool_use_id: id,
      content: calls[which]?.[2] ?? [],
    }));
  }
  return [...turns, { role: "user" as const, content: [...results, ...last] }];
});

const choice: fc.Arbitrary<Anthropic.ToolChoice> = fc.oneof(
  fc.constant({ type: "none" } as const),
  fc.record({ type: fc.constantFrom("auto" as const, "any" as const) }),
  fc.record({ type: fc.constantFrom("auto" as const, "any" as const), disable_parallel_tool_use: fc.constant(true) }),
  fc.record({ type: fc.constant("tool" as const), name }),
);
const tool = fc.record({ name, description: words, input_schema: schema, strict: fc.constantFrom(true, undefined) });
const toolFields = maybe(
  fc.record({ tools: fc.array(tool, { minLength: 1, maxLength: 2 }), tool_choice: maybe(choice) }),
);

const thought = fc.constantFrom(
  {},
  { thinking: { type: "adaptive" as const }, output_config: { effort: "low" as const } },
  { thinking: { type: "adaptive" as const }, output_config: { effort: "max" as const } },
);

const messagesRequests = fc
  .record({
    messages: conversation,
    system: maybe(fc.array(text, { minLength: 1, maxLength: 2 })),
    max_tokens: fc.integer({ min: 1, max: 9000 }),
    temperature: maybe(fc.constantFrom(0, 0.5)),
    top_p: maybe(fc.constantFrom(0.1, 0.5)),
    stop_sequences: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    stream: maybe(fc.constant(true)),
    tools: toolFields,
    thought,
    format: maybe(schema.map((shape) => ({ type: "json_schema" as const, schema: shape }))),
  })
  .map(({ tools, thought: { thinking, output_config: config }, format, ...rest }) => ({
    model: "claude-opus-4-7",
    ...rest,
    ...tools,
    ...(thinking && { thinking }),
    ...((config || format) && { output_config: { ...config, ...(format && { format }) } }),
  }));

const route = routeTo("anthropic", { model: "claude-opus-4-7" });

function atAnthropic(request: ChatRequest): unknown {
  const body: unknown = JSON.parse(providers.anthropic.toRequest(request, route, request.stream === true).body);
  expect(isMessagesRequest(body)).toBe(true);
  return body;
}

/** A text alone is short for a list of one block. */
function spelledOut(value: unknown, key = ""): unknown {
  if ((key === "content" || key === "system") && typeof value === "string") return [{ type: "text", text: value }];
  if (Array.isArray(value)) return value.map((one) => spelledOut(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([inside, inner]) => [inside, spelledOut(inner, inside)]),
  );
}

describe("a request in Anthropic's language", () => {
  it("is the same after it went through OpenAI's", () => {
    fc.assert(
      fc.property(messagesRequests, (body) => {
        const { request, onlyNative } = toChatRequest(MessagesRequest.parse(body));
        expect(onlyNative).toBeNull();
        expect(isChatRequest(request)).toBe(true);
        expect(spelledOut(atAnthropic(request))).toEqual(spelledOut(body));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the measure of its thoughts where a model takes budgets", () => {
    for (const budget_tokens of [1024, 8192, 24_576]) {
      const thinking = { type: "enabled", budget_tokens };
      const { request } = toChatRequest({
        model: "m",
        messages: [{ role: "user", content: "Hi" }],
        max_tokens: 60_000,
        thinking,
      });
      const wire = providers.anthropic.toRequest(request, routeTo("anthropic", { model: "claude-sonnet-4-5" }), false);
      expect(JSON.parse(wire.body)).toMatchObject({ thinking, max_tokens: 60_000 });
    }
  });
});

const part = fc.oneof(
  text,
  fc
    .constantFrom("https://x.example/a.png", "data:image/png;base64,iVBO")
    .map((url) => ({ type: "image_url" as const, image_url: { url } })),
);
const chatRequests = fc
  .record({
    system: maybe(words),
    rounds: fc.array(
      fc.record({
        asked: fc.oneof(words, fc.array(part, { minLength: 2, maxLength: 3 })),
        answered: maybe(words),
        calls: fc.array(fc.tuple(name, input, words), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
    max_tokens: fc.integer({ min: 1, max: 9000 }),
    temperature: maybe(fc.constantFrom(0, 0.5)),
    stop: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    reasoning_effort: maybe(fc.constantFrom("low", "medium", "high", "xhigh", "max")),
    stream: maybe(fc.constant(true)),
    offered: maybe(
      fc.record({
        tools: fc.array(
          fc
            .record({ name, description: words, parameters: schema, strict: fc.constantFrom(true, undefined) })
            .map((named) => ({ type: "function", function: named })),
          { minLength: 1, maxLength: 2 },
        ),
        tool_choice: fc.oneof(
          fc.constantFrom("auto", "required", "none"),
          name.map((one) => ({ type: "function", function: { name: one } })),
        ),
      }),
    ),
    shape: maybe(schema),
  })
  .map(({ system, rounds, offered, shape, ...rest }) => {
    const turns = rounds.flatMap(({ asked, answered, calls }, at) => {
      if (answered === undefined && calls.length === 0) return [];
      const called = calls.map(([tool_, given], which) => ({
        id: `call_${at}_${which}`,
        type: "function",
        function: { name: tool_, arguments: JSON.stringify(given) },
      }));
      return [
        { role: "user", content: asked },
        { role: "assistant", content: answered ?? null, ...(called.length > 0 && { tool_calls: called }) },
        ...calls.map(([, , result], which) => ({ role: "tool", tool_call_id: `call_${at}_${which}`, content: result })),
      ];
    });
    const messages = [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      ...turns,
      { role: "user", content: "And?" },
    ];
    return {
      model: "claude-opus-4-7",
      messages,
      ...rest,
      ...offered,
      ...(shape && {
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: shape, strict: true } },
      }),
    };
  });

describe("a request in OpenAI's language", () => {
  it("is the same after it went through Anthropic's", () => {
    fc.assert(
      fc.property(chatRequests, (given) => {
        const request = ChatRequest.parse(given);
        const { request: back, onlyNative } = toChatRequest(MessagesRequest.parse(atAnthropic(request)));
        expect(onlyNative).toBeNull();
        expect(back).toEqual(JSON.parse(JSON.stringify(request)));
      }),
      { numRuns: 300 },
    );
  });
});
