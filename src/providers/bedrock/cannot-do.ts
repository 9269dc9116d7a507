/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import type { ChatRequest } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionTool } from "../../openai/parts.ts";
import { cannotBeStrict, cannotFormat, cannotSample } from "../anthropic/cannot-do.ts";
import type { ClaudeModel } from "../anthropic/model.ts";
import { cannotThink } from "../anthropic/thinking.ts";
import { cannotOfferTools, cannotReadMessages } from "../message-checks.ts";
import { firstIncapable, MAPPED_EVERYWHERE, OPENAI_ONLY, type Treatment } from "../parameters.ts";
import { claudeIn, takesSchemas } from "./model.ts";
import { imageFormatOf, usesTools } from "./to-messages.ts";

export const PARAMETERS: Readonly<Record<string, Treatment>> = {
  ...OPENAI_ONLY,
  ...MAPPED_EVERYWHERE,
  seed: "incapable",
};

export function cannotDo(request: ChatRequest, name: string): string | null {
  const claude = claudeIn(name);
  return (
    firstIncapable(request, PARAMETERS) ??
    cannotSample(request, claude ?? ANY_SAMPLING) ??
    cannotStop(request) ??
    cannotFormat(request) ??
    cannotOfferTools(request) ??
    cannotBeStrict(request) ??
    (takesSchemas(claude) ? null : needsSchemas(request)) ??
    cannotChoose(request, claude) ??
    cannotReason(request, claude) ??
    cannotReadMessages(request, imageFits) ??
    (!claude?.takesPrefill && request.messages.at(-1)?.role === "assistant"
      ? "messages (the last is the assistant's)"
      : null)
  );
}

/** Converse's own bounds are temperature 0 to 1 and topP 0 to 1. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
const ANY_SAMPLING = { takesSampling: true, takesBothSamplings: true };

/** "stopSequences: Length Constraints: Minimum length of 1"; of white space alone Claude takes none. */
function cannotStop({ stop }: ChatRequest): string | null {
  return [stop ?? []].flat().some((sequence) => sequence.trim() === "") ? "stop (white space)" : null;
}

function needsSchemas({ response_format: format, tools }: ChatRequest): string | null {
  if (format?.type === "json_schema") return "response_format (json_schema)";
  return tools?.some((tool) => isFunctionTool(tool) && tool.function.strict === true) ? "tools (strict)" : null;
}

function cannotChoose(request: ChatRequest, claude: ClaudeModel | null): string | null {
  const { messages, tools, tool_choice: choice, parallel_tool_calls: parallel } = request;
  const calls = usesTools(messages);
  // "The toolConfig field must be defined when using toolUse and toolResult content blocks."
  if (!tools?.length) return calls ? "messages (tool_calls without tools)" : null;
  // Converse has no such choice. Without calls in the conversation the tools can be left out instead.
  if (choice === "none") return calls ? "tool_choice (none)" : null;
  if (parallel !== false) return null;
  // Only as a field of Claude's own, which a choice of Converse's would contradict.
  // https://github.com/BerriAI/litellm/pull/34347, https://github.com/BerriAI/litellm/issues/36536
  const isFree = choice === null || choice === undefined || choice === "auto";
  return isFree && (claude?.version ?? 0) >= 405 ? null : "parallel_tool_calls";
}

/** Other makers' models reason each in their own way, and mostly by themselves. */
function cannotReason(request: ChatRequest, claude: ClaudeModel | null): string | null {
  if (claude !== null) return cannotThink(request, claude);
  return request.reasoning_effort == null ? null : "reasoning_effort";
}

/** Bytes only: a picture elsewhere may be named in Amazon's own storage alone. */
function imageFits(url: string): boolean {
  const data = dataUrlOf(url);
  return data !== null && imageFormatOf(data.mediaType) !== null;
}
