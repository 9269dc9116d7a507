/** Recorded answers of both dialects, and what a caller gets of each when it is cut after any byte. */
import { readFileSync } from "node:fs";
import { streamDialects } from "../../src/stream/dialects.ts";
import { recordedStreams } from "./chat-streams.ts";
import { bytesOf } from "./cut-streams.ts";
import { EventTail } from "../../src/stream/event-tail.ts";
import type { PreparedBytes } from "./bytes-server.ts";
import type { Dialect } from "./judges.ts";

export interface CutAnswer {
  readonly name: string;
  readonly dialect: Dialect;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The first `at` bytes, the half-sent event completed, the error; all of it where nothing is cut off. */
  cutAt(at: number): PreparedBytes;
}

interface Recorded {
  readonly name: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

function answer(dialect: Dialect, { name, text, bytes }: Recorded): CutAnswer {
  const spoken = streamDialects[dialect];
  const error = bytesOf(spoken.pen({ includeUsage: false }).error("stream_cut", "broke off"));
  return {
    name,
    text,
    bytes,
    dialect,
    cutAt(at) {
      if (at === bytes.length) return { bytes, aborted: false };
      const begun = bytes.subarray(0, at);
      const tail = new EventTail();
      tail.take(begun);
      const suffix = spoken.completeEvent(tail.bytes());
      if (suffix === null) return { bytes: begun, aborted: true };
      return { bytes: Buffer.concat([begun, suffix, error]), aborted: false };
    },
  };
}

function fixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
}

/** With what a recording has not: escapes, CRLF, comments, no space after the colon. */
const AWKWARD = [
  [
    "message_start",
    '{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}',
  ],
  ["content_block_start", '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}'],
  [
    "content_block_delta",
    '{"index":0,"delta":{"text":"a\\n\\"é\\u00e9\\ud83d\\ude00","type":"text_delta"},"type":"content_block_delta"}',
  ],
  ["content_block_stop", '{"type":"content_block_stop","index":0}'],
  ["message_delta", '{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":7}}'],
  ["message_stop", '{"type":"message_stop"}'],
]
  .map(([name, data]) => `: a comment\r\nevent:${name}\r\ndata:${data}\r\n\r\n`)
  .join("");

export const cutAnswers: readonly CutAnswer[] = [
  ...recordedStreams.map((stream) => answer("openai", stream)),
  answer("openai", { name: "recorded from a compatible server", text: "", bytes: fixture("openai/compatible.sse") }),
  answer("anthropic", {
    name: "recorded from Anthropic",
    text: "Olá, Lisboa 🌊",
    bytes: fixture("anthropic/text.sse"),
  }),
  answer("anthropic", { name: "Anthropic's tools", text: "Let me look.", bytes: fixture("anthropic/tools.sse") }),
  answer("anthropic", { name: "Anthropic's events in an awkward form", text: 'a\n"éé😀', bytes: bytesOf(AWKWARD) }),
];
