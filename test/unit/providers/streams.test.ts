import { describe, expect, it } from "vitest";
import { providers } from "../../../src/providers/all.ts";
import { eventsOf, gathered, recorded, STAMP, translated } from "../../support/providers.ts";

const { openai, anthropic, gemini } = providers;

describe.each([1, 7, 64, 4096])("a recorded stream in pieces of %i bytes", (size) => {
  it("of OpenAI's is passed on as it came", () => {
    const { chunks, finished, failure } = translated(openai, recorded("openai/text.sse"), size);

    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(gathered(chunks)).toEqual({ text: "Olá, Lisboa 🌊", reasoning: "", calls: [], finish: "stop" });
    expect(chunks[1]).toMatchObject({ system_fingerprint: "fp_560af6e559", model: "gpt-4o-mini-2024-07-18" });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 19, total_tokens: 26, prompt_tokens_details: { cached_tokens: 4 } },
    });
  });

  it("of a compatible server's becomes what OpenAI would have sent", () => {
    const { chunks, finished } = translated(openai, recorded("openai/compatible.sse"), size);

    expect(finished).toBe(true);
    expect(gathered(chunks)).toEqual({
      text: "",
      reasoning: "Let me think.",
      calls: [{ id: "call_a", name: "get_weather", arguments: '{"city":"Lisboa"}' }],
      finish: "tool_calls",
    });
    expect(chunks.every((chunk) => chunk.choices.length === 0 || chunk.usage == null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 5, total_tokens: 8 } });
  });

  it("of Anthropic's becomes OpenAI's chunks", () => {
    const { chunks, finished, failure } = translated(anthropic, recorded("anthropic/text.sse"), size);

    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(chunks[0]).toEqual({
      id: STAMP.id,
      object: "chat.completion.chunk",
      created: STAMP.createdSeconds,
      model: "claude-sonnet-4-5-20250929",
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    });
    expect(gathered(chunks)).toEqual({ text: "Olá, Lisboa 🌊", reasoning: "A greeting.", calls: [], finish: "stop" });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 135,
        completion_tokens: 15,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 100 },
        completion_tokens_details: { reasoning_tokens: 6 },
      },
    });
  });

  it("of Anthropic's with parallel tools counts the calls and not the blocks", () => {
    const { chunks } = translated(anthropic, recorded("anthropic/tools.sse"), size);

    expect(gathered(chunks)).toEqual({
      text: "Let me look.",
      reasoning: "",
      calls: [
        { id: "toolu_01T1x1fJ34qAmk2tNTrN7Up6", name: "get_weather", arguments: '{"city": "Lisboa"}' },
        { id: "toolu_02", name: "get_time", arguments: "{}" },
      ],
      finish: "tool_calls",
    });
  });

  it("of Gemini's becomes OpenAI's chunks", () => {
    const { chunks, finished, failure } = translated(gemini, recorded("gemini/text.sse"), size);

    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(gathered(chunks)).toEqual({ text: "Olá, Lisboa 🌊", reasoning: "**Greeting**", calls: [], finish: "stop" });
    expect(chunks[0]).toMatchObject({ model: "gemini-3-flash", choices: [{ delta: { role: "assistant" } }] });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 27,
        total_tokens: 36,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 21 },
      },
    });
  });

  it("of Gemini's gives calls without ids stable ones, and keeps the signature", () => {
    const { chunks } = translated(gemini, recorded("gemini/tools.sse"), size);

    expect(gathered(chunks)).toEqual({
      text: "",
      reasoning: "",
      calls: [
        { id: "call_lisbon1_0", name: "get_weather", arguments: '{"city":"Lisboa"}' },
        { id: "fc_7", name: "get_time", arguments: "{}" },
      ],
      finish: "tool_calls",
    });
    expect(chunks[1]?.choices[0]?.delta.tool_calls?.[0]?.extra_content).toEqual({
      google: { thought_signature: "EjQKMgEMOdbHx6" },
    });
  });

  it("of Anthropic's that ends in an error event is a failure without words", () => {
    const { chunks, failure, finished } = translated(anthropic, recorded("anthropic/overloaded.sse"), size);

    expect(failure).toMatchObject({ kind: "overloaded", detail: "Overloaded" });
    expect(gathered(chunks).text).toBe("");
    expect(finished).toBe(false);
  });
});

describe("a malformed event", () => {
  it.each([
    ["openai", recorded("openai/text.sse")],
    ["anthropic", recorded("anthropic/text.sse")],
    ["gemini", recorded("gemini/text.sse")],
  ] as const)("in a stream of %s is dropped, and the stream goes on", (api, bytes) => {
    const wire = new TextDecoder().decode(bytes);
    const cut = wire.indexOf("\n\n", wire.length / 2) + 2;
    const broken = ['data: {"half":', "data: 7", 'data: {"choices":"none","type":4,"candidates":{}}', "data: null"];
    const spoilt = [wire.slice(0, cut), ...broken.map((event) => `${event}\n\n`), wire.slice(cut)].join("");

    const { chunks, finished, failure } = translated(providers[api], new TextEncoder().encode(spoilt));
    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(gathered(chunks).text).toBe("Olá, Lisboa 🌊");
  });
});

