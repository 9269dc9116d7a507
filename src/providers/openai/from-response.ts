import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { ChatCompletion, CompletionChoice } from "../../openai/chat-completion.ts";
import { unreadable } from "../classify-error.ts";
import { failureOf } from "../failure-of.ts";
import type { Stamp } from "../provider.ts";
import { errorInBody } from "../error-inside.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { isComplete } from "./is-complete.ts";
import { type Choice, Completion } from "./schema.ts";
import { usageOf } from "./usage.ts";

/** Passed on as it came (the very same value, where it is complete), with what a careless server leaves out filled in. */
export function fromResponse(body: unknown, stamp: Stamp): Result<ChatCompletion, Failure> {
  const error = errorInBody(body, fromError, stamp);
  if (error !== null) return fail(error);
  if (isComplete(body)) return ok(body);
  const parsed = Completion.safeParse(body);
  if (!parsed.success) return fail(unreadable("the answer is not a chat completion"));
  const { choices, usage, ...rest } = parsed.data;
  if (!stamp.mayBeEmpty && choices.every(saysNothing))
    return fail(failureOf("empty_answer", { message: "an answer without content" }));
  return ok({
    ...rest,
    id: rest.id ?? stamp.id,
    object: "chat.completion",
    created: rest.created ?? stamp.createdSeconds,
    model: rest.model ?? stamp.model,
    choices: choices.map((choice, index) => completed(choice, index, stamp)),
    ...(usage != null && { usage: usageOf(usage) }),
  });
}

/** `length` without text is an answer: the model has thought until its bound. So is a filter's silence. */
function saysNothing({ message, finish_reason: reason }: Choice): boolean {
  if (reason === "length" || reason === "content_filter") return false;
  const { content, refusal, tool_calls: toolCalls, function_call: functionCall, audio } = message;
  return !content && !refusal && !toolCalls?.length && !functionCall && !audio;
}

function completed(choice: Choice, index: number, stamp: Stamp): CompletionChoice {
  const { tool_calls: toolCalls, reasoning, reasoning_content: reasoningContent, ...message } = choice.message;
  const thoughts = reasoningContent ?? reasoning;
  const calls = (toolCalls ?? []).map((call, at) => ({
    ...call,
    // Ollama and others leave ids out; a client must have one to answer to.
    id: call.id || `${stamp.id.replace("chatcmpl-", "call_")}_${index}_${at}`,
    type: "function" as const,
    function: { ...call.function, name: call.function?.name ?? "", arguments: call.function?.arguments ?? "{}" },
  }));
  return {
    logprobs: null,
    ...choice,
    index: choice.index ?? index,
    message: {
      ...message,
      role: "assistant",
      content: message.content ?? null,
      refusal: message.refusal ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(thoughts != null && { reasoning_content: thoughts }),
    },
    finish_reason: finishReasonOf(choice.finish_reason, calls.length > 0),
  };
}
