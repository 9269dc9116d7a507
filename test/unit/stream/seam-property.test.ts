/** Any text, cut anywhere, in pieces of any size. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastWords } from "../../../src/stream/last-words.ts";
import { shownOf } from "../../support/shown-of.ts";

const piece = fc.integer({ min: 1, max: 300 });
const part = fc.double({ min: 0, max: 1, noNaN: true });

/** All sorts of characters, and few of them, so that much comes twice. */
const anyText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 600, unit: "grapheme" }),
  fc.string({ minLength: 1, maxLength: 600, unit: fc.constantFrom("a", "b", " ", "\n", ",", "A", "人") }),
  fc
    .array(fc.constantFrom("so ", "goes ", "the sea,\n", "Row me over.\n", "1,2,3\n"), { minLength: 1, maxLength: 80 })
    .map((all) => all.join("")),
);

const WORDS =
  "harbour gravel winter engine blanket quiet number forest yellow pencil sudden market island copper dancer velvet spring kettle jungle mirror simple orchard puzzle rocket shadow tunnel useful violin wander zebra almond basket cliff drift eagle flute grape honest ivory joke knight lemon moss nurse olive prince quarrel ribbon salmon throne".split(
    " ",
  );

/** Sentences in which no word comes twice. */
const prose = fc
  .tuple(
    fc.shuffledSubarray(WORDS, { minLength: 15 }),
    fc.integer({ min: 4, max: 9 }),
    fc.constantFrom(" ", "\n", "\n\n"),
  )
  .map(([words, length, between]) => {
    const sentences = Array.from({ length: Math.ceil(words.length / length) }, (_, at) =>
      words.slice(at * length, (at + 1) * length).join(" "),
    );
    return sentences.map((text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`).join(between);
  });

const OPENINGS = [
  "",
  "Sure! ",
  "I apologize for the interruption. ",
  "Let us begin again from the top, and this time without a break.\n\n",
  "Once more, and as it should have been from the very beginning:\n",
  "はい、もう一度最初から書きます。",
];

/** As a model says it whose prefill ended before the white space. */
const honest = (whole: string, at: number): string => whole.slice(whole.slice(0, at).trimEnd().length);

describe("with a prefill", () => {
  it("an honest rest of any text is shown without a lost or a doubled character, or not at all", () => {
    fc.assert(
      fc.property(anyText, part, piece, (whole, where, size) => {
        const at = Math.floor(whole.length * where);
        const shown = shownOf({ delivered: whole.slice(0, at), prefilled: true }, honest(whole, at), size);

        expect(shown === null || whole.slice(0, at) + shown === whole).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("an honest rest of sentences that differ is always shown", () => {
    fc.assert(
      fc.property(prose, part, piece, (whole, where, size) => {
        const at = 40 + Math.floor((whole.length - 40) * where);
        const shown = shownOf({ delivered: whole.slice(0, at), prefilled: true }, honest(whole, at), size);

        expect(whole.slice(0, at) + String(shown)).toBe(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  it("a restart is never shown, whatever it opens with", () => {
    fc.assert(
      fc.property(prose, part, fc.constantFrom(...OPENINGS), piece, (whole, where, opening, size) => {
        const at = 12 + Math.floor((whole.length - 12) * where);

        expect(shownOf({ delivered: whole.slice(0, at), prefilled: true }, opening + whole, size)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("in words", () => {
  it("a rest of any text behind the words that were asked for is shown as it is, or not at all", () => {
    fc.assert(
      fc.property(anyText, part, piece, (whole, where, size) => {
        const at = Math.floor(whole.length * where);
        const said = whole.slice(0, at);
        // White space alone is no answer yet, and nobody is asked to repeat it.
        fc.pre(said.trim() !== "");
        const shown = shownOf({ delivered: said, prefilled: false }, lastWords(said) + whole.slice(at), size);

        expect(shown === null || said + shown === whole).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("a rest of sentences that differ is always shown behind the words that were asked for", () => {
    fc.assert(
      fc.property(
        prose,
        part,
        fc.constantFrom("", "…", '"', "Sorry about that! "),
        piece,
        (whole, where, before, size) => {
          const at = 40 + Math.floor((whole.length - 40) * where);
          const said = whole.slice(0, at);
          const shown = shownOf(
            { delivered: said, prefilled: false },
            before + lastWords(said) + whole.slice(at),
            size,
          );

          expect(said + String(shown)).toBe(whole);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("of a restart nothing is shown but what comes behind all that was said", () => {
    fc.assert(
      fc.property(
        fc.oneof(prose, anyText),
        part,
        fc.constantFrom(...OPENINGS),
        piece,
        (whole, where, opening, size) => {
          const at = Math.floor(whole.length * where);
          const said = whole.slice(0, at);
          // A letter or two may be the first of anything: then they are, and nothing is said twice.
          fc.pre(said.replaceAll(/\s/g, "").length >= 8);
          const shown = shownOf({ delivered: said, prefilled: false }, opening + whole, size);

          expect(shown === null || said + shown === whole).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
