import type OpenAI from "openai";
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { describe, expect, it } from "vitest";
import { errorOf, openaiClient, readAll, startForTests } from "./clients.ts";

const providers = await startForTests();
const client = openaiClient(providers.url);
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "count to 12" }];

function ask(fault: string): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({ model: `sim@${fault}`, messages });
}

async function stream(fault: string) {
  const { events, error } = await readAll(
    client.chat.completions.create({ model: `sim@${fault}`, messages, stream: true }),
  );
  const words = events.map((event) => event.choices[0]?.delta.content ?? "").join("");
  return { words, error, finish: events.at(-1)?.choices[0]?.finish_reason ?? null };
}

describe("an OpenAI stream in trouble, as OpenAI's SDK sees it", () => {
  it("is cut after so many words", async () => {
    expect(await stream("cut:3")).toMatchObject({ words: "1 2 3", error: expect.any(Error), finish: null });
  });

  it("is cut before the first words, after its role", async () => {
    const { words, error } = await stream("cut:0");

    expect(words).toBe("");
    expect(error).toBeInstanceOf(Error);
  });

  it("ends without finish reason as if it were whole: the SDK notices nothing", async () => {
    expect(await stream("no-terminal")).toEqual({
      words: "1 2 3 4 5 6 7 8 9 10 11 12",
      error: undefined,
      finish: null,
    });
  });

  it("ends without [DONE] after its finish reason", async () => {
    expect(await stream("no-done")).toMatchObject({ error: undefined, finish: "stop" });
  });

  it("brings an error event before the first words, thrown as an APIError", async () => {
    const { words, error } = await stream("in-band-error");

    expect(words).toBe("");
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: undefined, type: "server_error" });
  });

  it("brings an error event after the first words", async () => {
    const { words, error } = await stream("in-band-error:after");

    expect(words).toBe("1 2");
    expect(error).toBeInstanceOf(APIError);
  });

  it("breaks the SDK's parser with a malformed event", async () => {
    const { words, error } = await stream("malformed:4");

    expect(words).toBe("1 2 3 4");
    expect(error).toBeInstanceOf(SyntaxError);
  });

  it("is empty: a finish reason and no words", async () => {
    expect(await stream("empty")).toEqual({ words: "", error: undefined, finish: "stop" });
  });

  it("is shorter than its length", async () => {
    expect((await stream("short")).error).toBeInstanceOf(Error);
  });

  it("is no stream but a page", async () => {
    expect(await stream("html")).toMatchObject({ words: "", finish: null });
  });
});

describe("an unstreamed call in trouble, as OpenAI's SDK sees it", () => {
  it.each(["reset", "refuse"])("is a connection error after %s", async (fault) => {
    expect(await errorOf(ask(fault))).toBeInstanceOf(APIConnectionError);
  });

  it("is a connection error where nothing listens", async () => {
    const refused = openaiClient(await providers.refusingUrl());
    const error = await errorOf(refused.chat.completions.create({ model: "sim", messages }));

    expect(error).toBeInstanceOf(APIConnectionError);
  });

  it("runs into the SDK's timeout when the provider is silent", async () => {
    const hasty = client.withOptions({ timeout: 40 });
    const error = await errorOf(hasty.chat.completions.create({ model: "sim@silent", messages }));

    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
  });

  it.each(["cut", "short", "malformed"])("cannot be read after %s", async (fault) => {
    expect(await errorOf(ask(fault))).toBeInstanceOf(Error);
  });

  it("brings an error with status 200, which the SDK takes for an answer", async () => {
    expect(await ask("in-band-error")).toMatchObject({ error: { type: "server_error" } });
  });

  it("has empty content", async () => {
    expect((await ask("empty")).choices[0]?.message.content).toBe("");
  });

  it("is followed by the SDK to where it is redirected, and that is seen", async () => {
    await errorOf(ask("redirect"));

    expect(providers.calls.map((call) => call.provider)).toEqual(["hot", "redirected"]);
  });
});
