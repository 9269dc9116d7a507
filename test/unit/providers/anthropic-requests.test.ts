import { describe, expect, it } from "vitest";
import { assistant, sent, text, tool, user } from "../../support/provider-requests.ts";

describe("Anthropic's body", () => {
  it("has a bound on the answer even where the caller set none", () => {
    expect(sent("anthropic", {}).body).toEqual({
      model: "claude-sonnet-4-6",
      max_tokens: 4096,
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(sent("anthropic", { max_tokens: 7 }).body.max_tokens).toBe(7);
    expect(sent("anthropic", { max_tokens: 7, max_completion_tokens: 9 }).body.max_tokens).toBe(9);
  });

  it("lifts every instruction above the conversation", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      user("Hi"),
      { role: "developer", content: [text("Use Portuguese."), text("")] },
    ];
    expect(sent("anthropic", { messages }).body).toMatchObject({
      system: [text("Be brief."), text("Use Portuguese.")],
      messages: [user("Hi")],
    });
  });

  it("joins turns of one role, and drops what is empty", () => {
    const messages = [
      user("One"),
      user(""),
      user([text("Two"), text("  ")]),
      assistant(null),
      assistant("Three"),
      user("Four"),
    ];
    expect(sent("anthropic", { messages }).body.messages).toEqual([
      { role: "user", content: [text("One"), text("Two")] },
      { role: "assistant", content: "Three" },
      { role: "user", content: "Four" },
    ]);
  });

  it("puts the results of parallel calls into one turn, before what the user says next", () => {
    const messages = [
      user("Go"),
      assistant(null, ["call:1", "a", '{"x":1}'], ["call_2", "b", ""], ["call_3", "c", "[1,"]),
      tool("call:1", "one"),
      tool("call_2", [text("two"), text("three")]),
      tool("call_3", ""),
      user("And?"),
    ];
    expect(sent("anthropic", { messages }).body.messages).toEqual([
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "call_1", name: "a", input: { x: 1 } },
          { type: "tool_use", id: "call_2", name: "b", input: {} },
          { type: "tool_use", id: "call_3", name: "c", input: { rawInvalidInput: "[1," } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1", content: "one" },
          { type: "tool_result", tool_use_id: "call_2", content: [text("two"), text("three")] },
          { type: "tool_result", tool_use_id: "call_3", content: "" },
          text("And?"),
        ],
      },
    ]);
  });

  it("takes the white space off words that Claude is to go on from", () => {
    const messages = [user("Hi"), assistant("Once upon \n")];
    expect(sent("anthropic", { messages }, { model: "claude-sonnet-4-5" }).body.messages[1].content).toBe("Once upon");
  });

  it("holds no half surrogate pairs", () => {
    expect(sent("anthropic", { messages: [user("a\ud83d")] }).body.messages[0].content).toBe("a\ufffd");
    expect(sent("gemini", { messages: [user("a\ud83d")] }).body.contents[0].parts[0].text).toBe("a\ufffd");
  });

  it("leaves out sampling at its usual value", () => {
    const { body } = sent("anthropic", { temperature: 1, top_p: 1 });
    expect(body).not.toHaveProperty("temperature");
    expect(body).not.toHaveProperty("top_p");
    expect(sent("anthropic", { temperature: 0, stop: "END" }).body).toMatchObject({
      temperature: 0,
      stop_sequences: ["END"],
    });
  });

  it("keeps a refusal as what the assistant said", () => {
    const messages = [user("Hi"), { role: "assistant", content: null, refusal: "I cannot." }, user("Why?")];
    expect(sent("anthropic", { messages }).body.messages[1]).toEqual({ role: "assistant", content: "I cannot." });
  });

  const tools = [{ type: "function", function: { name: "look" } }];
  it.each([
    [undefined, undefined, undefined],
    ["auto", undefined, { type: "auto" }],
    ["none", false, { type: "none" }],
    ["required", false, { type: "any", disable_parallel_tool_use: true }],
    [{ type: "function", function: { name: "look" } }, undefined, { type: "tool", name: "look" }],
    [undefined, false, { type: "auto", disable_parallel_tool_use: true }],
    ["auto", true, { type: "auto" }],
  ])("says the choice %j with parallel calls %s as %j", (choice, parallel, expected) => {
    const fields = { tools, tool_choice: choice, parallel_tool_calls: parallel };
    expect(sent("anthropic", fields).body.tool_choice).toEqual(expected);
    expect(sent("anthropic", fields).body.tools).toEqual([
      { name: "look", input_schema: { type: "object", properties: {} } },
    ]);
  });

  it("closes the objects of a strict tool", () => {
    const parameters = { type: "object", properties: { a: { type: "string", maxLength: 3 } }, required: ["a"] };
    const { body } = sent("anthropic", {
      tools: [{ type: "function", function: { name: "look", parameters, strict: true } }],
    });
    expect(body.tools[0]).toEqual({
      name: "look",
      strict: true,
      input_schema: {
        type: "object",
        properties: { a: { type: "string", description: "{maxLength: 3}" } },
        required: ["a"],
        additionalProperties: false,
      },
    });
  });

  it.each([
    [
      "claude-sonnet-4-6",
      "low",
      { thinking: { type: "adaptive" }, output_config: { effort: "low" }, max_tokens: 5120 },
    ],
    ["claude-opus-4-6", "xhigh", { output_config: { effort: "max" } }],
    ["claude-opus-4-8", "xhigh", { output_config: { effort: "xhigh" } }],
    ["claude-sonnet-5", "minimal", { output_config: { effort: "low" } }],
    ["claude-sonnet-4-6", "none", { thinking: { type: "disabled" }, max_tokens: 4096 }],
    ["claude-haiku-4-5-20251001", "medium", { thinking: { type: "enabled", budget_tokens: 8192 }, max_tokens: 12_288 }],
    ["claude-3-7-sonnet-latest", "low", { thinking: { type: "enabled", budget_tokens: 1024 } }],
  ])("asks %s for effort %s with %j", (model, effort, expected) => {
    expect(sent("anthropic", { reasoning_effort: effort }, { model }).body).toMatchObject(expected);
  });

  it("leaves half of the caller's bound to the answer", () => {
    const fields = { reasoning_effort: "high", max_completion_tokens: 4000 };
    expect(sent("anthropic", fields, { model: "claude-haiku-4-5" }).body).toMatchObject({
      thinking: { type: "enabled", budget_tokens: 2000 },
      max_tokens: 4000,
    });
  });

  it("asks for no thoughts where their budget does not fit into what is left of the caller's bound", () => {
    const { body } = sent("anthropic", { reasoning_effort: "low", max_tokens: 1024 }, { model: "claude-haiku-4-5" });

    expect(body).not.toHaveProperty("thinking");
  });
});
