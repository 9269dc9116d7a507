import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { ChatCompletion } from "../../openai/chat-completion.ts";
import type { ToolCall } from "../../openai/chat-request.ts";
import { unreadable } from "../classify-error.ts";
import { errorInBody } from "../error-inside.ts";
import { failureOf } from "../failure-of.ts";
import type { Stamp } from "../provider.ts";
import { translatedCompletion } from "../translated-completion.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { refusalOf } from "./refusal.ts";
import { type ContentBlock, MessageBody } from "./schema.ts";
import { usageOf } from "./usage.ts";

export function fromResponse(body: unknown, stamp: Stamp): Result<ChatCompletion, Failure> {
  const error = errorInBody(body, fromError, stamp);
  if (error !== null) return fail(error);
  const parsed = MessageBody.safeParse(body);
  if (!parsed.success) return fail(unreadable("the answer is not a message"));

  const { content: blocks, stop_reason: stopReason, stop_details: details, usage, model } = parsed.data;
  const finishReason = finishReasonOf(stopReason);
  const text = joined(blocks, "text");
  const thoughts = joined(blocks, "thinking");
  const toolCalls = blocks
    .filter((block) => block.type === "tool_use")
    .map((block, at) => toolCallOf(block, at, stamp));
  if (text === "" && toolCalls.length === 0) {
    if (finishReason === "content_filter") return fail(refusalOf(details));
    if (finishReason !== "length" && !stamp.mayBeEmpty) {
      return fail(failureOf("empty_answer", { message: `an answer without content (${stopReason})`, status: 200 }));
    }
  }
  const said = { model, text, thoughts, toolCalls, finishReason };
  return ok(translatedCompletion(stamp, { ...said, usage: usage == null ? null : usageOf(usage) }));
}

function joined(blocks: readonly ContentBlock[], type: "text" | "thinking"): string {
  return blocks.map((block) => (block.type === type ? (block[type] ?? "") : "")).join("");
}

function toolCallOf({ id, name, input }: ContentBlock, at: number, stamp: Stamp): ToolCall {
  return {
    id: id ?? `${stamp.id.replace("chatcmpl-", "call_")}_${at}`,
    type: "function",
    function: { name: name ?? "", arguments: JSON.stringify(input ?? {}) },
  };
}
