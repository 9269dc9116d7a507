import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUALITY_CHECKS } from "../../../src/domain/quality.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";
import { findFlaw, type Said } from "../../../src/quality/find-flaw.ts";
import { isRefusal } from "../../../src/quality/is-refusal.ts";
import { jsonFlaw } from "../../../src/quality/json-flaw.ts";
import { repeats } from "../../../src/quality/repeats.ts";
import { ANSWERS, REFUSALS } from "./refusal-answers.ts";

const all = new Set(QUALITY_CHECKS);
const question: ChatRequest = { model: "auto", messages: [{ role: "user", content: "hello" }] };

function flawOf(said: Partial<Said>, request: Partial<ChatRequest> = {}): string | null {
  const whole = { text: "An answer.", hasMore: false, refused: false, finishReason: "stop" as const, ...said };
  return findFlaw(whole, { ...question, ...request }, all)?.check ?? null;
}

describe("an answer", () => {
  it.each([
    ["an ordinary one", {}, {}, null],
    ["white space", { text: " \n" }, {}, "empty"],
    ["nothing before a stop sequence", { text: "" }, { stop: "\n" }, null],
    ["nothing but thoughts within a bound", { text: "", finishReason: "length" }, { max_tokens: 5 }, null],
    ["a tool call alone", { text: "", hasMore: true, finishReason: "tool_calls" }, {}, null],
    ["the refusal field", { text: "", refused: true }, {}, "refusal"],
    ["what a filter left", { text: "", finishReason: "content_filter" }, {}, null],
    ["the model's own limit", { finishReason: "length" }, {}, "length"],
    ["the caller's bound", { finishReason: "length" }, { max_completion_tokens: 9 }, null],
    ["a fence around JSON", { text: "```json\n{}\n```" }, { response_format: { type: "json_object" } }, "json"],
    ["a list for an object", { text: "[]" }, { response_format: { type: "json_object" } }, "json"],
    ["an object", { text: '{"a":1}' }, { response_format: { type: "json_object" } }, null],
    [
      "JSON that was cut",
      { text: '{"a"', finishReason: "length" },
      { response_format: { type: "json_object" } },
      "json",
    ],
  ] as const)("with %s", (_what, said, request, flaw) => {
    expect(flawOf(said, structuredClone(request) as Partial<ChatRequest>)).toBe(flaw);
  });

  it("is looked at for what the kind names, and for nothing else", () => {
    const said = { text: " ", hasMore: false, refused: true, finishReason: "length" } as const;

    expect(findFlaw(said, question, new Set(["length"]))?.check).toBe("length");
    expect(findFlaw(said, question, new Set())).toBeNull();
  });
});

describe("the refusal check", () => {
  it("takes no answer of the shipped set for a refusal, and finds nine of ten refusals", () => {
    expect(ANSWERS.filter(isRefusal)).toEqual([]);
    expect(REFUSALS.filter(isRefusal).length / REFUSALS.length).toBeGreaterThan(0.9);
  });

  it("looks at short answers only", () => {
    expect(isRefusal(`I can't help with that. ${"But here is how it works. ".repeat(20)}`)).toBe(false);
  });
});

describe("the same passage over and over", () => {
  it("is found behind whatever came before it, and cut anywhere", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 60 }).filter((passage) => /[a-z]/i.test(passage.trim())),
        fc.string({ maxLength: 80 }),
        fc.nat(20),
        (passage, before, cut) => {
          const times = Math.ceil(400 / passage.length) + 5;
          const text = before + passage.repeat(times);
          expect(repeats(text.slice(0, text.length - Math.min(cut, passage.length)))).toBe(true);
        },
      ),
    );
  });

  it.each([
    [
      "a refrain",
      `${"Lully, lullay. ".repeat(3)}The falcon has borne my make away, and ${"x y z ".repeat(20)}the end of it is near.`,
    ],
    ["a rule of dashes", "-".repeat(500)],
    ["few words", "ha ha ha ha ha"],
    ["rows that differ", Array.from({ length: 60 }, (_none, row) => `| ${row} | ok |`).join("\n")],
  ])("is not %s", (_what, text) => expect(repeats(text)).toBe(false));

  it("takes time by the text's length, in the worst case too", () => {
    // A quadratic walk over these would take some 130 million steps for each.
    const worst = [
      `${"a".repeat(16_000)}b`,
      "ab".repeat(4_000) + "ba".repeat(4_000),
      `${"a".repeat(8_000)}b`.repeat(2),
    ];

    for (const text of worst) expect(typeof repeats(text)).toBe("boolean");
  });
});

describe("a schema", () => {
  const person = {
    type: "object",
    properties: { pattern: { type: "string" }, age: { $ref: "#/$defs/age" } },
    required: ["pattern"],
    additionalProperties: false,
    $defs: { age: { type: "integer", minimum: 0 } },
  };

  it.each([
    ['{"pattern":"x","age":3}', null],
    ['{"pattern":"x","age":-1}', "#/age"],
    ['{"age":1}', '"pattern"'],
    ['{"pattern":"x","more":1}', "#/more"],
  ])("is held against %s", (text, why) => {
    const flaw = jsonFlaw(text, format(person));
    if (why === null) expect(flaw).toBeNull();
    else expect(flaw?.why).toContain(why);
  });

  it("has its regular expressions left out, and what they alone close", () => {
    const slow = { type: "string", pattern: "^(a+)+$" };
    expect(jsonFlaw(JSON.stringify(`${"a".repeat(40)}!`), format(slow))).toBeNull();

    const named = { type: "object", patternProperties: { "^x": { type: "string" } }, additionalProperties: false };
    expect(jsonFlaw('{"x1":"y"}', format(named))).toBeNull();
  });

  it.each([
    ["leads in a circle", { $ref: "#" }],
    ["leads nowhere", { $ref: "#/$defs/none" }],
    ["is none", { anyOf: "x" }],
    ["would take for ever", deep(14)],
    ["would take for ever along with its answer", { $ref: "#/$defs/n", $defs: { n: branching } }],
  ])("that %s finds nothing, and ends", (_what, schema) => {
    const nested = `${'{"x":'.repeat(13)}1${"}".repeat(13)}`;
    expect(jsonFlaw(nested, format(schema))).toBeNull();
  });
});

const branch = { type: "object", properties: { x: { $ref: "#/$defs/n" } } };
const branching = { anyOf: [branch, branch] };

/** Each level asks for the next one twice. */
function deep(levels: number): Record<string, unknown> {
  const $defs = Object.fromEntries(
    Array.from({ length: levels }, (_none, level) => {
      const next = { $ref: `#/$defs/d${level + 1}` };
      return [`d${level}`, { anyOf: [next, next] }];
    }),
  );
  return { $ref: "#/$defs/d0", $defs: { ...$defs, [`d${levels}`]: { type: "string" } } };
}

function format(schema: Record<string, unknown>) {
  return { type: "json_schema" as const, json_schema: { name: "x", schema } };
}
