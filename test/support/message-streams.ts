/**
 * Anthropic's streams, whole, down to `message_stop`. Short, because tests cut
 * them at every byte; each has what another has not.
 */
import { readFileSync } from "node:fs";
import type { RecordedStream } from "./chat-streams.ts";

const START =
  '{"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_read_input_tokens":100,"output_tokens":1}}}';

/** Each is one event's data, whose name is its `type`. */
function wire(...events: readonly string[]): string {
  return events.map((data) => `event: ${String(/"type": ?"(\w+)"/.exec(data)?.[1])}\ndata: ${data}\n\n`).join("");
}

function block(index: number, content: string): string {
  return `{"type":"content_block_start","index":${index},"content_block":${content}}`;
}

function delta(index: number, content: string): string {
  return `{"type":"content_block_delta","index":${index},"delta":${content}}`;
}

function text(index: number, raw: string): string {
  return delta(index, `{"type":"text_delta","text":"${raw}"}`);
}

function stop(index: number): string {
  return `{"type":"content_block_stop","index":${index}}`;
}

function end(stopReason: string): string {
  return wire(
    `{"type":"message_delta","delta":{"stop_reason":"${stopReason}","stop_sequence":null},"usage":{"input_tokens":25,"cache_read_input_tokens":100,"output_tokens":15,"output_tokens_details":{"thinking_tokens":6}}}`,
    '{"type":"message_stop"}',
  );
}

function recorded(name: string, said: string, stream: string): RecordedStream {
  return { name, text: said, bytes: new TextEncoder().encode(stream) };
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/anthropic/${name}.sse`, import.meta.url), "utf8");
}

const OPEN_TEXT = block(0, '{"type":"text","text":""}');
const PING = '{"type": "ping"}';

export const recordedMessages: readonly RecordedStream[] = [
  recorded("thoughts, signed, and text", "Olá, Lisboa 🌊", fixture("text")),
  recorded("text and two tool calls", "Let me look.", fixture("tools")),
  recorded(
    "letters, emoji and escapes",
    'é\u0800\ud7ff€👩‍💻\u{10ffff}漢a\n"\\/\té😀 \u00e9b',
    wire(START, OPEN_TEXT, PING, text(0, "é\u0800\ud7ff€👩‍💻\u{10ffff}漢")) +
      wire(text(0, 'a\\n\\"\\\\\\/\\t\\u00e9'), text(0, "\\ud83d\\uDE00 \\u00E9b"), stop(0)) +
      end("end_turn"),
  ),
  recorded(
    "CRLF, comments, ids and no space behind a colon",
    "ok",
    (": keep-alive\n\nid: 7\n" + wire(START, OPEN_TEXT, text(0, "ok"), stop(0)) + ": a\n" + end("max_tokens"))
      .replaceAll(": ", ":")
      .replaceAll("\n", "\r\n"),
  ),
  recorded(
    "a tool call that goes before its text",
    "Done so far",
    wire(
      START,
      block(0, '{"type":"tool_use","id":"toolu_a1","name":"delete_user_avatar","input":{}}'),
      delta(0, '{"type":"input_json_delta","partial_json":"{\\"user\\":"}'),
      delta(0, '{"type":"input_json_delta","partial_json":" 1234, \\"all\\": true}"}'),
      stop(0),
      block(1, '{"type":"text","text":"Done","citations":[]}'),
      delta(1, '{"type":"citations_delta","citation":{"type":"char_location","cited_text":"x","document_index":0}}'),
      text(1, " so far"),
      stop(1),
    ) + end("stop_sequence"),
  ),
  recorded(
    "members in the order of other servers, and data in two lines",
    "one two three",
    wire(START) +
      'event: content_block_start\ndata: {"index":0,\ndata: "content_block":{"text":"one","type":"text"},"type":"content_block_start"}\n\n' +
      'event: content_block_delta\ndata: {"index": 0, "delta": {"text": " two", "type": "text_delta"}, "p": "abc", "type": "content_block_delta"}\n\n' +
      'event: content_block_delta\ndata: {"delta":{"text":" three","type":"text_delta"},"index":0,"type":"content_block_delta"}\n\n' +
      wire(stop(0)) +
      end("end_turn"),
  ),
  recorded(
    "an error of the provider's",
    "Half",
    wire(
      START,
      OPEN_TEXT,
      text(0, "Half"),
      '{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}',
    ),
  ),
];
