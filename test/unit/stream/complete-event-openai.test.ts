import { createServer, type Server } from "node:http";
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedStreams, type RecordedStream } from "../../support/chat-streams.ts";
import { bytesOf, cutAt, isBeginningOf, type CutStream } from "../../support/cut-streams.ts";

const ERROR_EVENT = bytesOf('data: {"error":{"message":"broke off","type":"api_error","code":"reset"}}\n\n');
const MESSAGES = [{ role: "user" as const, content: "Say something." }];

/** The next answers, by the number in `model`: what the client gets in place of the rest of the stream. */
const cuts = new Map<string, CutStream>();
let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      const cut = cuts.get(JSON.parse(body).model);
      if (cut === undefined) throw new Error("no such cut");
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(Buffer.concat([cut.whole, cut.partial]));
      if (cut.suffix === null) setTimeout(() => response.destroy(), 5);
      else response.end(Buffer.concat([cut.suffix, ERROR_EVENT]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  client = new OpenAI({
    apiKey: "none",
    baseURL: `http://127.0.0.1:${address.port}/v1`,
    maxRetries: 0,
    logLevel: "off",
  });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe.each(recordedStreams)("the openai client, given a stream of $name cut after any byte", (stream) => {
  const last = stream.bytes.length - "[DONE]\n\n".length - 8;

  it("reads the text that was there, then throws the typed error", async () => {
    await eachCut(stream, last, async (model, cut, at) => {
      const read = await readChunks(model);
      if (cut.suffix === null) return expect(read.thrown, `cut at ${at}`).toBeInstanceOf(Error);
      expect(read.thrown, `cut at ${at}`).toBeInstanceOf(APIError);
      expect(read.thrown, `cut at ${at}`).toMatchObject({ code: "reset" });
      expect(isBeginningOf(stream.text, read.text), `cut at ${at}: ${JSON.stringify(read.text)}`).toBe(true);
    });
  });

  it("accumulates it in stream(), announces nothing half as done and throws the typed error", async () => {
    await eachCut(stream, last, async (model, cut, at) => {
      const read = await accumulate(model);
      if (cut.suffix === null) return expect(read.thrown, `cut at ${at}`).toBeInstanceOf(Error);
      expect(read.thrown, `cut at ${at}`).toBeInstanceOf(APIError);
      for (const done of read.done) expect(done, `cut at ${at}`).toBe(stream.text);
      for (const name of read.toolsDone) expect(["get_weather", "delete_user_avatar"], `cut at ${at}`).toContain(name);
    });
  });
});

/** Every cut before the stream's end, a few at a time. */
async function eachCut(
  stream: RecordedStream,
  last: number,
  check: (model: string, cut: CutStream, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at <= last; at = next++) {
      const model = `${stream.name}:${at}`;
      const cut = cutAt(stream.bytes, at);
      cuts.set(model, cut);
      await check(model, cut, at);
      cuts.delete(model);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function readChunks(model: string): Promise<{ readonly text: string; readonly thrown: unknown }> {
  let text = "";
  try {
    for await (const chunk of await client.chat.completions.create({ model, messages: MESSAGES, stream: true })) {
      // As callers write it: without asking whether the members are there.
      for (const choice of chunk.choices) text += choice.delta.content ?? "";
    }
    return { text, thrown: null };
  } catch (thrown) {
    return { text, thrown };
  }
}

async function accumulate(
  model: string,
): Promise<{ readonly done: readonly string[]; readonly toolsDone: readonly string[]; readonly thrown: unknown }> {
  const done: string[] = [];
  const toolsDone: string[] = [];
  try {
    const stream = client.chat.completions.stream({ model, messages: MESSAGES });
    stream.on("content.done", ({ content }) => done.push(content));
    stream.on("tool_calls.function.arguments.done", ({ name }) => toolsDone.push(name));
    await stream.finalChatCompletion();
    return { done, toolsDone, thrown: null };
  } catch (thrown) {
    return { done, toolsDone, thrown };
  }
}
