import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChatRequest, isChatRequest } from "../../../src/openai/chat-request.ts";

const text = fc.string({ maxLength: 8 });
const anything = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, [], {}, ["a"], { type: "text" }, { type: "function", function: { name: "f" } }),
);
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("system", "user", "assistant", "tool", "pirate"), content: anything }),
  fc.record({ role: fc.constant("tool"), tool_call_id: text, content: text }),
  anything,
);

/** Some of the fields that the schema knows, some that nobody knows, right and wrong ones. */
const request = fc
  .tuple(
    fc.record(
      { model: fc.oneof(text, anything), messages: fc.oneof(fc.array(message, { maxLength: 3 }), anything) },
      { requiredKeys: [] },
    ),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...Object.keys(ChatRequest.shape)), fc.constantFrom("constructor", "toString", "x")),
      anything,
      { maxKeys: 4 },
    ),
  )
  .map(([core, more]): unknown => ({ ...more, ...core }));

describe("a request", () => {
  it("is one exactly where the schema says so, and is then the same value", () => {
    fc.assert(
      fc.property(fc.oneof(request, anything), (body) => {
        const parsed = ChatRequest.safeParse(body);
        expect(isChatRequest(body)).toBe(parsed.success);
        if (parsed.success) expect(parsed.data).toEqual(body);
      }),
      { numRuns: 2_000 },
    );
  });

  it("may be a good one", () => {
    expect(isChatRequest({ model: "auto", messages: [{ role: "user", content: "hi" }], stream: true, x: 1 })).toBe(
      true,
    );
  });
});
