/**
 * The same short answer as each provider streams it: for tests that cut it
 * after every byte. A provider that is given its beginning goes on with it.
 */
import { DONE } from "./scripted-provider.ts";

export interface Recording {
  readonly name: string;
  readonly pieces: readonly string[];
  /** Its only tool call's arguments; null: it calls none. */
  readonly input: string | null;
  /** OpenAI's events have ids, as some compatible servers send them. */
  readonly ids: boolean;
}

export const plainText: Recording = { name: "text", pieces: ["Olá", ', 🌊\n "sim"'], input: null, ids: false };
export const textWithIds: Recording = { name: "text-with-ids", pieces: ["Um", " dois"], input: null, ids: true };
export const toolCall: Recording = { name: "tool", pieces: ["Já"], input: '{"city":"Lisboa"}', ids: false };
export const recordings: readonly Recording[] = [plainText, textWithIds, toolCall];

/** Code points: what one cut can spoil. */
export const charactersOf = (said: string): readonly string[] => Array.from(said);
export const textOf = ({ pieces }: Recording): string => pieces.join("");

/** As it comes from Anthropic, or from OpenAI. */
export function wireOf(recording: Recording, claude: boolean, said = "", again = 0): string {
  return (claude ? claudeWire : openaiWire)(recording, said, again);
}

/** The whole answer, or what of it comes after `said`, with the last `again` characters of that once more. */
function openaiWire(recording: Recording, said: string, again: number): string {
  const events = [
    chunk({ role: "assistant", content: "" }),
    ...piecesAfter(recording, said, again).map((content) => chunk({ content })),
    ...(recording.input === null ? [chunk({}, "stop")] : [openaiTool(recording.input), chunk({}, "tool_calls")]),
    DONE,
  ];
  return events.map((each, at) => (recording.ids ? `id: ${at}\n${each}` : each)).join("");
}

function openaiTool(input: string): string {
  const call = { index: 0, id: "call_1", type: "function", function: { name: "get_weather", arguments: input } };
  return chunk({ tool_calls: [call] });
}

function chunk(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

function claudeWire(recording: Recording, said: string, again: number): string {
  const usage = { input_tokens: 9, output_tokens: 1 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude", content: [], usage };
  return [
    event({ type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null } }),
    event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    ...piecesAfter(recording, said, again).map((text) =>
      event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    ),
    event({ type: "content_block_stop", index: 0 }),
    ...(recording.input === null ? [] : claudeTool(recording.input)),
    event({
      type: "message_delta",
      delta: { stop_reason: recording.input === null ? "end_turn" : "tool_use", stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    event({ type: "message_stop" }),
  ].join("");
}

function claudeTool(input: string): readonly string[] {
  return [
    event({
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
    }),
    event({ type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: input } }),
    event({ type: "content_block_stop", index: 1 }),
  ];
}

function event(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A character that the cut went through was finished as some other one; the model takes it for the one it was. */
function piecesAfter(recording: Recording, said: string, again: number): readonly string[] {
  if (said === "") return recording.pieces;
  const characters = charactersOf(said);
  const rest = charactersOf(textOf(recording)).slice(characters.length);
  return [[...characters.slice(characters.length - Math.min(again, characters.length)), ...rest].join("")];
}
