import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { ChatCompletion } from "../../openai/chat-completion.ts";
import type { ToolCall } from "../../openai/chat-request.ts";
import { unreadable } from "../classify-error.ts";
import { failureOf } from "../failure-of.ts";
import { isJsonObject } from "../json-object.ts";
import type { Stamp } from "../provider.ts";
import { translatedCompletion } from "../translated-completion.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { brokenOff, filtered } from "./no-answer.ts";
import { ConverseBody, type ToolUse } from "./schema.ts";
import { usageOf } from "./usage.ts";

export function fromResponse(body: unknown, stamp: Stamp): Result<ChatCompletion, Failure> {
  const parsed = ConverseBody.safeParse(body);
  if (!parsed.success) {
    const isError = isJsonObject(body) && (body["__type"] ?? body["error"] ?? body["message"]) !== undefined;
    if (isError) return fail(fromError(200, new Headers(), JSON.stringify(body), stamp.createdSeconds * 1000));
    return fail(unreadable("the answer is not one of Converse"));
  }
  const { output, stopReason, usage } = parsed.data;
  const blocks = output.message.content;
  const finishReason = finishReasonOf(stopReason);
  if (finishReason === null) return fail(brokenOff(stopReason));
  const text = blocks.map((block) => block.text ?? "").join("");
  const thoughts = blocks.map((block) => block.reasoningContent?.reasoningText?.text ?? "").join("");
  const toolCalls = blocks
    .flatMap(({ toolUse }) => (toolUse ? [toolUse] : []))
    .map((toolUse, at) => toolCallOf(toolUse, at, stamp));
  if (text === "" && toolCalls.length === 0) {
    if (finishReason === "content_filter") return fail(filtered(stopReason));
    if (finishReason !== "length" && !stamp.mayBeEmpty) {
      return fail(failureOf("empty_answer", { message: `an answer without content (${stopReason})`, status: 200 }));
    }
  }
  // Converse does not say which model answered.
  const said = { model: null, text, thoughts, toolCalls, finishReason };
  return ok(translatedCompletion(stamp, { ...said, usage: usage == null ? null : usageOf(usage) }));
}

function toolCallOf({ toolUseId, name, input }: ToolUse, at: number, stamp: Stamp): ToolCall {
  return {
    id: toolUseId ?? `${stamp.id.replace("chatcmpl-", "call_")}_${at}`,
    type: "function",
    function: { name: name ?? "", arguments: JSON.stringify(input ?? {}) },
  };
}
