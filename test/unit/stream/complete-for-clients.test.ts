/**
 * A stream that is cut after any byte and completed, as the official clients
 * read it, and as our own reader does: a continuation goes on from what the
 * reader knows, so the two must never differ by a character.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { DialectId } from "../../../src/domain/dialect.ts";
import type { ChatChunk, Delta } from "../../../src/openai/chat-chunk.ts";
import type { FinishReason } from "../../../src/openai/chat-completion.ts";
import { recordedStreams } from "../../support/chat-streams.ts";
import { hear, isTyped, readerOf, type Heard } from "../../support/cut-clients.ts";
import { bytesOf, isBeginningOf } from "../../support/cut-streams.ts";
import { recordedMessages } from "../../support/message-streams.ts";
import { streamDialects } from "../../../src/stream/dialects.ts";

const ERROR_EVENTS: Readonly<Record<DialectId, string>> = {
  openai: 'data: {"error":{"message":"broke off","type":"api_error","code":"reset"}}\n\n',
  anthropic: 'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"broke off"}}\n\n',
};

const fromOpenAi = readFileSync(new URL("../../fixtures/openai/text.sse", import.meta.url));

const streams = [
  ...[...recordedStreams, { name: "text, from OpenAI", text: "Olá, Lisboa 🌊", bytes: new Uint8Array(fromOpenAi) }].map(
    (stream) => ({ ...stream, dialect: "openai" as const }),
  ),
  ...recordedMessages.map((stream) => ({ ...stream, dialect: "anthropic" as const })),
];

/** Those that the clients take whole, and that have text to go on from. */
const CONTINUED = [
  "text",
  "letters, emoji and ideographs in UTF-8",
  "text, from OpenAI",
  "thoughts, signed, and text",
  "text and two tool calls",
  "letters, emoji and escapes",
  "CRLF, comments, ids and no space behind a colon",
  "members in the order of other servers, and data in two lines",
];

describe.each(streams)("$dialect: a stream of $name, cut after any byte", ({ dialect, bytes, text }) => {
  it("is a typed error to the client, behind the very text that our reader knows", async () => {
    const whole = await hear(dialect, { pieces: [bytes], aborted: false });
    const wrong = await eachCut(bytes, async (at) => {
      const { begun, suffix, reader, finished } = await cutAndComplete(dialect, bytes, at);
      if (finished) return null;
      const pieces = suffix === null ? [begun] : [begun, suffix, bytesOf(ERROR_EVENTS[dialect])];
      const heard = await hear(dialect, { pieces, aborted: suffix === null });
      if (reader.finished()) return "the completion says that the answer is whole";
      return wrongIn(heard, whole, { text, known: reader.fold.text, aborted: suffix === null });
    });
    expect(wrong).toEqual([]);
  });

  it("is read by us in the same way whether the connection was lost or closed", async () => {
    const wrong = await eachCut(bytes, async (at) => {
      const { suffix, reader } = await cutAndComplete(dialect, bytes, at, "ended");
      const broken = await cutAndComplete(dialect, bytes, at);
      if (suffix === null) return null;
      if (!isDeepStrictEqual(reader.place(), broken.reader.place())) return "we are at another place";
      return reader.fold.text === broken.reader.fold.text ? null : "we know another text";
    });
    expect(wrong).toEqual([]);
  });
});

const continued = streams.filter(({ name }) => CONTINUED.includes(name));

describe.each(continued)("$dialect: a stream of $name, cut after any byte and continued", ({ dialect, bytes }) => {
  it("is one answer to the client, to the character", async () => {
    const seen = { continued: 0, ended: 0 };
    const wrong = await eachCut(bytes, async (at) => {
      const { begun, suffix, reader, finished } = await cutAndComplete(dialect, bytes, at);
      const { head, text, canBeContinued, finishReason } = reader.fold;
      if (finished || suffix === null || head === null || (finishReason === null && !canBeContinued)) return null;

      const pen = streamDialects[dialect].penAfter(reader, { includeUsage: true });
      const chunks = finishReason === null ? restOf(head) : [usageOf(head)];
      const rest = chunks.map(pen.write).join("") + pen.end();
      const heard = await hear(dialect, { pieces: [begun, suffix, bytesOf(rest)], aborted: false });

      seen[finishReason === null ? "continued" : "ended"] += 1;
      if (heard.thrown.some((thrown) => thrown !== null)) return `it fails: ${heard.thrown.join()}`;
      const expected = finishReason === null ? text + REST.join("") : text;
      if (heard.text !== expected || heard.accumulated !== expected) return `it says ${heard.text}`;
      if (heard.misplaced.length > 0) return `events stand where they may not: ${heard.misplaced.join()}`;
      return heard.roles === 1 && heard.ids.size === 1 ? null : "it is not one answer";
    });
    expect(wrong).toEqual([]);
    expect(seen).toEqual({ continued: expect.toSatisfy((cuts) => cuts > 50), ended: expect.any(Number) });
  });
});

const REST = [" – and", " “on” 🌊\n"];

function restOf(head: ChatChunk): readonly ChatChunk[] {
  const said = REST.map((content) => chunkOf(head, { content }, null));
  return [...said, chunkOf(head, {}, "stop"), usageOf(head)];
}

function chunkOf(head: ChatChunk, delta: Delta, finishReason: FinishReason | null): ChatChunk {
  const { id, object, created, model } = head;
  return { id, object, created, model, choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

function usageOf(head: ChatChunk): ChatChunk {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  return { ...chunkOf(head, {}, null), choices: [], usage };
}

/** What is wrong where; the first of it. */
async function eachCut(bytes: Uint8Array, check: (at: number) => Promise<string | null>): Promise<readonly string[]> {
  const wrong: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bytes.length; at = next++) {
      const why = await check(at);
      if (why !== null) wrong.push(`cut at ${at}: ${why}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return wrong.slice(0, 9);
}

async function cutAndComplete(dialect: DialectId, bytes: Uint8Array, at: number, end: "broken" | "ended" = "broken") {
  const begun = bytes.subarray(0, at);
  const reader = await readerOf(dialect, begun, end);
  const suffix = streamDialects[dialect].completeEvent(reader.halfEvent());
  const finished = reader.finished();
  if (suffix !== null) reader.takeCompletion(suffix);
  return { begun, suffix, reader, finished };
}

interface Known {
  readonly text: string;
  readonly known: string;
  readonly aborted: boolean;
}

/** Null: nothing. */
function wrongIn(heard: Heard, whole: Heard, { text, known, aborted }: Known): string | null {
  if (heard.thrown.includes(null)) return "it passes for whole";
  if (!aborted && !heard.thrown.every(isTyped)) return `the error is not typed: ${heard.thrown.join()}`;
  if (!aborted && !heard.thrown.every((error) => /broke off|Overloaded/.test(String(error))))
    return "it is another error";
  if (heard.text !== known) return "our reader knows another text";
  if (heard.accumulated !== known) return "the client put another text together";
  if (!isBeginningOf(text, heard.text)) return "there are words that nobody said";
  if (heard.misplaced.length > 0) return "events stand where they may not";
  if (heard.roles > 1 || heard.ids.size > 1) return "it is two answers";
  if (heard.done.some((done) => !whole.done.includes(done))) return "half a text is announced as done";
  if (heard.toolsDone.some((call) => !whole.toolsDone.includes(call))) return "half a tool call is announced as done";
  if (heard.stopReason !== null && heard.stopReason !== whole.stopReason) return "the stop reason is none";
  return null;
}
