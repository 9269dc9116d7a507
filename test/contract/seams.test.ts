/**
 * Other models' continuations, good and bad, at many seams of real texts: no restart reaches the reader, however it is
 * worded, and of the honest ones few are refused. docs/decisions/2026-11-21-the-seam.md has the figures.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { askToContinue } from "../../src/chat/ask-to-continue.ts";
import { shownOf } from "../support/shown-of.ts";

const Answer = z.object({ name: z.string(), whole: z.string(), paraphrase: z.string() });
type Answer = z.infer<typeof Answer>;

const answersIn = (file: string): readonly Answer[] =>
  z.array(Answer).parse(JSON.parse(readFileSync(`test/fixtures/seams/${file}.json`, "utf8")));

/** `held-out`: other texts than those with which the thresholds were chosen, and most of them say something twice. */
const SETS = [
  { file: "answers", answers: answersIn("answers"), mostRefused: 0 },
  { file: "held-out", answers: answersIn("held-out"), mostRefused: 0.125 },
];

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

/** As it was given its beginning: without the white space at its end. */
const goesOn = (whole: string, at: number): string => whole.slice(whole.slice(0, at).trimEnd().length);

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
  "goes on with its prefill": { prefilled: true, says: (one) => goesOn(one.whole, one.said.length) },
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

function casesOf(answers: readonly Answer[]): readonly Case[] {
  return answers.flatMap(({ whole, paraphrase }) =>
    CUTS.map((part) => {
      const at = Math.floor(whole.length * part);
      return { said: whole.slice(0, at), rest: whole.slice(at), whole, paraphrase };
    }),
  );
}

/** What the reader is shown of the new text; null: nothing, but an error. */
function shown(one: Case, { prefilled, says }: Behaviour, piece: number): string | null {
  return shownOf({ delivered: one.said, prefilled }, says(one), piece);
}

function beginsAnew(text: string, { whole, paraphrase }: Case): boolean {
  return [whole, paraphrase].some((anew) => plain(text).includes(plain(anew).slice(0, 20)));
}

const plain = (text: string): string => text.replaceAll(/\s+/g, " ");

describe.each(SETS)("a continuation that begins the answer anew ($file)", ({ answers }) => {
  it.each(Object.entries(restarts))("(%s) never reaches the reader twice", (_name, behaviour) => {
    const seen = casesOf(answers).flatMap((one) =>
      [1, 7, 64].map((piece) => ({ one, text: shown(one, behaviour, piece) })),
    );
    // Where a restart has caught up with the very words of the cut, what comes after them is a rest.
    const wrong = seen.filter(({ one, text }) => text !== null && beginsAnew(text, one));

    expect(seen.length).toBeGreaterThanOrEqual(48);
    expect(wrong).toEqual([]);
  });
});

describe.each(SETS)("an honest continuation ($file)", ({ answers, mostRefused }) => {
  const refused = Object.entries(honest).map(([name, behaviour]) => {
    const texts = casesOf(answers).map((one) => ({ one, text: shown(one, behaviour, 7) }));
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
    ["goes on with its prefill", mostRefused],
  ])("(%s) is refused in at most %d of the cases", (name, most) => {
    const found = refused.find((one) => one.name === name);

    expect((found?.refused ?? Infinity) / (found?.of ?? 1)).toBeLessThanOrEqual(most);
  });

  it("with its prefill is never another text, wherever it was cut", () => {
    const wrong = answers.flatMap(({ name, whole }) =>
      Array.from({ length: whole.length }, (_, at) => {
        const text = shownOf({ delivered: whole.slice(0, at), prefilled: true }, goesOn(whole, at));
        return text === null || whole.slice(0, at) + text === whole ? null : `${name} at ${at}`;
      }).filter((each) => each !== null),
    );

    expect(wrong).toEqual([]);
  });
});
