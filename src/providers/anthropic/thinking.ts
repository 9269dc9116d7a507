/**
 * `reasoning_effort` in Anthropic's words. Thoughts count toward `max_tokens`
 * there, as they do toward `max_completion_tokens` at OpenAI; where the caller
 * set no bound, the thoughts get room of their own.
 * https://platform.claude.com/docs/en/build-with-claude/effort
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
import type { ChatRequest } from "../../openai/chat-request.ts";
import type { JsonObject } from "../json-object.ts";
import { type ClaudeModel, claudeModel } from "./model.ts";

export interface Thinking {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  readonly maxTokens: number;
}

/** Anthropic requires a bound on the answer; OpenAI callers often send none. It is what every Claude model can write. */
export const DEFAULT_MAX_TOKENS = 4096;

/** "Must be ≥1024 and less than max_tokens". */
const LEAST_BUDGET_TOKENS = 1024;

interface Effort {
  readonly effort: string;
  readonly budgetTokens: number;
}

/** The budgets are those of Google's layer for OpenAI's SDK, the only published ones. https://ai.google.dev/gemini-api/docs/openai#thinking */
const EFFORTS: Readonly<Record<string, Effort>> = {
  minimal: { effort: "low", budgetTokens: 1024 },
  low: { effort: "low", budgetTokens: 1024 },
  medium: { effort: "medium", budgetTokens: 8192 },
  high: { effort: "high", budgetTokens: 24_576 },
  xhigh: { effort: "xhigh", budgetTokens: 32_768 },
  max: { effort: "max", budgetTokens: 32_768 },
};

export function thinkingOf(request: ChatRequest, name: string): Thinking {
  const bound = boundOf(request);
  const model = claudeModel(name);
  const wanted = request.reasoning_effort;
  if (wanted === "none" && model.thinking === "adaptive") {
    return { thinking: { type: "disabled" }, maxTokens: bound ?? DEFAULT_MAX_TOKENS };
  }
  const effort = effortOf(wanted);
  if (effort === undefined) return { maxTokens: bound ?? DEFAULT_MAX_TOKENS };
  const maxTokens = bound ?? DEFAULT_MAX_TOKENS + effort.budgetTokens;
  if (model.thinking === "adaptive") {
    const word = effort.effort === "xhigh" && !model.knowsXhigh ? "max" : effort.effort;
    return { thinking: { type: "adaptive" }, effort: word, maxTokens };
  }
  // A continuation has only what is left of the caller's bound.
  if ((bound ?? Infinity) <= LEAST_BUDGET_TOKENS) return { maxTokens };
  // Half of the caller's bound at most: the rest is for the answer.
  const most = bound === undefined ? Infinity : Math.max(LEAST_BUDGET_TOKENS, Math.floor(bound / 2));
  const budget = Math.min(effort.budgetTokens, most);
  return { thinking: { type: "enabled", budget_tokens: budget }, maxTokens };
}

/** Null: it can be done. */
export function cannotThink(request: ChatRequest, model: ClaudeModel): string | null {
  const wanted = request.reasoning_effort;
  if (wanted === null || wanted === undefined) return null;
  if (wanted === "none") return model.alwaysThinks ? "reasoning_effort (none)" : null;
  if (effortOf(wanted) === undefined || model.thinking === "none") return "reasoning_effort";
  const choice = request.tool_choice;
  // "Thinking may not be enabled when tool_choice forces tool use."
  if (choice === "required" || typeof choice === "object")
    return choice === null ? null : "reasoning_effort with tool_choice";
  if (isOther(request.temperature, 1) || (request.top_p ?? 1) < 0.95)
    return "reasoning_effort with temperature or top_p";
  if (model.thinking === "adaptive") return null;
  if ((boundOf(request) ?? Infinity) <= LEAST_BUDGET_TOKENS) return "reasoning_effort with fewer than 1,025 tokens";
  // The turn must begin with its signed thoughts, which OpenAI's language has no place for.
  return request.messages.at(-1)?.role === "tool" ? "reasoning_effort after tool results" : null;
}

function effortOf(wanted: string | null | undefined): Effort | undefined {
  return typeof wanted === "string" && Object.hasOwn(EFFORTS, wanted) ? EFFORTS[wanted] : undefined;
}

function boundOf(request: ChatRequest): number | undefined {
  return request.max_completion_tokens ?? request.max_tokens ?? undefined;
}

function isOther(value: number | null | undefined, usual: number): boolean {
  return value !== null && value !== undefined && value !== usual;
}
