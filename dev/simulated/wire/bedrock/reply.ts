/**
 * Answers in Converse's bytes, built in the official SDK's own types so that
 * the compiler checks them.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
import type {
  ContentBlock,
  ContentBlockDeltaEvent,
  ContentBlockStartEvent,
  ContentBlockStopEvent,
  ConverseResponse,
  ConverseStreamMetadataEvent,
  MessageStartEvent,
  MessageStopEvent,
  StopReason,
  TokenUsage,
} from "@aws-sdk/client-bedrock-runtime";
import { assertNever } from "../../../../src/lib/assert-never.ts";
import { idFrom } from "../../model/pick.ts";
import type { Answer } from "../../model/question.ts";
import { countTokens, piecesOf, tokensOf } from "../../model/tokens.ts";
import type { Frame } from "../wire-format.ts";
import { eventFrame } from "./frame.ts";

export const STREAM_TYPE = "application/vnd.amazon.eventstream";

/** Signatures are opaque; ours are told from forged ones by their start. */
export const SIGNATURE_START = "EqSim";

/** `withheld`: why a refusal says nothing. */
export function wholeOf(answer: Answer, withheld: StopReason = "content_filtered"): string {
  const body: ConverseResponse = {
    output: { message: { role: "assistant", content: contentOf(answer) } },
    stopReason: stopReasonOf(answer, withheld),
    usage: usageOf(answer),
    metrics: { latencyMs: 12 },
  };
  return JSON.stringify(body);
}

export function framesOf(answer: Answer, withheld: StopReason = "content_filtered"): Frame[] {
  return [
    frame("opening", "messageStart", { role: "assistant" }),
    ...contentOf(answer).flatMap((block, index) => blockFrames(block, index)),
    frame("finish", "messageStop", { stopReason: stopReasonOf(answer, withheld) }),
    frame("terminal", "metadata", { usage: usageOf(answer), metrics: { latencyMs: 12 } }),
  ];
}

/** Only tools announce themselves: text and thoughts begin with their first delta. */
function blockFrames(block: ContentBlock, index: number): Frame[] {
  const start: Frame[] =
    block.toolUse === undefined
      ? []
      : [
          frame(index === 0 ? "opening" : "between", "contentBlockStart", {
            contentBlockIndex: index,
            start: { toolUse: { toolUseId: block.toolUse.toolUseId, name: block.toolUse.name } },
          }),
        ];
  return [...start, ...deltasOf(block, index), frame("between", "contentBlockStop", { contentBlockIndex: index })];
}

function deltasOf(block: ContentBlock, index: number): Frame[] {
  const delta = (part: ContentBlockDeltaEvent["delta"], tokens: number, kind: Frame["kind"] = "words"): Frame =>
    frame(kind, "contentBlockDelta", { contentBlockIndex: index, delta: part }, tokens);
  if (block.text !== undefined) return tokensOf(block.text).map((text) => delta({ text }, 1));
  if (block.toolUse !== undefined) {
    const pieces = piecesOf(JSON.stringify(block.toolUse.input), 2);
    return pieces.map((input) => delta({ toolUse: { input } }, countTokens(input)));
  }
  const { text = "", signature = "" } = block.reasoningContent?.reasoningText ?? {};
  return [
    ...tokensOf(text).map((part) => delta({ reasoningContent: { text: part } }, 1)),
    delta({ reasoningContent: { signature } }, 0, "between"),
  ];
}

interface Events {
  readonly messageStart: MessageStartEvent;
  readonly contentBlockStart: ContentBlockStartEvent;
  readonly contentBlockDelta: ContentBlockDeltaEvent;
  readonly contentBlockStop: ContentBlockStopEvent;
  readonly messageStop: MessageStopEvent;
  readonly metadata: ConverseStreamMetadataEvent;
}

function frame<Type extends keyof Events>(kind: Frame["kind"], type: Type, event: Events[Type], tokens = 0): Frame {
  const payload = JSON.stringify(event);
  // Bedrock pads every payload, so that its length does not give the token away.
  const padding = idFrom(payload, 1 + (payload.length % 40));
  return { kind, text: eventFrame(type, JSON.stringify({ ...event, p: padding })), tokens };
}

function contentOf(answer: Answer): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  if (answer.thoughts !== "") {
    const signature = SIGNATURE_START + idFrom(answer.thoughts, 60);
    blocks.push({ reasoningContent: { reasoningText: { text: answer.thoughts, signature } } });
  }
  if (answer.text !== "") blocks.push({ text: answer.text });
  for (const { id, name, input } of answer.toolCalls) {
    blocks.push({ toolUse: { toolUseId: `tooluse_${id}`, name, input: JSON.parse(JSON.stringify(input)) } });
  }
  return blocks;
}

function stopReasonOf(answer: Answer, withheld: StopReason): StopReason {
  switch (answer.finish) {
    case "stop":
      return answer.stoppedBy === undefined ? "end_turn" : "stop_sequence";
    case "length":
      return "max_tokens";
    case "tools":
      return "tool_use";
    case "refusal":
      return withheld;
    default:
      return assertNever(answer.finish);
  }
}

function usageOf({ usage }: Answer): TokenUsage {
  return {
    inputTokens: usage.input - usage.cached,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: 0,
  };
}
