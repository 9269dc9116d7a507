/** An answer as Anthropic gives it: the part of it that we ever say. https://platform.claude.com/docs/en/api/messages */
import type { FinishReason, Usage } from "../openai/chat-completion.ts";

export type StopReason = "end_turn" | "max_tokens" | "tool_use" | "refusal";

export interface MessageUsage {
  readonly cache_creation: null;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly inference_geo: null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
  readonly service_tier: null;
  readonly speed: null;
}

/** All of a message but what it says and why it ended: how a stream begins. */
export function messageHead(id: string, model: string, usage: MessageUsage) {
  return {
    id: `msg_${id.replace(/^(?:chatcmpl-|msg_)/, "")}`,
    type: "message",
    role: "assistant",
    model,
    container: null,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    diagnostics: null,
    usage,
  } as const;
}

/** What was written to a cache is not told apart: it is in `input_tokens`. */
export function messageUsage(usage: Usage | null | undefined): MessageUsage {
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const thought = usage?.completion_tokens_details?.reasoning_tokens;
  return {
    cache_creation: null,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    inference_geo: null,
    input_tokens: Math.max(0, (usage?.prompt_tokens ?? 0) - cached),
    output_tokens: usage?.completion_tokens ?? 0,
    output_tokens_details: thought === undefined ? null : { thinking_tokens: thought },
    server_tool_use: null,
    service_tier: null,
    speed: null,
  };
}

/**
 * OpenAI says `stop` of a call that the request forced, and of a refusal in words; Anthropic never does.
 * https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
export function stopReasonOf(
  reason: FinishReason,
  said: { readonly refused: boolean; readonly calledTools: boolean },
): StopReason {
  if (reason === "length") return "max_tokens";
  if (reason === "content_filter" || said.refused) return "refusal";
  return reason !== "stop" || said.calledTools ? "tool_use" : "end_turn";
}

/** "tool_use ids must match ^[a-zA-Z0-9_-]+$": they come back with the conversation, and to another provider perhaps. */
export function toolUseId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, "_") || "_";
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The arguments of a call as an object; null: they are none. */
export function inputOf(args: string): Fields | null {
  try {
    const input: unknown = args.trim() === "" ? {} : JSON.parse(args);
    return isFields(input) ? input : null;
  } catch {
    return null;
  }
}
