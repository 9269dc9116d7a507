/**
 * Text that reads like an answer, made of the caller's own words. Two orders
 * are obeyed to the letter, because tests and demonstrations need them:
 * "say: …" and "count to N".
 */
import type { Question } from "./question.ts";
import { pick } from "./pick.ts";

/** A count longer than this is a mistake, not a test. */
const LONGEST_COUNT = 100_000;

export function composeText(question: Question, seed: number): string {
  const asked = question.turns.findLast((turn) => turn.role === "user")?.text.trim() ?? "";
  const results = trailingResults(question);
  if (results.length > 0) return textFromResults(results, seed);
  const literal = /^(?:say|repeat|echo):\s*([\s\S]+)$/iu.exec(asked)?.[1];
  if (literal !== undefined) return literal;
  const count = /\bcount to (\d{1,6})\b/iu.exec(asked)?.[1];
  if (count !== undefined) return countTo(Math.min(Number(count), LONGEST_COUNT));
  return essay(question, topicOf(asked), seed);
}

export function composeThoughts(question: Question, seed: number): string {
  const asked = question.turns.findLast((turn) => turn.role === "user")?.text.trim() ?? "";
  const way = pick(
    ["I start with what is certain.", "I check the facts first.", "Two readings are possible."],
    seed >>> 3,
  );
  return `The user asks about ${topicOf(asked)}. ${way} A short, direct answer will serve best.`;
}

function trailingResults(question: Question): string[] {
  const results: string[] = [];
  for (const turn of question.turns.toReversed()) {
    if (turn.role !== "tool") break;
    results.unshift(turn.text);
  }
  return results;
}

function textFromResults(results: readonly string[], seed: number): string {
  const opening = pick(["I looked it up", "Here is what I found", "The result is in"], seed);
  return `${opening}: ${results.join("; ")}. Tell me if you need more detail.`;
}

function countTo(last: number): string {
  return Array.from({ length: last }, (_, index) => String(index + 1)).join(" ");
}

function topicOf(asked: string): string {
  const words = asked.match(/[\p{L}\p{N}'-]+/gu) ?? [];
  const telling = words.filter((word) => word.length > 2 && !COMMON_WORDS.has(word.toLowerCase()));
  return telling.length === 0 ? "this" : telling.slice(0, 4).join(" ");
}

const COMMON_WORDS = new Set(
  "about above after all and any are but can did for get had has her him his how its let may not one our out own per say she the too two use was who why yes yet you also answer been before could describe does from give have into make more need only other please show some tell that them then there these they this three what when where which while with word words would write your".split(
    " ",
  ),
);

function essay(question: Question, topic: string, seed: number): string {
  const opening = pick(
    [
      `Here is a short answer about ${topic}.`,
      `Let me take ${topic} step by step.`,
      `There are three things to know about ${topic}.`,
      `Good question: ${topic} is simpler than it looks.`,
    ],
    seed,
  );
  const picture =
    question.images === 0
      ? []
      : [`I can see the ${question.images === 1 ? "image" : `${question.images} images`} that you sent.`];
  const bodies = [0, 1, 2].map((place) => pick(BODIES, (seed >>> (place * 5)) + place * 7));
  const closing = pick(["Shall I go into more detail?", "I hope this helps.", "That is the whole of it."], seed >>> 9);
  return [...picture, opening, ...new Set(bodies), closing].join(" ");
}

const BODIES: readonly [string, ...string[]] = [
  "Start with the part that changes least, because everything else depends on it.",
  "Most people see the effect long before they see the cause.",
  "A small example makes it clear: take one case, follow it to its end, and then compare.",
  "The numbers are less important than the order in which things happen.",
  "In practice two simple steps cover nearly every case.",
  "What looks like an exception is usually the rule seen from the other side.",
  "It pays to write down what you expect first, so that a surprise is easy to notice.",
  "Where time matters, do the cheap check before the expensive one.",
  "The older way still works, but it asks for more care than it gives back.",
];
