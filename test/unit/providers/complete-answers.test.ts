import { describe, expect, it } from "vitest";
import { fromResponse } from "../../../src/providers/openai/from-response.ts";
import { isComplete } from "../../../src/providers/openai/is-complete.ts";

const text = {
  id: "c",
  object: "chat.completion",
  created: 7,
  model: "m",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "hello", refusal: null, annotations: [] },
      finish_reason: "stop",
      logprobs: null,
    },
  ],
  usage: {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
};

const tools = {
  ...text,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: null,
        refusal: null,
        tool_calls: [{ id: "t", type: "function", function: { name: "look", arguments: "{}" } }],
      },
      finish_reason: "tool_calls",
      logprobs: null,
    },
  ],
};

const stamp = { id: "chatcmpl-x", createdSeconds: text.created, model: "m", mayBeEmpty: false };

describe.each([
  ["text", text],
  ["tool calls", tools],
])("an answer with %s", (_name, answer) => {
  it("that lacks nothing is passed on as the very same value", () => {
    expect(isComplete(answer)).toBe(true);
    expect(fromResponse(answer, stamp)).toEqual({ ok: true, value: answer });
  });

  it("is taken for complete only where the careful way would change nothing", () => {
    for (const changed of changes(answer)) {
      if (!isComplete(changed)) continue;
      // Without the moment it was made it is not complete, and the careful way fills in just that.
      const { created: _created, ...careful } = changed;
      expect(fromResponse(careful, { ...stamp, createdSeconds: changed.created })).toEqual({
        ok: true,
        value: changed,
      });
    }
  });

  it("that lacks something, or has it in a wrong type, is not complete", () => {
    const incomplete = [...changes(answer)].filter((changed) => !isComplete(changed));

    expect(incomplete.length).toBeGreaterThan(20);
  });
});

/** The value with each of its members taken out, made null, made a number and made a text, one at a time. */
function* changes(value: unknown): Generator {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const others = Object.entries(value).filter(([other]) => other !== key);
    const rebuilt = (entries: readonly (readonly [string, unknown])[]): unknown =>
      Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
    yield rebuilt(others);
    for (const other of [null, 5, "text"]) yield rebuilt([...others, [key, other]]);
    for (const changed of changes(inner)) yield rebuilt([...others, [key, changed]]);
  }
}
