import { describe, expect, it } from "vitest";
import { askEmbeddings } from "../../../src/cache/ask-embeddings.ts";
import type { Fetch } from "../../../src/lib/fetch.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const entry = { provider: "openai", model: "small", baseUrl: "https://vectors.test/v1/", key: "${SMALL_KEY}" };

function ask(fetch: Fetch, more: Record<string, unknown> = {}) {
  const clock = createFakeClock();
  const { embeddings } = standardRouting({ cache: { embeddings: { ...entry, ...more } } }, () => "the-key");
  if (embeddings === null) throw new Error("it has its key");
  const before = clock.now();
  return clock
    .run(askEmbeddings(embeddings, { fetch, clock })("Why?"))
    .then((vector) => ({ vector, ms: clock.now() - before }));
}

const gives =
  (body: unknown, status = 200): Fetch =>
  () =>
    Promise.resolve(Response.json(body, { status }));
const vectorOf = (embedding: unknown): unknown => ({ data: [{ embedding, index: 0 }] });

describe("the embeddings route", () => {
  it("is asked for one text in OpenAI's language, with its own key", async () => {
    const sent: [string, RequestInit][] = [];
    const { vector } = await ask((url, init) => {
      sent.push([url, init]);
      return gives(vectorOf([0.5, -1, 0]))(url, init);
    });

    expect(vector).toEqual({ by: "vectors.test/small", bytes: Int8Array.from([64, -127, 0]) });
    const [[url, { headers, body, redirect }] = ["", {}]] = sent;
    expect([url, redirect]).toEqual(["https://vectors.test/v1/embeddings", "manual"]);
    expect(new Headers(headers).get("authorization")).toBe("Bearer the-key");
    expect(JSON.parse(typeof body === "string" ? body : "")).toEqual({
      model: "small",
      input: "Why?",
      encoding_format: "float",
    });
  });

  it("makes other vectors of another size, which have another name", async () => {
    const { vector } = await ask(gives(vectorOf([1])), { dimensions: 1 });

    expect(vector?.by).toBe("vectors.test/small/1");
  });

  it.each([
    ["refuses", gives({ error: { message: "quota" } }, 429)],
    ["is no embeddings server", () => Promise.resolve(new Response("<html>"))],
    ["gives none", gives({ data: [] })],
    ["gives one without a direction", gives(vectorOf([0, 0]))],
    ["gives more than may be kept", gives(vectorOf(Array.from({ length: 4_000 }, () => 1)))],
    ["gives a page without an end", () => Promise.resolve(new Response("1".repeat(300_000)))],
    ["is not to be reached", () => Promise.reject(new Error("Network connection lost."))],
  ] as const)("is done without where it %s", async (_how, fetch) => {
    expect(await ask(fetch)).toEqual({ vector: null, ms: 0 });
  });

  it("is waited for 2 s and no longer, and then let go", async () => {
    let isStopped = false;
    const silent: Fetch = (_url, { signal }) => {
      signal?.addEventListener("abort", () => (isStopped = true));
      return new Promise(() => undefined);
    };

    expect(await ask(silent)).toEqual({ vector: null, ms: 2_000 });
    expect(isStopped).toBe(true);
  });
});
