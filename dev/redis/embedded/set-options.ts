/** The options of SET: https://redis.io/docs/latest/commands/set/ */
import { CommandError, integerIn, SYNTAX_ERROR } from "./command.ts";

export interface SetOptions {
  readonly only: "new" | "existing" | "any";
  readonly expiry: { readonly kind: "kept" } | { readonly kind: "at"; readonly atMs: number | null };
  /** Answers what was there before. */
  readonly get: boolean;
}

/** Each of the three at most once: everything else is a syntax error, as in Redis. */
export function setOptionsIn(words: readonly string[], nowMs: number): SetOptions {
  let only: SetOptions["only"] | undefined;
  let expiry: SetOptions["expiry"] | undefined;
  let get = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]?.toUpperCase() ?? "";
    if (word === "GET") get = true;
    else if ((word === "NX" || word === "XX") && only === undefined) only = word === "NX" ? "new" : "existing";
    else if (word === "KEEPTTL" && expiry === undefined) expiry = { kind: "kept" };
    else if (isUnit(word) && expiry === undefined) {
      index += 1;
      expiry = { kind: "at", atMs: momentOf(word, words[index], nowMs) };
    } else throw new CommandError(SYNTAX_ERROR);
  }
  return { only: only ?? "any", expiry: expiry ?? { kind: "at", atMs: null }, get };
}

const UNITS = {
  EX: (amount: number, nowMs: number) => nowMs + amount * 1_000,
  PX: (amount: number, nowMs: number) => nowMs + amount,
  EXAT: (amount: number) => amount * 1_000,
  PXAT: (amount: number) => amount,
} as const;

function isUnit(word: string): word is keyof typeof UNITS {
  return Object.hasOwn(UNITS, word);
}

function momentOf(unit: keyof typeof UNITS, amount: string | undefined, nowMs: number): number {
  if (amount === undefined) throw new CommandError(SYNTAX_ERROR);
  const value = integerIn(amount);
  const atMs = UNITS[unit](value, nowMs);
  if (value <= 0 || !Number.isSafeInteger(atMs)) throw new CommandError("ERR invalid expire time in 'set' command");
  return atMs;
}