describe("a stream without its end", () => {
  it.each([
    ["openai", "openai/text.sse"],
    ["anthropic", "anthropic/text.sse"],
    ["gemini", "gemini/text.sse"],
  ] as const)("of %s is not finished", (api, path) => {
    const wire = new TextDecoder().decode(recorded(path));
    const withoutLast = wire.slice(0, wire.trimEnd().lastIndexOf("\n\n") + 2);
    expect(translated(providers[api], new TextEncoder().encode(withoutLast)).finished).toBe(false);
  });
});

describe("an error inside a 200", () => {
  it.each([
    ["openai", { error: { message: "The server had an error", type: "server_error", code: null } }, "server_error"],
    ["openai", { error: { message: "Provider returned error", code: 502 } }, "server_error"],
    ["openai", { error: { message: "You exceeded it", code: "insufficient_quota" } }, "quota_exhausted"],
    ["openai", { error: "model runner has unexpectedly stopped" }, "unknown_error"],
    ["anthropic", { type: "error", error: { type: "api_error", message: "Internal" } }, "server_error"],
    ["gemini", { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }, "overloaded"],
  ] as const)("of %s: %j is %s in a stream and in a body", (api, error, kind) => {
    expect(translated(providers[api], eventsOf(error)).failure?.kind).toBe(kind);
    expect(providers[api].fromResponse(error, STAMP)).toMatchObject({ ok: false, failure: { kind } });
  });

  it("is also an event named so without an error object", () => {
    const wire = 'event: error\ndata: {"message":"Rate limit reached","type":"rate_limit_exceeded"}\n\n';
    expect(translated(openai, new TextEncoder().encode(wire)).failure?.kind).toBe("rate_limited");
  });
});

describe("a filter", () => {
  it("that stops Gemini before its first words is a failure, after them a finish reason", () => {
    const blocked = { candidates: [{ finishReason: "SAFETY" }] };
    const words = { candidates: [{ content: { parts: [{ text: "Well" }] } }] };

    expect(translated(gemini, eventsOf(blocked)).failure).toMatchObject({ kind: "content_filtered" });
    expect(gathered(translated(gemini, eventsOf(words, blocked)).chunks)).toMatchObject({
      text: "Well",
      finish: "content_filter",
    });
  });

  it("that refuses Gemini's prompt is a failure with the reason", () => {
    const { failure } = translated(gemini, eventsOf({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }));
    expect(failure).toMatchObject({ kind: "content_filtered", reason: expect.stringContaining("PROHIBITED_CONTENT") });
  });

  it("that makes Claude refuse at once is a failure with its explanation", () => {
    const { failure } = translated(
      anthropic,
      eventsOf(
        { type: "message_start", message: { usage: { input_tokens: 1 } } },
        { type: "message_delta", delta: { stop_reason: "refusal", stop_details: { explanation: "Too dangerous." } } },
      ),
    );
    expect(failure).toMatchObject({ kind: "content_filtered", reason: "Too dangerous." });
  });
});

describe("a broken call of Gemini's", () => {
  it("is a failure, after words too: what is there is no answer", () => {
    const words = { candidates: [{ content: { parts: [{ text: "Well" }] } }] };
    const broken = { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "print(x)" }] };
    expect(translated(gemini, eventsOf(words, broken)).failure?.kind).toBe("server_error");
  });
});

describe("OpenAI's translator", () => {
  it("drops chunks that say nothing at all, as Azure's first one", () => {
    const { chunks } = translated(openai, eventsOf({ choices: [], prompt_filter_results: [] }));
    expect(chunks).toEqual([]);
  });

  it("takes nothing after [DONE]", () => {
    const bytes = new TextEncoder().encode('data: [DONE]\n\ndata: {"choices":[{"delta":{"content":"late"}}]}\n\n');
    expect(translated(openai, bytes).chunks).toEqual([]);
  });

  it("fills in what a careless server leaves out, and drops fields of the wrong type", () => {
    const { chunks } = translated(
      openai,
      eventsOf({ choices: [{ delta: { content: 5, reasoning_content: "hm", tool_calls: "no" } }, null] }),
    );
    expect(chunks).toEqual([
      {
        id: STAMP.id,
        object: "chat.completion.chunk",
        created: STAMP.createdSeconds,
        model: STAMP.model,
        choices: [{ index: 0, delta: { reasoning_content: "hm" }, finish_reason: null }],
      },
    ]);
  });
});
