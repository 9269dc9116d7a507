import { describe, expect, it } from "vitest";
import { providers } from "../../../src/providers/all.ts";
import { STAMP } from "../../support/providers.ts";

describe("a 2xx that is no answer", () => {
  const html = "<!DOCTYPE html><html><title>Welcome</title></html>";
  it.each([
    ["openai", html, "unreadable"],
    ["openai", null, "unreadable"],
    ["openai", {}, "unreadable"],
    ["openai", { choices: [] }, "unreadable"],
    ["openai", { choices: [{ message: { content: "" }, finish_reason: "stop" }] }, "empty_answer"],
    [
      "openai",
      { choices: [{ message: { content: null, tool_calls: [] }, finish_reason: "tool_calls" }] },
      "empty_answer",
    ],
    [
      "openai",
      { choices: [{ message: { content: null, reasoning_content: "Hm." }, finish_reason: "stop" }] },
      "empty_answer",
    ],
    ["anthropic", html, "unreadable"],
    ["anthropic", { type: "message" }, "unreadable"],
    ["anthropic", { content: [], stop_reason: "end_turn" }, "empty_answer"],
    ["anthropic", { content: [{ type: "thinking", thinking: "Hm." }], stop_reason: "end_turn" }, "empty_answer"],
    ["anthropic", { content: [], stop_reason: "refusal" }, "content_filtered"],
    ["gemini", html, "unreadable"],
    ["gemini", {}, "unreadable"],
    ["gemini", [], "unreadable"],
    ["gemini", { candidates: [{ finishReason: "STOP" }] }, "empty_answer"],
    ["gemini", { candidates: [{ finishReason: "SAFETY" }] }, "content_filtered"],
    ["gemini", { candidates: [{ finishReason: "OTHER" }] }, "server_error"],
    ["gemini", { promptFeedback: { blockReason: "SAFETY" } }, "content_filtered"],
    ["bedrock", html, "unreadable"],
    ["bedrock", null, "unreadable"],
    ["bedrock", [], "unreadable"],
    ["bedrock", {}, "unreadable"],
    ["bedrock", converse([], "end_turn"), "empty_answer"],
    ["bedrock", converse([{ reasoningContent: { reasoningText: { text: "Hm." } } }], "end_turn"), "empty_answer"],
    ["bedrock", converse([], "content_filtered"), "content_filtered"],
    ["bedrock", converse([], "guardrail_intervened"), "content_filtered"],
    ["bedrock", converse([{ text: "print(" }], "malformed_tool_use"), "server_error"],
    ["bedrock", { __type: "ThrottlingException", message: "Too many requests" }, "rate_limited"],
  ] as const)("of %s: %j is %s", (api, body, kind) => {
    expect(providers[api].fromResponse(body, STAMP)).toMatchObject({ ok: false, failure: { kind } });
  });
});

describe("an answer that used up its tokens before its first word", () => {
  it.each([
    ["openai", { choices: [{ message: { content: "" }, finish_reason: "length" }] }],
    ["anthropic", { content: [{ type: "thinking", thinking: "Hm." }], stop_reason: "max_tokens" }],
    ["gemini", { candidates: [{ content: {}, finishReason: "MAX_TOKENS" }] }],
    ["bedrock", converse([{ reasoningContent: { reasoningText: { text: "Hm." } } }], "max_tokens")],
  ] as const)("is an answer at %s", (api, body) => {
    const result = providers[api].fromResponse(body, STAMP);
    expect(result).toMatchObject({ ok: true, value: { choices: [{ finish_reason: "length" }] } });
  });
});

describe("an answer of the model with a refusal", () => {
  it("is an answer", () => {
    const body = { choices: [{ message: { content: null, refusal: "I cannot." }, finish_reason: "stop" }] };
    expect(providers.openai.fromResponse(body, STAMP)).toMatchObject({ ok: true });
  });
});

function converse(content: readonly unknown[], stopReason: string) {
  return { output: { message: { role: "assistant", content } }, stopReason };
}
