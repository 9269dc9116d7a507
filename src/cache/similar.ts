/**
 * May the answer to one question be given to another that a vector calls near? A vector of word pieces cannot tell
 * "with" from "without", so this looks for what must not differ and says which it was. It never says that two questions
 * are the same: only that it found no reason against it.
 */
import { askedWords, languageOf } from "./asked-words.ts";
import { namesDiffer } from "./names.ts";
import { DATES, NEGATIONS, SHORT_UNITS, TURNING_PREFIXES, UNITS } from "./small-words.ts";
import { tokensOf, type Token } from "./tokens.ts";

export type Difference =
  | "numbers"
  | "units"
  | "dates"
  | "negations"
  | "quotations"
  | "signs"
  | "names"
  | "order"
  | "words"
  | "code"
  | "nothing_asked";

export interface Comparison {
  /**
   * Every word of the one must stand in the other, fillers aside. For vectors that know words only by their letters;
   * one that knows what words mean may leave that to its cosine.
   */
  readonly wordsMustMatch: boolean;
}

/** Null: nothing speaks against it. */
export function differenceBetween(one: string, other: string, { wordsMustMatch }: Comparison): Difference | null {
  if (LOOKS_LIKE_CODE.test(one) || LOOKS_LIKE_CODE.test(other)) return "code";
  const left = tokensOf(one);
  const right = tokensOf(other);
  const facts = factsOf(left);
  const others = factsOf(right);
  for (const name of FACTS) if (!sameList(facts[name], others[name])) return name;
  if (turnsRound(left, right)) return "negations";
  if (namesDiffer(left, right)) return "names";

  const language = languageOf([...left, ...right]);
  const asked = askedWords(left, language);
  const otherAsked = askedWords(right, language);
  if (asked.length === 0 || otherAsked.length === 0) return "nothing_asked";
  if (sameList(asked, otherAsked)) return null;
  if (sameList(asked.toSorted(), otherAsked.toSorted())) return "order";
  return wordsMustMatch ? "words" : null;
}

/** There, every stroke counts, and white space as well. */
const LOOKS_LIKE_CODE = /```|^(?: {2,}|\t)\S|[;{}][ \t]*$/m;

const FACTS = ["quotations", "signs", "numbers", "units", "dates", "negations"] as const;
type Facts = Record<(typeof FACTS)[number], string[]>;

/** Each in the order of the text: from 5 to 10 is not from 10 to 5. */
function factsOf(tokens: readonly Token[]): Readonly<Facts> {
  const facts: Facts = { quotations: [], signs: [], numbers: [], units: [], dates: [], negations: [] };
  for (const [place, token] of tokens.entries()) {
    const fact = factOf(token, tokens[place - 1]);
    if (fact !== null) facts[fact].push(token.text);
  }
  return facts;
}

function factOf({ kind, text }: Token, before: Token | undefined): keyof Facts | null {
  if (kind === "quote") return "quotations";
  if (kind === "number") return "numbers";
  if (kind === "sign") return UNIT_SIGNS.has(text) ? "units" : "signs";
  if (NEGATIONS.has(text)) return "negations";
  if (isUnit(text) || (before?.kind === "number" && SHORT_UNITS.has(text))) return "units";
  return DATES.has(text) ? "dates" : null;
}

const UNIT_SIGNS: ReadonlySet<string> = new Set("$€£¥%°‰");

function isUnit(text: string): boolean {
  return UNITS.has(text) || (text.endsWith("s") && UNITS.has(text.slice(0, -1)));
}

/** A word here that is a word there with "un" or the like in front. */
function turnsRound(left: readonly Token[], right: readonly Token[]): boolean {
  const here = new Set(left.map(({ text }) => text));
  const there = new Set(right.map(({ text }) => text));
  return hasTurned(here, there) || hasTurned(there, here);
}

function hasTurned(plain: ReadonlySet<string>, turned: ReadonlySet<string>): boolean {
  return [...plain].some(
    (word) => word.length > 3 && !turned.has(word) && TURNING_PREFIXES.some((prefix) => turned.has(prefix + word)),
  );
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, place) => text === other[place]);
}
