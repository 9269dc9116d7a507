import { ApiError } from "@google/genai";
import { describe, expect, it } from "vitest";
import { errorOf, geminiClient, readAll, startForTests } from "./clients.ts";

const providers = await startForTests();
const { models } = geminiClient(providers.url);

function request(fault: string) {
  return { model: `sim@${fault}`, contents: "count to 12" };
}

async function stream(fault: string) {
  const { events, error } = await readAll(models.generateContentStream(request(fault)));
  return {
    words: events.map((event) => event.text ?? "").join(""),
    error,
    finish: events.at(-1)?.candidates?.[0]?.finishReason,
  };
}

describe("a Gemini stream in trouble, as Google's SDK sees it", () => {
  it("is cut after so many events of four tokens", async () => {
    expect(await stream("cut:2")).toMatchObject({ words: "1 2 3 4 5 6 7 8", error: expect.any(Error) });
  });

  it("is cut before the first words", async () => {
    expect(await stream("cut:0")).toMatchObject({ words: "", error: expect.any(Error) });
  });

  it("ends without its finish reason: the SDK notices nothing", async () => {
    expect(await stream("no-terminal")).toEqual({ words: "1 2 3 4 5 6 7 8", error: undefined, finish: undefined });
  });

  it("is healthy without a terminal event, because Gemini has none", async () => {
    expect(await stream("no-done")).toMatchObject({ error: undefined, finish: "STOP" });
  });

  it.each([
    ["in-band-error", ""],
    ["in-band-error:after", "1 2 3 4 5 6 7 8"],
  ])("brings %s as an ApiError", async (fault, words) => {
    const seen = await stream(fault);

    expect(seen.words).toBe(words);
    expect(seen.error).toBeInstanceOf(ApiError);
    expect(seen.error).toMatchObject({ status: 503 });
  });

  it("breaks the SDK's parser with a malformed event", async () => {
    expect(await stream("malformed:1")).toMatchObject({ words: "1 2 3 4", error: expect.any(Error) });
  });

  it("is empty: a finish reason and no words", async () => {
    expect(await stream("empty")).toEqual({ words: "", error: undefined, finish: "STOP" });
  });
});

describe("an unstreamed call in trouble, as Google's SDK sees it", () => {
  it.each(["reset", "refuse", "cut", "short", "malformed"])("fails after %s", async (fault) => {
    expect(await errorOf(models.generateContent(request(fault)))).toBeInstanceOf(Error);
  });

  it("runs into the SDK's timeout when the provider is silent", async () => {
    const httpOptions = { timeout: 40 };

    expect(await errorOf(models.generateContent({ ...request("silent"), config: { httpOptions } }))).toBeInstanceOf(
      Error,
    );
  });

  it("brings an error with status 200, which the SDK takes for an answer without text", async () => {
    expect((await models.generateContent(request("in-band-error"))).text).toBeUndefined();
  });

  it("has no parts", async () => {
    expect((await models.generateContent(request("empty"))).text).toBeUndefined();
  });
});
