/**
 * `reasoning_effort` in Gemini's words, by the table of Google's own layer for
 * OpenAI's SDK. `xhigh` and `max` are its highest level.
 * https://ai.google.dev/gemini-api/docs/openai#thinking
 */
import type { ChatRequest } from "../../openai/chat-request.ts";
import type { JsonObject } from "../json-object.ts";
import { type GeminiModel, geminiModel } from "./model.ts";

const EFFORTS: Readonly<Record<string, { readonly level: string; readonly budget: number }>> = {
  minimal: { level: "MINIMAL", budget: 1024 },
  low: { level: "LOW", budget: 1024 },
  medium: { level: "MEDIUM", budget: 8192 },
  high: { level: "HIGH", budget: 24_576 },
  xhigh: { level: "HIGH", budget: 24_576 },
  max: { level: "HIGH", budget: 24_576 },
};

export function thinkingOf({ reasoning_effort: wanted }: ChatRequest, name: string): JsonObject | undefined {
  if (wanted === null || wanted === undefined) return undefined;
  // Before 2.5 there is nothing to turn off.
  if (wanted === "none") return geminiModel(name).thinking === "none" ? undefined : { thinkingBudget: 0 };
  const effort = effortOf(wanted);
  const model = geminiModel(name);
  if (effort === undefined) return undefined;
  // Summaries are shown, so that a model that thinks for long is seen to be at work.
  if (model.thinking === "budget") return { includeThoughts: true, thinkingBudget: effort.budget };
  const level = effort.level === "MINIMAL" && !model.hasMinimal ? "LOW" : effort.level;
  return { includeThoughts: true, thinkingLevel: level };
}

/** Null: it can be done. */
export function cannotThink({ reasoning_effort: wanted }: ChatRequest, model: GeminiModel): string | null {
  if (wanted === null || wanted === undefined) return null;
  if (wanted === "none") return model.thinking === "none" || model.canStopThinking ? null : "reasoning_effort (none)";
  return effortOf(wanted) === undefined || model.thinking === "none" ? "reasoning_effort" : null;
}

function effortOf(wanted: string): (typeof EFFORTS)[string] | undefined {
  return Object.hasOwn(EFFORTS, wanted) ? EFFORTS[wanted] : undefined;
}
