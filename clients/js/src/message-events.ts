/**
 * A whole message of Anthropic's for a caller who asked for a stream: each
 * content block in one piece.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import { type Fields, fieldsOf, textIn } from "./fields.ts";

export function messageEvents(message: Fields): string {
  const { content, stop_reason, stop_sequence, ...head } = message;
  const blocks = Array.isArray(content) ? content.map(fieldsOf) : [];
  const start = { ...head, content: [], stop_reason: null, stop_sequence: null };
  return [
    event({ type: "message_start", message: start }),
    ...blocks.map(blockEvents),
    event({ type: "message_delta", delta: { stop_reason, stop_sequence }, usage: head["usage"] ?? {} }),
    event({ type: "message_stop" }),
  ].join("");
}

function blockEvents(block: Fields, index: number): string {
  const { empty, delta } = partsOf(block);
  return [
    event({ type: "content_block_start", index, content_block: empty }),
    ...(delta === null ? [] : [event({ type: "content_block_delta", index, delta })]),
    event({ type: "content_block_stop", index }),
  ].join("");
}

/** A block as it begins, and all that is then said; a block of a sort that does not come in pieces begins whole. */
function partsOf(block: Fields): { readonly empty: Fields; readonly delta: Fields | null } {
  switch (block["type"]) {
    case "text":
      return { empty: { ...block, text: "" }, delta: { type: "text_delta", text: textIn(block, "text") ?? "" } };
    case "thinking": {
      const delta = { type: "thinking_delta", thinking: textIn(block, "thinking") ?? "" };
      return { empty: { ...block, thinking: "" }, delta };
    }
    case "tool_use": {
      const delta = { type: "input_json_delta", partial_json: JSON.stringify(block["input"] ?? {}) };
      return { empty: { ...block, input: {} }, delta };
    }
    default:
      return { empty: block, delta: null };
  }
}

function event(data: Fields & { readonly type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
