import { describe, expect, it } from "vitest";
import { createSeam, type SeamOptions } from "../../../src/stream/seam.ts";
import { shownOf } from "../../support/shown-of.ts";

const prefilled = (delivered: string): SeamOptions => ({ delivered, prefilled: true });
const inWords = (delivered: string): SeamOptions => ({ delivered, prefilled: false });

const SAID = "The lighthouse keeper counted the ships that passed before dawn, and every one ";
const REST = "of them answered his lamp with a short, grateful flash.";

/** An answer whose last words are its topic, as those of its beginning are. */
const TOPIC = "Cloudflare Workers";
const LONG = [
  `${TOPIC} is a serverless platform that runs JavaScript close to its readers.`,
  "Isolates take the place of containers, which is why a cold start hardly shows.",
  "Storage is offered by several bindings: a key-value store, an object store, a database and durable objects.",
  "Billing counts requests and processor time, and never the time that is spent waiting for the network.",
  "Deployments reach every city within seconds, and a rollback takes no longer than that.",
  "Logs are streamed, sampled and kept for a few days, and traces may be exported to other systems.",
  "Limits exist: memory is bounded, processor time is bounded, and sockets are few.",
  "Testing is done with a local runtime that behaves as the real one does in nearly every respect.",
  `For all of these reasons, many teams have by now moved their gateways to ${TOPIC}`,
].join(" ");

describe("what goes on with a prefill", () => {
  it.each([
    [
      "a table",
      "id,name,date,currency\n1,Ann,2024-01-01,USD\n2,Bob,2024-01-01,USD\n",
      "3,Cid,2024-01-01,USD\n4,Dan,2024-01-01,USD\n5,Eve,2024-01-01,USD\n",
    ],
    [
      "code",
      "function a() {\n  return { ok: true };\n}\n\nfunction b() {\n  return { ok: true };\n}\n",
      '\nfunction c() {\n  log("c");\n  return { ok: true };\n}\n\nfunction d() {}\n',
    ],
    [
      "prose",
      "Many teams like the edge. For these reasons they choose Cloudflare Workers",
      " over containers, since Cloudflare Workers start in milliseconds and cost little. That is all there is to say.",
    ],
  ])("keeps words that the answer has said before (%s)", (_name, said, rest) => {
    expect(shownOf(prefilled(said), said.slice(said.trimEnd().length) + rest)).toBe(rest);
  });

  it("is refused where it says the last words again: a refrain, or a model that did not understand", () => {
    expect(shownOf(prefilled(SAID), "ships that passed before dawn, and every one of them")).toBeNull();
    expect(shownOf(prefilled("The ships that pas"), "passed before dawn, and one by one they answered.")).toBeNull();
  });

  it("may be nothing but white space, or nothing at all", () => {
    expect(shownOf(prefilled("That is all.\n"), "\n\n")).toBe("\n");
    expect(shownOf(prefilled("That is all."), "")).toBe("");
  });

  it("is refused where it apologises or refuses, but not for a word of an apology inside a sentence", () => {
    expect(shownOf(prefilled(SAID), "I'm sorry, where was I?")).toBeNull();
    expect(shownOf(prefilled(SAID), "I can't help with that.")).toBeNull();
    expect(shownOf(prefilled("Make"), " sure that the door is shut.")).toBe(" sure that the door is shut.");
  });
});

describe("what goes on in words", () => {
  it.each([
    ["all of the quote", 48],
    ["most of the quote", 36],
  ])("is shown from behind the last words that it says again (%s)", (_name, back) => {
    expect(shownOf(inWords(SAID), SAID.slice(-back) + REST)).toBe(REST);
    expect(shownOf(inWords(SAID), `I'm sorry. Here is the rest:\n\n…${SAID.slice(-back).toUpperCase()}${REST}`)).toBe(
      REST,
    );
  });

  it("is not proven by the last words where the answer has them twice", () => {
    const row = "| test | passed in 3 ms on the first machine |\n";

    expect(shownOf(inWords(`${row}${row}`), `${row}| another |`)).toBeNull();
    expect(shownOf(inWords(`${row}${row}`), `${row}${row}| another |`)).toBe("| another |");
  });

  it("is not proven by the last words behind anything but an apology, which would be lost", () => {
    const said = "id,date,currency,state,city\n1,2024-01-01,USD,paid,Lisbon\n";

    expect(shownOf(inWords(said), "2,2024-01-01,USD,paid,Lisbon\n3,2024-01-01,USD,paid,Lisbon\n")).toBeNull();
  });

  it("is the rest where a restart has come to the very end of what was said", () => {
    const said = "The capital of France is Paris. The capital of";

    expect(shownOf(inWords(said), `${said} Germany is Berlin.`)).toBe(" Germany is Berlin.");
  });

  it("is not shown where the last words are those of the beginning", () => {
    const other = `Sure! Here is a fresh overview of ${TOPIC} and what it offers: it is a platform for code at the edge.`;

    expect(shownOf(inWords(LONG), LONG.slice(0, 600))).toBeNull();
    expect(shownOf(inWords(LONG), other)).toBeNull();
    expect(shownOf(prefilled(LONG), LONG)).toBeNull();
    expect(shownOf(prefilled(LONG), other)).toBeNull();
  });

  it("without the last words is shown only inside a sentence", () => {
    const said = "The steps are these. First you open the box, and then you ";
    const rest = "take out the lamp, wipe its glass with a soft cloth and put it on the sill of the western window.";

    expect(shownOf(inWords(said), rest)).toBe(rest);
    expect(shownOf(inWords(said), `then you ${rest}`)).toBeNull();
    expect(shownOf(inWords("Step one is to open the box. Take out the lamp. "), rest)).toBeNull();
    expect(shownOf(inWords(said.trimEnd()), rest)).toBeNull();
  });

  it("is no refusal", () => {
    expect(shownOf(inWords("Step one is to open the box. Take out the lamp. "), "I can't help with that.")).toBeNull();
    expect(shownOf(inWords("First you open the box, and then you "), "i cannot help with that.")).toBeNull();
  });

  it("is all that comes where white space alone had been said", () => {
    expect(shownOf(inWords("\n\n"), "Hello there.")).toBe("Hello there.");
  });
});

describe("a seam", () => {
  it.each([true, false])("holds no more than it needs, white space included (prefilled: %s)", (given) => {
    const seam = createSeam({ delivered: SAID, prefilled: given });
    const verdicts = Array.from({ length: 1_100 }, () => seam.take("\n").kind);

    expect(verdicts.indexOf("unproven")).toBe(1_000);
  });

  it.each([
    ["spaces", `A${" ".repeat(131_072)}end of the beginning.`],
    ["one word", `Here it is: ${"a1b2".repeat(32_768)}`],
    ["one letter", "a".repeat(131_072)],
  ])("takes milliseconds behind 128 KiB (%s)", (_name, delivered) => {
    const began = performance.now();
    for (const given of [true, false])
      shownOf({ delivered, prefilled: given }, " so let me say what this means. ".repeat(9));

    // 8 s before; a slow machine has a hundred times of what it takes.
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
