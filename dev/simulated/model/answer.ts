/**
 * What a model would answer: the one place that decides it, for every wire
 * format. The same question gets the same answer, streamed or not.
 */
import { assertNever } from "../../../src/lib/assert-never.ts";
import type { Answer, AnswerUsage, Question, ToolCall } from "./question.ts";
import { chooseToolCalls } from "./choose-tool-calls.ts";
import { fitSchema } from "./fit-schema.ts";
import { numberFrom } from "./pick.ts";
import { composeText, composeThoughts } from "./compose-text.ts";
import { continueText } from "./continue-text.ts";
import { countTokens, tokensOf } from "./tokens.ts";

export function answer(question: Question): Answer {
  const seed = seedOf(question);
  const toolCalls = chooseToolCalls(question, seed);
  const thoughts = question.thinks ? composeThoughts(question, seed) : "";
  if (toolCalls.length > 0) return callingTools(question, thoughts, toolCalls);

  const stopped = cutAtStop(textFor(question, seed), question.stop);
  const room = question.maxTokens ?? Number.POSITIVE_INFINITY;
  const kept = { thoughts: firstTokens(thoughts, room), text: firstTokens(stopped.text, room - countTokens(thoughts)) };
  const whole = kept.text === stopped.text && kept.thoughts === thoughts;
  return {
    ...kept,
    toolCalls: [],
    finish: whole ? "stop" : "length",
    stoppedBy: whole ? stopped.by : undefined,
    usage: usageOf(question, kept.thoughts, kept.text),
  };
}

function seedOf({ model, system, turns, seed }: Question): number {
  return numberFrom(JSON.stringify([model, system, turns, seed]));
}

/** An answer without a word: what the faults `empty` and Anthropic's refusals are made of. */
export function emptyAnswer(question: Question, finish: "stop" | "refusal"): Answer {
  return {
    thoughts: "",
    text: "",
    toolCalls: [],
    finish,
    stoppedBy: undefined,
    usage: { ...usageOf(question, "", ""), output: finish === "refusal" ? 0 : 1 },
  };
}

function callingTools(question: Question, thoughts: string, toolCalls: readonly ToolCall[]): Answer {
  const spoken = toolCalls.map((call) => call.name + JSON.stringify(call.input)).join(" ");
  return {
    thoughts,
    text: "",
    toolCalls,
    finish: "tools",
    stoppedBy: undefined,
    usage: usageOf(question, thoughts, spoken),
  };
}

function textFor(question: Question, seed: number): string {
  switch (question.format.kind) {
    case "text":
      return continueText(question, (asked) => composeText(asked, seedOf(asked))) ?? composeText(question, seed);
    case "json":
      return JSON.stringify({ answer: composeText(question, seed), confidence: 0.9 });
    case "schema":
      return JSON.stringify(fitSchema(question.format.schema, lastUserText(question), seed));
    default:
      return assertNever(question.format);
  }
}

function lastUserText(question: Question): string {
  return question.turns.findLast((turn) => turn.role === "user")?.text ?? "";
}

function cutAtStop(text: string, stops: readonly string[]): { text: string; by: string | undefined } {
  let end = text.length;
  let by: string | undefined;
  for (const stop of stops) {
    const at = stop === "" ? -1 : text.indexOf(stop);
    if (at >= 0 && at < end) [end, by] = [at, stop];
  }
  return { text: text.slice(0, end), by };
}

function firstTokens(text: string, count: number): string {
  const tokens = tokensOf(text);
  return count >= tokens.length ? text : tokens.slice(0, Math.max(0, count)).join("");
}

/** https://platform.openai.com/docs/guides/vision#calculating-costs: 85 tokens for an image in low detail. */
const IMAGE_TOKENS = 85;
/** Caching starts at 1,024 tokens and goes in steps of 128: https://platform.openai.com/docs/guides/prompt-caching */
const CACHE_FROM = 1024;
const CACHE_STEP = 128;

function usageOf(question: Question, thoughts: string, spoken: string): AnswerUsage {
  const prompt = [question.system, ...question.turns.map((turn) => turn.text)].join(" ");
  const tools = question.tools.length === 0 ? 0 : countTokens(JSON.stringify(question.tools));
  const input = countTokens(prompt) + tools + question.images * IMAGE_TOKENS + 3 * question.turns.length;
  const reasoning = countTokens(thoughts);
  return {
    input,
    // As if the same prompt had been seen a moment ago: a test need not send it twice.
    cached: question.cacheable && input >= CACHE_FROM ? Math.floor((input - 1) / CACHE_STEP) * CACHE_STEP : 0,
    output: reasoning + countTokens(spoken),
    reasoning,
  };
}
