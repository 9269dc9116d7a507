import type { Question, Turn } from "./question.ts";

/** A conversation that asks to go on with an answer that broke off. */
interface Continuation {
  /** What was asked before it. */
  readonly question: Question;
  /** The answer so far. */
  readonly said: string;
  /** What it is to begin with; empty: it is a prefill, and the model goes on with its own words. */
  readonly quote: string;
}

/**
 * Null: nobody asks to go on. A model whose name ends in `-restarts` answers anew instead, one that ends in
 * `-apologises` says sorry first.
 */
export function continueText(question: Question, compose: (question: Question) => string): string | null {
  const asked = continuationOf(question);
  if (asked === null || question.model.endsWith("-restarts")) return null;
  const whole = compose(asked.question);
  // Another model would have said something else: then it goes on with what comes after its own beginning.
  const rest = whole.startsWith(asked.said)
    ? whole.slice(asked.said.length)
    : ` ${whole.slice(whole.indexOf(" ") + 1)}`;
  const sorry = question.model.endsWith("-apologises") ? "I'm sorry about that. " : "";
  return sorry + asked.quote + rest;
}

function continuationOf(question: Question): Continuation | null {
  const last = question.turns.at(-1);
  if (last?.role === "assistant") return continuation(question, question.turns.slice(0, -1), last, "");
  const [before, said] = [question.turns.slice(0, -2), question.turns.at(-2)];
  const quoted = /Begin by repeating its last words exactly: ("(?:[^"\\]|\\.)*")/.exec(last?.text ?? "")?.[1];
  if (quoted === undefined || said?.role !== "assistant") return null;
  const quote: unknown = JSON.parse(quoted);
  return typeof quote === "string" ? continuation(question, before, said, quote) : null;
}

function continuation(question: Question, turns: readonly Turn[], { text }: Turn, quote: string): Continuation {
  return { question: { ...question, turns }, said: text, quote };
}
