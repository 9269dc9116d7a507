import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../src/anthropic-api/message-of.ts";
import { messageHead, messageUsage } from "../../../src/anthropic-api/message.ts";
import type { ChatCompletion, CompletionChoice } from "../../../src/openai/chat-completion.ts";
import { ASKED, clientOf, USAGE } from "./support.ts";

function completionOf(
  message: Partial<CompletionChoice["message"]>,
  finish_reason: CompletionChoice["finish_reason"] = "stop",
): ChatCompletion {
  const whole = { role: "assistant", content: null, refusal: null, ...message } as const;
  return {
    id: "chatcmpl-1a",
    object: "chat.completion",
    created: 1_764_000_000,
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: whole, finish_reason, logprobs: null }],
    usage: USAGE,
  };
}

const call = (args: string, id = "call_1") => ({
  id,
  type: "function" as const,
  function: { name: "get", arguments: args },
});

describe("an unstreamed answer in Anthropic's language", () => {
  it("is a message by the official client's types, the beginning of a stream too", () => {
    const message: Anthropic.Message = messageOf(completionOf({ content: "Hi" }));
    const start: Anthropic.Message = { ...messageHead("x", "m", messageUsage(null)), content: [] };
    expect(Object.keys(message).toSorted()).toEqual(Object.keys(start).toSorted());
  });

  it("says thoughts, text and calls in that order", () => {
    const said = { reasoning_content: "Hm", content: "I look", tool_calls: [call('{"city":"Lisboa"}')] };
    expect(messageOf(completionOf(said, "tool_calls"))).toEqual({
      id: "msg_1a",
      type: "message",
      role: "assistant",
      model: "gpt-4o-mini",
      container: null,
      content: [
        { type: "thinking", thinking: "Hm", signature: "" },
        { type: "text", text: "I look", citations: null },
        { type: "tool_use", id: "call_1", name: "get", input: { city: "Lisboa" }, caller: { type: "direct" } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      stop_details: null,
      diagnostics: null,
      usage: {
        cache_creation: null,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 20,
        inference_geo: null,
        input_tokens: 10,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 3 },
        server_tool_use: null,
        service_tier: null,
        speed: null,
      },
    });
  });

  it.each([
    ["stop", {}, "end_turn"],
    ["length", {}, "max_tokens"],
    ["length", { tool_calls: [call("{")] }, "max_tokens"],
    ["content_filter", {}, "refusal"],
    ["tool_calls", { tool_calls: [call("{}")] }, "tool_use"],
    ["stop", { tool_calls: [call("{}")] }, "tool_use"],
    ["stop", { refusal: "No." }, "refusal"],
  ] as const)("that ended with %s (%j) ends with %s", (reason, said, stopReason) => {
    expect(messageOf(completionOf(said, reason)).stop_reason).toBe(stopReason);
  });

  it.each([
    ["", {}],
    ["[1]", { rawInvalidInput: "[1]" }],
    ['{"a":', { rawInvalidInput: '{"a":' }],
  ])("reads the arguments %j", (args, input) => {
    expect(messageOf(completionOf({ tool_calls: [call(args)] })).content).toMatchObject([{ input }]);
  });

  it("makes ids of calls such as Anthropic takes back", () => {
    const { content } = messageOf(completionOf({ tool_calls: [call("{}", "functions.get:0"), call("{}", "")] }));
    expect(content).toMatchObject([{ id: "functions_get_0" }, { id: "_" }]);
  });

  it("keeps an id that is Anthropic's, and a note of ours", () => {
    const x_lisbon = { continued: [] };
    const message = messageOf(Object.assign(completionOf({ content: "Hi" }), { id: "msg_01", x_lisbon }));
    expect(message).toMatchObject({ id: "msg_01", x_lisbon });
  });

  it("is understood by the official client", async () => {
    const body = JSON.stringify(messageOf(completionOf({ content: "Hi" })));
    const client = clientOf(body, { headers: { "content-type": "application/json" } });
    expect(await client.messages.create(ASKED)).toMatchObject({ content: [{ text: "Hi" }], stop_reason: "end_turn" });
  });
});
