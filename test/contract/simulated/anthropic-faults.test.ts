import type Anthropic from "@anthropic-ai/sdk";
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { anthropicClient, errorOf, readAll, startForTests } from "./clients.ts";

const providers = await startForTests();
const client = anthropicClient(providers.url);

function request(fault: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: `sim@${fault}`, max_tokens: 200, messages: [{ role: "user", content: "count to 12" }] };
}

async function stream(fault: string) {
  const { events, error } = await readAll(client.messages.create({ ...request(fault), stream: true }));
  const words = events.map((event) =>
    event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "",
  );
  return { words: words.join(""), error, last: events.at(-1)?.type };
}

describe("an Anthropic stream in trouble, as Anthropic's SDK sees it", () => {
  it("is cut after so many words", async () => {
    expect(await stream("cut:3")).toMatchObject({ words: "1 2 3", error: expect.any(Error) });
  });

  it("is cut before the first words, after its lifecycle events", async () => {
    expect(await stream("cut:0")).toMatchObject({ words: "", error: expect.any(Error), last: "content_block_start" });
  });

  it("ends without stop reason and message_stop: the SDK's events notice nothing", async () => {
    expect(await stream("no-terminal")).toMatchObject({ error: undefined, last: "content_block_stop" });
  });

  it("ends without message_stop after its stop reason", async () => {
    expect(await stream("no-done")).toMatchObject({ error: undefined, last: "message_delta" });
  });

  it.each([
    ["in-band-error", ""],
    ["in-band-error:after", "1 2"],
  ])("brings %s as an APIError of its own type", async (fault, words) => {
    const seen = await stream(fault);

    expect(seen.words).toBe(words);
    expect(seen.error).toBeInstanceOf(APIError);
    expect(seen.error).toMatchObject({ type: "overloaded_error" });
  });

  it("breaks the SDK's parser with a malformed event", async () => {
    expect(await stream("malformed:4")).toMatchObject({ words: "1 2 3 4", error: expect.any(SyntaxError) });
  });

  it("is empty: start and stop, and no content block", async () => {
    expect(await stream("empty")).toEqual({ words: "", error: undefined, last: "message_stop" });
  });

  it("is shorter than its length", async () => {
    expect((await stream("short")).error).toBeInstanceOf(Error);
  });
});

describe("an unstreamed call in trouble, as Anthropic's SDK sees it", () => {
  it.each(["reset", "refuse"])("is a connection error after %s", async (fault) => {
    expect(await errorOf(client.messages.create(request(fault)))).toBeInstanceOf(APIConnectionError);
  });

  it("runs into the SDK's timeout when the provider is silent", async () => {
    const hasty = client.withOptions({ timeout: 40 });

    expect(await errorOf(hasty.messages.create(request("silent")))).toBeInstanceOf(APIConnectionTimeoutError);
  });

  it.each(["cut", "short", "malformed"])("cannot be read after %s", async (fault) => {
    expect(await errorOf(client.messages.create(request(fault)))).toBeInstanceOf(Error);
  });

  it("brings an error with status 200, which the SDK takes for an answer", async () => {
    const message: unknown = await client.messages.create(request("in-band-error"));

    expect(message).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
  });

  it("has no content", async () => {
    expect((await client.messages.create(request("empty"))).content).toEqual([]);
  });
});
