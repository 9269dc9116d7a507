import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceBetween } from "../../../src/cache/similar.ts";
import { cosine, embeddedVector, quantised } from "../../../src/cache/vectorise.ts";

/** As for a vectoriser that knows what words mean: what is refused here is refused for every one. */
const free = { wordsMustMatch: false };
const strict = { wordsMustMatch: true };

describe("two questions", () => {
  it.each([
    ["numbers", "Give me 3 ideas.", "Give me four ideas."],
    ["numbers", "Convert 5 to 10.", "Convert 10 to 5."],
    ["numbers", "Is it -5 there?", "Is it 5 there?"],
    ["numbers", "Show order aB12.", "Show order ab12."],
    ["units", "Is 5 kg heavy?", "Is 5 lb heavy?"],
    ["units", "What is $5 worth?", "What is €5 worth?"],
    ["units", "Is 5 m far?", "Is 5 k far?"],
    ["dates", "Is it open on Monday?", "Is it open on Sunday?"],
    ["dates", "Is it open today?", "Is it open?"],
    ["quotations", 'Translate "one dog".', 'Translate "one cat".'],
    ["quotations", "What does `-f` do?", "What does `-F` do?"],
    ["signs", "Is a > b?", "Is a < b?"],
    ["names", "Is Rome old?", "Is Lisbon old?"],
    ["names", "Does Ana owe Bob?", "Does Bob owe Ana?"],
    ["names", "What do we owe US customers?", "What do we owe us customers?"],
    ["names", "how long does turkey keep", "How long does Turkey keep?"],
    ["order", "does the cat chase the dog", "does the dog chase the cat"],
    ["code", "Why does this fail?\n  x = 1", "Why does this fail?\nx = 1"],
    ["nothing_asked", "Hello there, please!", "Hi, the, please"],
  ])("that differ in %s are never similar: %s / %s", (difference, one, other) => {
    expect(differenceBetween(one, other, free)).toBe(difference);
    expect(differenceBetween(other, one, free)).toBe(difference);
  });

  it.each([
    ["Which can be taken with milk?", "Which can not be taken with milk?"],
    ["Which can be taken with milk?", "Which can't be taken with milk?"],
    ["Which can be taken with milk?", "Which can be taken without milk?"],
    ["Is this legal?", "Is this illegal?"],
    ["Ist das erlaubt?", "Ist das nicht erlaubt?"],
    ["Ist das ein Problem?", "Ist das kein Problem?"],
    ["Posso beber isto?", "Não posso beber isto?"],
    ["Café com açúcar", "Café sem açúcar"],
    ["¿Puedo beber esto?", "¿No puedo beber esto?"],
    ["¿Por qué llega siempre?", "¿Por qué no llega nunca?"],
    ["Est-ce qu'il marche ?", "Est-ce qu'il ne marche pas ?"],
    ["Un café avec sucre", "Un café sans sucre"],
  ])("of which one denies are never similar: %s / %s", (one, other) => {
    expect(differenceBetween(one, other, free)).toBe("negations");
    expect(differenceBetween(other, one, free)).toBe("negations");
  });

  it("must have the same words where the vector knows none", () => {
    expect(differenceBetween("How do I open it?", "How do I close it?", strict)).toBe("words");
    expect(differenceBetween("How do I open it?", "How do I close it?", free)).toBeNull();
  });

  it.each([
    ["How do you say thanks?", "How do you say please?"],
    ["Write hello world in Python.", "Write world in Python."],
    ["Compare me to the others.", "Compare to the others."],
    ["Can you swim?", "Swim?"],
    ["Is it a few?", "Is it few?"],
    ["Der Hund beißt den Mann", "Den Hund beißt der Mann"],
  ])("are not alike for what only looks like politeness or an article: %s / %s", (one, other) => {
    expect(differenceBetween(one, other, strict)).not.toBeNull();
  });

  it("are not alike for what Unicode calls compatible", () => {
    expect(differenceBetween("What is 10²?", "What is 102?", free)).not.toBeNull();
  });

  it.each([
    ["What's the capital of France?", "what is the capital of france"],
    ["How do I sort a list?", "Please, how can I sort the list? Thank you!"],
    ["I can't open it.", "I cannot open it"],
    ["On May 3, 1998", "on 3 May 1998"],
    ["Summarize the colours", "summarise the colors"],
  ])("that differ in how they are written may be similar: %s / %s", (one, other) => {
    expect(differenceBetween(one, other, strict)).toBeNull();
  });

  it("are compared the same way from both sides, and a question is no other than itself", () => {
    const words = "how do i open the door not Rome Ana 5 kg today 'x' in Python".split(" ");
    const question = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }).map((some) => some.join(" "));
    fc.assert(
      fc.property(question, question, (one, other) => {
        expect(differenceBetween(one, other, strict)).toBe(differenceBetween(other, one, strict));
        expect([null, "nothing_asked"]).toContain(differenceBetween(one, one, strict));
      }),
    );
  });

  it("are taken apart in a time that grows with their length and no more", () => {
    comparedMs(2000);

    expect(comparedMs(20_000)).toBeLessThan(2000);
  });
});

describe("the embedded vectoriser", () => {
  it("gives the same vector for the same text, of 512 bytes", () => {
    const one = embeddedVector("Why is the sky blue?");

    expect(one).toHaveLength(512);
    expect(embeddedVector("Why is the sky blue?")).toEqual(one);
  });

  it("has none for a text without words", () => {
    expect(embeddedVector("")).toBeNull();
    expect(embeddedVector(" ... ")).toBeNull();
  });

  it("is nearer to the same words than to others", () => {
    const sky = vector("Why is the sky blue?");

    expect(cosine(sky, vector("please, why is the sky blue"))).toBeGreaterThan(0.95);
    expect(cosine(sky, vector("How do I bake bread?"))).toBeLessThan(0.3);
    expect(cosine(sky, new Int8Array(512))).toBe(0);
  });

  it("loses next to nothing by its bytes", () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        fc.pre(length(one) > 0.5 && length(other) > 0.5);
        const exact =
          one.reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0) / length(one) / length(other);
        const left = quantised(one) ?? new Int8Array(64);
        const right = quantised(other) ?? new Int8Array(64);

        expect(Math.abs(cosine(left, right) - exact)).toBeLessThan(0.03);
      }),
    );
  });
});

function length(numbers: readonly number[]): number {
  return Math.hypot(...numbers);
}

function vector(text: string): Int8Array {
  return embeddedVector(text) ?? new Int8Array(512);
}

function comparedMs(times: number): number {
  const text = "'\"a-b.c ".repeat(times);
  const began = performance.now();
  differenceBetween(text, `${text}x`, strict);
  return performance.now() - began;
}
