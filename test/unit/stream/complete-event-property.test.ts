import * as fc from "fast-check";
import { expect, it } from "vitest";
import { completeOpenAiEvent } from "../../../src/stream/complete-event.ts";
import { completeJson, type Shape } from "../../../src/lib/complete-json.ts";
import { bytesOf, eventsOf, isBeginningOf } from "../../support/cut-streams.ts";

const anyMember = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });
const anyChunk = fc.record(
  {
    id: fc.string(),
    choices: fc.array(
      fc.record(
        {
          index: fc.nat(3),
          delta: fc.record({ content: fc.string({ unit: "binary" }), extra: anyMember }, { requiredKeys: ["content"] }),
          finish_reason: fc.constantFrom(null, "stop", "length", "tool_calls"),
          extra: anyMember,
        },
        { requiredKeys: ["index", "delta"] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    usage: anyMember,
    extra: anyMember,
  },
  { requiredKeys: ["choices"] },
);

/** All of the document, in other words: spaced, or with everything escaped that may be. */
const anySpelling = fc.constantFrom<(value: unknown) => string>(
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 1).replaceAll("\n", "\ndata:"),
  (value) =>
    JSON.stringify(value).replaceAll(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
);

const plain: Shape = {
  valueAt: () => "null",
  neverEmpty: () => false,
  membersOf: () => ({}),
  allows: () => true,
};

it("completes any chunk at any byte to one event, with no text but that of the chunk", () => {
  fc.assert(
    fc.property(anyChunk, anySpelling, fc.double({ min: 0, max: 1, noNaN: true }), (chunk, spell, where) => {
      const wire = bytesOf(`data:${spell(chunk)}`);
      const partial = wire.subarray(0, "data:".length + Math.floor((wire.length - 5) * where));
      const suffix = completeOpenAiEvent(partial);
      if (suffix === null) throw new Error("no completion");

      const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      const events = eventsOf(strict.decode(Uint8Array.from([...partial, ...suffix])));

      expect(events).toHaveLength(1);
      for (const [place, choice] of (events[0]?.choices ?? []).entries()) {
        const sent = chunk.choices[place];
        const said = choice.delta.content ?? "";
        const text = sent?.delta.content ?? "";
        expect(isBeginningOf(text, said)).toBe(true);
        expect(choice.index).toEqual(expect.any(Number));
        // A reason is there only when it was sent and the choice's text is whole.
        if (choice.finish_reason !== null) {
          expect(choice.finish_reason).toBe(sent?.finish_reason);
          expect(said).toBe(text);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

it("completes any JSON at any place to JSON, and whole JSON to itself", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), fc.double({ min: 0, max: 1, noNaN: true }), (json, where) => {
      const partial = json.slice(0, Math.floor(json.length * where));
      const suffix = completeJson(partial, plain);
      expect(suffix).not.toBeNull();
      expect(() => JSON.parse(partial + suffix)).not.toThrow();
      expect(completeJson(json, plain)).toBe("");
    }),
    { numRuns: 2_000 },
  );
});

it("never makes an event of what is not one", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const noLineEnds = bytes.filter((byte) => byte !== 10 && byte !== 13);
      const partial = Uint8Array.from([...bytesOf('data:{"a":'), ...noLineEnds]);
      const suffix = completeOpenAiEvent(partial);
      if (suffix !== null) eventsOf(new TextDecoder().decode(Uint8Array.from([...partial, ...suffix])));
    }),
    { numRuns: 2_000 },
  );
});
