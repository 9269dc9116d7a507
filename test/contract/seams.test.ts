/**
 * Other models' continuations, good and bad, at many seams of real texts: no restart reaches the reader, however it is
 * worded, and of the honest ones few are refused. docs/decisions/2026-11-21-the-seam.md has the figures.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { askToContinue } from "../../src/chat/ask-to-continue.ts";
import { createSeam } from "../../src/stream/seam.ts";

const Answer = z.object({ name: z.string(), whole: z.string(), paraphrase: z.string() });
const answers = z.array(Answer).parse(JSON.parse(readFileSync("test/fixtures/seams/answers.json", "utf8")));

/** Where the first model broke off, as a part of the whole: also in the middle of words. */
const CUTS = [0.2, 0.35, 0.5, 0.65, 0.8, 0.93];

interface Case {
  readonly said: string;
  readonly rest: string;
  readonly whole: string;
  readonly paraphrase: string;
}

interface Behaviour {
  readonly prefilled: boolean;
  readonly says: (one: Case) => string;
}

/** What the request asks to be repeated. */
function quoted({ said }: Case): string {
  const asked = askToContinue({ model: "m", messages: [{ role: "user", content: "?" }] }, said, {
    prefill: false,
    provider: "openai",
  }).messages.at(-1)?.content;
  const [quote = '""'] = /"(?:[^"\\]|\\.)*"/.exec(typeof asked === "string" ? asked : "") ?? [];
  return z.string().parse(JSON.parse(quote));
}

const honest: Readonly<Record<string, Behaviour>> = {
  "repeats the last words and goes on": { prefilled: false, says: (one) => quoted(one) + one.rest },
  "repeats them between dots": { prefilled: false, says: (one) => `…${quoted(one).trim()}${one.rest}` },
  "repeats the last two words only": {
    prefilled: false,
    says: (one) => (/\S+\s+\S*\s*$/.exec(one.said)?.[0] ?? "") + one.rest,
  },
  "apologises, repeats the last words and goes on": {
    prefilled: false,
    says: (one) => `I'm sorry about that. Here is the rest:\n\n${quoted(one)}${one.rest}`,
  },
  "goes on without a word repeated": { prefilled: false, says: (one) => one.rest.trimStart() },
  "goes on with its prefill": { prefilled: true, says: (one) => one.whole.slice(one.said.trimEnd().length) },
};

const restarts: Readonly<Record<string, Behaviour>> = {
  "begins anew, in the same words": { prefilled: false, says: (one) => one.whole },
  "begins anew, in other words": { prefilled: false, says: (one) => one.paraphrase },
  "apologises and begins anew": { prefilled: false, says: (one) => `I apologize for the interruption. ${one.whole}` },
  "apologises and begins anew, in other words": {
    prefilled: false,
    says: (one) => `Sorry, my answer was cut off. ${one.paraphrase}`,
  },
  "announces a rest and begins anew": { prefilled: false, says: (one) => `Continuing:\n\n${one.whole}` },
  "ignores its prefill, in the same words": { prefilled: true, says: (one) => one.whole },
  "ignores its prefill, in other words": { prefilled: true, says: (one) => one.paraphrase },
  "apologises in spite of its prefill": {
    prefilled: true,
    says: (one) => `I'm sorry, let me start over. ${one.whole}`,
  },
};

const cases = answers.flatMap(({ whole, paraphrase }) =>
  CUTS.map((part): Case => {
    const at = Math.floor(whole.length * part);
    return { said: whole.slice(0, at), rest: whole.slice(at), whole, paraphrase };
  }),
);

/** What the reader is shown of the new text; null: nothing, but an error. */
function shown(one: Case, { prefilled, says }: Behaviour, piece: number): string | null {
  const seam = createSeam({ delivered: one.said, prefilled });
  const text = says(one);
  for (let at = 0; at < text.length; at += piece) {
    const verdict = seam.take(text.slice(at, at + piece));
    if (verdict.kind === "unproven") return null;
    if (verdict.kind === "proven") return verdict.text + text.slice(at + piece);
  }
  const last = seam.end();
  return last.kind === "proven" ? last.text : null;
}

function beginsAnew(text: string, { whole, paraphrase }: Case): boolean {
  return [whole, paraphrase].some((anew) => plain(text).includes(plain(anew).slice(0, 20)));
}

const plain = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("a continuation that begins the answer anew", () => {
  it.each(Object.entries(restarts))("(%s) never reaches the reader twice", (_name, behaviour) => {
    const seen = cases.flatMap((one) => [1, 7, 64].map((piece) => ({ one, text: shown(one, behaviour, piece) })));
    // Where a restart has caught up with the very words of the cut, what comes after them is a rest.
    const wrong = seen.filter(({ one, text }) => text !== null && beginsAnew(text, one));

    expect(seen.length).toBeGreaterThanOrEqual(60);
    expect(wrong).toEqual([]);
  });
});

describe("an honest continuation", () => {
  const refused = Object.entries(honest).map(([name, behaviour]) => {
    const texts = cases.map((one) => ({ one, text: shown(one, behaviour, 7) }));
    return {
      name,
      of: texts.length,
      refused: texts.filter(({ text }) => text === null).length,
      wrong: texts.filter(({ one, text }) => text !== null && plain(one.said + text) !== plain(one.whole)),
    };
  });

  it.each(refused)("($name) is shown as it is, or not at all", ({ wrong }) => {
    expect(wrong).toEqual([]);
  });

  it.each([
    ["repeats the last words and goes on", 0],
    ["repeats them between dots", 0],
    ["apologises, repeats the last words and goes on", 0],
    ["goes on with its prefill", 0.05],
  ])("(%s) is refused in at most %d of the cases", (name, most) => {
    const found = refused.find((one) => one.name === name);

    expect((found?.refused ?? Infinity) / (found?.of ?? 1)).toBeLessThanOrEqual(most);
  });
});
