import { describe, expect, it } from "vitest";
import { providers } from "../../../src/providers/all.ts";
import { STAMP } from "../../support/providers.ts";

const { openai, anthropic, gemini } = providers;

const OPENAI_ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_764_000_001,
  model: "gpt-4o-mini-2024-07-18",
  system_fingerprint: "fp_1",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Olá", refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
};

describe("OpenAI's answer", () => {
  it("is passed on as it came, fields that nobody here knows too", () => {
    expect(openai.fromResponse(OPENAI_ANSWER, STAMP)).toEqual({ ok: true, value: OPENAI_ANSWER });
  });

  it("keeps logprobs and every choice", () => {
    const choices = [0, 1].map((index) => ({ ...OPENAI_ANSWER.choices[0], index, logprobs: { content: [] } }));
    const result = openai.fromResponse({ ...OPENAI_ANSWER, choices }, STAMP);
    expect(result).toMatchObject({ ok: true, value: { choices: [{ logprobs: { content: [] } }, { index: 1 }] } });
  });

  it("gets what a careless server leaves out", () => {
    const bare = {
      choices: [{ message: { tool_calls: [{ function: { name: "look" } }], reasoning: "Hm." }, finish_reason: "eos" }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    expect(openai.fromResponse(bare, STAMP)).toEqual({
      ok: true,
      value: {
        id: STAMP.id,
        object: "chat.completion",
        created: STAMP.createdSeconds,
        model: STAMP.model,
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: null,
              refusal: null,
              reasoning_content: "Hm.",
              tool_calls: [{ id: "call_lisbon1_0_0", type: "function", function: { name: "look", arguments: "{}" } }],
            },
            finish_reason: "tool_calls",
            logprobs: null,
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      },
    });
  });
});

describe("Anthropic's answer", () => {
  it("becomes a completion", () => {
    const body = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-6",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "EqQB" },
        { type: "text", text: "Let me look", citations: null },
        { type: "text", text: "." },
        { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Lisboa" } },
        { type: "tool_use", id: "toolu_2", name: "get_time", input: {} },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: null, output_tokens: 7 },
    };
    expect(anthropic.fromResponse(body, STAMP)).toEqual({
      ok: true,
      value: {
        id: STAMP.id,
        object: "chat.completion",
        created: STAMP.createdSeconds,
        model: "claude-sonnet-4-6",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "Let me look.",
              refusal: null,
              tool_calls: [
                { id: "toolu_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Lisboa"}' } },
                { id: "toolu_2", type: "function", function: { name: "get_time", arguments: "{}" } },
              ],
              reasoning_content: "Hm.",
            },
            finish_reason: "tool_calls",
            logprobs: null,
          },
        ],
        usage: {
          prompt_tokens: 15,
          completion_tokens: 7,
          total_tokens: 22,
          prompt_tokens_details: { cached_tokens: 5 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
    });
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["pause_turn", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content_filter"],
    ["a_word_of_tomorrow", "stop"],
  ])("that stopped for %s finishes with %s", (stopReason, finish) => {
    const body = { content: [{ type: "text", text: "x" }], stop_reason: stopReason };
    expect(anthropic.fromResponse(body, STAMP)).toMatchObject({
      ok: true,
      value: { model: STAMP.model, choices: [{ finish_reason: finish }] },
    });
  });
});

describe("Gemini's answer", () => {
  it("becomes a completion", () => {
    const body = {
      candidates: [
        {
          content: {
            role: "model",
            parts: [
              { text: "Hm.", thought: true },
              { text: "Let me " },
              { text: "look." },
              { functionCall: { name: "get_weather", args: { city: "Lisboa" } }, thoughtSignature: "c2ln" },
              { functionCall: { id: "fc1", name: "get_time" } },
            ],
          },
          finishReason: "STOP",
        },
      ],
      usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 4, thoughtsTokenCount: 3, totalTokenCount: 15 },
      modelVersion: "gemini-3-flash-001",
    };
    expect(gemini.fromResponse(body, STAMP)).toEqual({
      ok: true,
      value: {
        id: STAMP.id,
        object: "chat.completion",
        created: STAMP.createdSeconds,
        model: "gemini-3-flash-001",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "Let me look.",
              refusal: null,
              tool_calls: [
                {
                  id: "call_lisbon1_0",
                  type: "function",
                  function: { name: "get_weather", arguments: '{"city":"Lisboa"}' },
                  extra_content: { google: { thought_signature: "c2ln" } },
                },
                { id: "fc1", type: "function", function: { name: "get_time", arguments: "{}" } },
              ],
              reasoning_content: "Hm.",
            },
            finish_reason: "tool_calls",
            logprobs: null,
          },
        ],
        usage: {
          prompt_tokens: 8,
          completion_tokens: 7,
          total_tokens: 15,
          prompt_tokens_details: { cached_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
    });
  });

  it.each([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content_filter"],
    ["RECITATION", "content_filter"],
    ["A_WORD_OF_TOMORROW", "stop"],
  ])("that stopped for %s finishes with %s", (finishReason, finish) => {
    const body = { candidates: [{ content: { parts: [{ text: "x" }] }, finishReason }] };
    expect(gemini.fromResponse(body, STAMP)).toMatchObject({
      ok: true,
      value: { choices: [{ finish_reason: finish }] },
    });
  });
});
