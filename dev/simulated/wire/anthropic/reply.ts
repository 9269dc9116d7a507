/**
 * Answers in Anthropic's bytes, built in the official SDK's own types so that
 * the compiler checks them.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type Anthropic from "@anthropic-ai/sdk";
import { assertNever } from "../../../../src/lib/assert-never.ts";
import { idFrom } from "../../model/pick.ts";
import type { Answer, ToolCall } from "../../model/question.ts";
import { countTokens, piecesOf, tokensOf } from "../../model/tokens.ts";
import type { Frame } from "../wire-format.ts";

export interface Stamp {
  readonly id: string;
  readonly model: string;
  /** With `display: "omitted"` only the signature is sent. */
  readonly showsThinking: boolean;
}

/** Signatures are opaque; ours are told from forged ones by their start. */
export const SIGNATURE_START = "EqSim";

export function wholeOf(answer: Answer, stamp: Stamp): string {
  return JSON.stringify({ ...messageOf(answer, stamp), content: contentOf(answer, stamp), ...endOf(answer) });
}

export function framesOf(answer: Answer, stamp: Stamp): Frame[] {
  const start: Anthropic.Message = {
    ...messageOf(answer, stamp),
    usage: { ...usageOf(answer), output_tokens: 1, output_tokens_details: null },
  };
  const frames: Frame[] = [frame("opening", { type: "message_start", message: start })];
  for (const [index, block] of contentOf(answer, stamp).entries()) {
    frames.push(...blockFrames(block, index, answer));
  }
  const { container, stop_details, stop_reason, stop_sequence } = { ...messageOf(answer, stamp), ...endOf(answer) };
  const usage = usageOf(answer);
  return [
    ...frames,
    frame("finish", {
      type: "message_delta",
      delta: { container, stop_details, stop_reason, stop_sequence },
      usage: {
        input_tokens: usage.input_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: usage.output_tokens,
        output_tokens_details: usage.output_tokens_details,
        server_tool_use: null,
      },
    }),
    frame("terminal", { type: "message_stop" }),
  ];
}

type OwnBlock = Anthropic.TextBlock | Anthropic.ThinkingBlock | Anthropic.ToolUseBlock;

function blockFrames(block: OwnBlock, index: number, answer: Answer): Frame[] {
  const start: OwnBlock =
    block.type === "text"
      ? { ...block, text: "" }
      : block.type === "thinking"
        ? { ...block, thinking: "", signature: "" }
        : { ...block, input: {} };
  const kind = index === 0 ? "opening" : "between";
  return [
    frame(kind, { type: "content_block_start", index, content_block: start }),
    ...(index === 0 ? [{ kind, text: 'event: ping\ndata: {"type":"ping"}\n\n', tokens: 0 } satisfies Frame] : []),
    ...deltasOf(block, answer).map(({ delta, tokens, kind: place }) =>
      frame(place, { type: "content_block_delta", index, delta }, tokens),
    ),
    frame("between", { type: "content_block_stop", index }),
  ];
}

interface TimedDelta {
  readonly delta: Anthropic.RawContentBlockDelta;
  readonly tokens: number;
  readonly kind: "words" | "between";
}

function deltasOf(block: OwnBlock, answer: Answer): TimedDelta[] {
  switch (block.type) {
    case "text":
      return tokensOf(block.text).map((text) => words({ type: "text_delta", text }, 1));
    case "thinking": {
      const spoken = tokensOf(block.thinking).map((thinking) => words({ type: "thinking_delta", thinking }, 1));
      const hidden = block.thinking === "" ? answer.usage.reasoning : 0;
      return [
        ...spoken,
        { ...words({ type: "signature_delta", signature: block.signature }, hidden), kind: "between" },
      ];
    }
    case "tool_use": {
      const pieces = piecesOf(JSON.stringify(block.input), 2);
      return ["", ...pieces].map((piece) =>
        words({ type: "input_json_delta", partial_json: piece }, countTokens(piece)),
      );
    }
    default:
      return assertNever(block);
  }
}

function words(delta: Anthropic.RawContentBlockDelta, tokens: number): TimedDelta {
  return { delta, tokens, kind: "words" };
}

function frame(kind: Frame["kind"], event: Anthropic.RawMessageStreamEvent, tokens = 0): Frame {
  return { kind, text: `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, tokens };
}

/** A message before its first content. */
function messageOf(answer: Answer, { id, model }: Stamp): Anthropic.Message {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(answer),
  };
}

function contentOf(answer: Answer, stamp: Stamp): OwnBlock[] {
  const blocks: OwnBlock[] = [];
  if (answer.thoughts !== "") {
    const signature = SIGNATURE_START + idFrom(answer.thoughts, 60);
    blocks.push({ type: "thinking", thinking: stamp.showsThinking ? answer.thoughts : "", signature });
  }
  if (answer.text !== "") blocks.push({ type: "text", text: answer.text, citations: null });
  return [...blocks, ...answer.toolCalls.map(toolUseOf)];
}

function toolUseOf({ id, name, input }: ToolCall): Anthropic.ToolUseBlock {
  return { type: "tool_use", id: `toolu_01${id}`, name, input, caller: { type: "direct" } };
}

function endOf(answer: Answer): Pick<Anthropic.Message, "stop_reason" | "stop_sequence" | "stop_details"> {
  const end = { stop_sequence: answer.stoppedBy ?? null, stop_details: null };
  switch (answer.finish) {
    case "stop":
      return { ...end, stop_reason: answer.stoppedBy === undefined ? "end_turn" : "stop_sequence" };
    case "length":
      return { ...end, stop_reason: "max_tokens" };
    case "tools":
      return { ...end, stop_reason: "tool_use" };
    case "refusal":
      return {
        ...end,
        stop_reason: "refusal",
        stop_details: {
          type: "refusal",
          category: "cyber",
          explanation: "This request was declined by a safety classifier.",
        },
      };
    default:
      return assertNever(answer.finish);
  }
}

function usageOf({ usage }: Answer): Anthropic.Usage {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: usage.reasoning === 0 ? null : { thinking_tokens: usage.reasoning },
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: null,
    speed: null,
  };
}
