/**
 * What the official clients and our own reader make of a stream's bytes, in
 * this process and without a network: for tests that cut a stream after every
 * byte.
 */
import Anthropic, { APIConnectionError as NoAnthropic, APIError as AnthropicError } from "@anthropic-ai/sdk";
import OpenAI, { APIConnectionError as NoOpenAI, APIError as OpenAIError } from "openai";
import type { DialectId } from "../../src/domain/dialect.ts";
import { realClock } from "../../src/lib/clock.ts";
import { anthropic } from "../../src/providers/anthropic/index.ts";
import { openai } from "../../src/providers/openai/index.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { AnswerReader } from "../../src/stream/answer-reader.ts";

/** A reply's body, read by read. `aborted`: then the connection is lost. */
interface Body {
  readonly pieces: readonly Uint8Array[];
  readonly aborted: boolean;
}

export interface Heard {
  text: string;
  /** As the client put it together, and what it announced as done. */
  accumulated: string;
  readonly done: string[];
  readonly toolsDone: string[];
  stopReason: string | null;
  readonly ids: Set<string>;
  roles: number;
  /** Events of Anthropic's that came where none of their kind may. */
  readonly misplaced: string[];
  /** What reading the events ended in, and what putting them together did. Null: the answer was taken for whole. */
  readonly thrown: unknown[];
}

const MESSAGES = [{ role: "user" as const, content: "Say something." }];

/** Takes the events one by one, then once more through what puts them together. */
export async function hear(dialect: DialectId, body: Body): Promise<Heard> {
  const heard: Heard = {
    text: "",
    accumulated: "",
    done: [],
    toolsDone: [],
    stopReason: null,
    ids: new Set(),
    roles: 0,
    misplaced: [],
    thrown: [],
  };
  const asks = dialect === "openai" ? [readChunks, foldChunks] : [readEvents, foldEvents];
  for (const ask of asks) {
    heard.thrown.push(
      await ask(serving(body), heard).then(
        () => null,
        (error: unknown) => error,
      ),
    );
  }
  return heard;
}

/** A server's answer in the client's own class for that; a lost connection is none. */
export function isTyped(error: unknown): boolean {
  if (error instanceof NoOpenAI || error instanceof NoAnthropic) return false;
  return error instanceof OpenAIError || error instanceof AnthropicError;
}

type Fetch = () => Promise<Response>;

function serving({ pieces, aborted }: Body): Fetch {
  return async () => {
    const left = [...pieces];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = left.shift();
        if (piece !== undefined) return controller.enqueue(piece);
        return aborted ? controller.error(new TypeError("terminated")) : controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

const SETTINGS = { apiKey: "none", maxRetries: 0, logLevel: "off" as const };

async function readChunks(fetch: Fetch, heard: Heard): Promise<void> {
  const client = new OpenAI({ ...SETTINGS, fetch });
  for await (const chunk of await client.chat.completions.create({ model: "m", messages: MESSAGES, stream: true })) {
    if (chunk.id) heard.ids.add(chunk.id);
    // As callers write it: without asking whether the members are there.
    for (const choice of chunk.choices) {
      heard.text += choice.delta.content ?? "";
      if (choice.delta.role) heard.roles += 1;
      heard.stopReason = choice.finish_reason ?? heard.stopReason;
    }
  }
}

async function foldChunks(fetch: Fetch, heard: Heard): Promise<void> {
  const stream = new OpenAI({ ...SETTINGS, fetch }).chat.completions.stream({ model: "m", messages: MESSAGES });
  stream.on("chunk", (_chunk, { choices: [first] }) => (heard.accumulated = first?.message.content ?? ""));
  stream.on("content.done", ({ content }) => heard.done.push(content));
  stream.on("tool_calls.function.arguments.done", (call) => heard.toolsDone.push(`${call.name}(${call.arguments})`));
  await stream.finalChatCompletion();
}

async function readEvents(fetch: Fetch, heard: Heard): Promise<void> {
  const client = new Anthropic({ ...SETTINGS, fetch });
  const blocks: string[] = [];
  let open: number | null = null;
  const wantOpen = (index: number, what: string): void => {
    if (open !== index) heard.misplaced.push(`${what} of ${index} while ${String(open)} is open`);
  };
  const events = await client.messages.create({ model: "m", messages: MESSAGES, max_tokens: 9, stream: true });
  for await (const event of events) {
    if (heard.roles === 0 && event.type !== "message_start") heard.misplaced.push(`${event.type} before the start`);
    switch (event.type) {
      case "message_start":
        heard.roles += 1;
        heard.ids.add(event.message.id);
        break;
      case "content_block_start":
        if (open !== null || event.index !== blocks.length) heard.misplaced.push(`start of ${event.index}`);
        open = event.index;
        blocks.push(event.content_block.type);
        if (event.content_block.type === "text") heard.text += event.content_block.text;
        break;
      case "content_block_delta":
        wantOpen(event.index, event.delta.type);
        if (event.delta.type === "text_delta") {
          if (blocks[event.index] !== "text") heard.misplaced.push(`text in ${event.index}`);
          heard.text += event.delta.text;
        }
        break;
      case "content_block_stop":
        wantOpen(event.index, "stop");
        open = null;
        break;
      case "message_delta":
        if (open !== null || heard.stopReason !== null) heard.misplaced.push("message_delta");
        heard.stopReason = event.delta.stop_reason;
        break;
      case "message_stop":
        if (heard.stopReason === null) heard.misplaced.push("message_stop");
        break;
      default:
        heard.misplaced.push(JSON.stringify(event));
    }
  }
}

async function foldEvents(fetch: Fetch, heard: Heard): Promise<void> {
  const client = new Anthropic({ ...SETTINGS, fetch });
  const stream = client.messages.stream({ model: "m", messages: MESSAGES, max_tokens: 9 });
  const told = (message: Anthropic.Message): void => {
    heard.accumulated = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  };
  stream.on("streamEvent", (_event, snapshot) => told(snapshot));
  stream.on("contentBlock", (block) => {
    if (block.type === "text") heard.done.push(block.text);
    if (block.type === "tool_use") heard.toolsDone.push(`${block.name}(${JSON.stringify(block.input)})`);
  });
  told(await stream.finalMessage());
}

const providers: Readonly<Record<DialectId, Provider>> = { openai, anthropic };

/** Our reader, behind the last byte of a stream that broke there. */
export async function readerOf(dialect: DialectId, begun: Uint8Array, end: "broken" | "ended"): Promise<AnswerReader> {
  const left = begun.byteLength === 0 ? [] : [Uint8Array.from(begun)];
  const body = new ReadableStream({
    type: "bytes",
    pull(controller: ReadableByteStreamController) {
      const piece = left.shift();
      if (piece !== undefined) return controller.enqueue(piece);
      if (end === "broken") return controller.error(new TypeError("terminated"));
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
  const stamp = { id: "chatcmpl-own", createdSeconds: 1_763_650_000, model: "own", mayBeEmpty: false };
  const reader = new AnswerReader(body, providers[dialect].fromStream(stamp), realClock, false);
  while ((await reader.read()) === "open");
  return reader;
}
