/**
 * Answers in OpenAI's bytes, built in the official SDK's own types so that the
 * compiler checks them.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
import type OpenAI from "openai";
import { assertNever } from "../../../../src/lib/assert-never.ts";
import type { Answer, AnswerUsage } from "../../model/question.ts";
import { countTokens, piecesOf, tokensOf } from "../../model/tokens.ts";
import type { Frame } from "../wire-format.ts";

export interface Stamp {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly showsReasoning: boolean;
  readonly includeUsage: boolean;
}

type FinishReason = OpenAI.ChatCompletion.Choice["finish_reason"];
/** `reasoning_content` is not OpenAI's: https://api-docs.deepseek.com/guides/reasoning_model */
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: string };
type Message = OpenAI.ChatCompletionMessage & { reasoning_content?: string };

export function wholeOf(answer: Answer, stamp: Stamp): string {
  const message: Message = {
    role: "assistant",
    content: answer.toolCalls.length > 0 ? null : answer.text,
    refusal: null,
    annotations: [],
    ...(stamp.showsReasoning && answer.thoughts !== "" ? { reasoning_content: answer.thoughts } : {}),
    ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls.map(toolCallOf) } : {}),
  };
  const completion: OpenAI.ChatCompletion = {
    id: stamp.id,
    object: "chat.completion",
    created: stamp.created,
    model: stamp.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasonOf(answer) }],
    usage: usageOf(answer.usage),
    service_tier: "default",
    system_fingerprint: "fp_simulated",
  };
  return JSON.stringify(completion);
}

export function framesOf(answer: Answer, stamp: Stamp): Frame[] {
  const frames: Frame[] = [frame("opening", chunk(stamp, { role: "assistant", content: "", refusal: null }), 0)];
  if (stamp.showsReasoning) {
    for (const piece of tokensOf(answer.thoughts)) frames.push(words(stamp, { reasoning_content: piece }, 1));
  } else if (answer.thoughts !== "") {
    // Hidden reasoning takes its time in silence.
    frames.push({ kind: "opening", text: "", tokens: answer.usage.reasoning });
  }
  for (const piece of tokensOf(answer.text)) frames.push(words(stamp, { content: piece }, 1));
  frames.push(...answer.toolCalls.flatMap((call, index) => toolCallFrames(stamp, call, index)));
  frames.push(frame("finish", chunk(stamp, {}, finishReasonOf(answer)), 0));
  if (stamp.includeUsage) {
    frames.push(frame("finish", { ...chunk(stamp, {}), choices: [], usage: usageOf(answer.usage) }, 0));
  }
  return [...frames, { kind: "terminal", text: "data: [DONE]\n\n", tokens: 0 }];
}

function toolCallFrames(stamp: Stamp, call: Answer["toolCalls"][number], index: number): Frame[] {
  const whole = toolCallOf(call);
  const opening = { index, id: whole.id, type: whole.type, function: { name: call.name, arguments: "" } };
  const rest = piecesOf(whole.function.arguments, 2).map((piece) =>
    words(stamp, { tool_calls: [{ index, function: { arguments: piece } }] }, countTokens(piece)),
  );
  return [words(stamp, index === 0 ? { content: null, tool_calls: [opening] } : { tool_calls: [opening] }, 1), ...rest];
}

function toolCallOf(call: Answer["toolCalls"][number]): OpenAI.ChatCompletionMessageFunctionToolCall {
  return {
    id: `call_${call.id}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  };
}

function words(stamp: Stamp, delta: Delta, tokens: number): Frame {
  return frame("words", chunk(stamp, delta), tokens);
}

function frame(kind: Frame["kind"], event: OpenAI.ChatCompletionChunk, tokens: number): Frame {
  return { kind, text: `data: ${JSON.stringify(event)}\n\n`, tokens };
}

function chunk(stamp: Stamp, delta: Delta, finish: FinishReason | null = null): OpenAI.ChatCompletionChunk {
  return {
    id: stamp.id,
    object: "chat.completion.chunk",
    created: stamp.created,
    model: stamp.model,
    service_tier: "default",
    system_fingerprint: "fp_simulated",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    // With `include_usage` every chunk but the last says `null`.
    ...(stamp.includeUsage ? { usage: null } : {}),
  };
}

function finishReasonOf(answer: Answer): FinishReason {
  switch (answer.finish) {
    case "stop":
      return "stop";
    case "length":
      return "length";
    case "tools":
      return "tool_calls";
    case "refusal":
      return "content_filter";
    default:
      return assertNever(answer.finish);
  }
}

function usageOf(usage: AnswerUsage): OpenAI.CompletionUsage {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
