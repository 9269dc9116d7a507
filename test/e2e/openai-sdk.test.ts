/** `npm start` as a newcomer has it: the map, the key and the providers that come with it, and the official SDK. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AuthenticationError, NotFoundError } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, WAYS } from "../support/asked.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const FIRST = "hot/openai/gpt-4.1";
const SECOND = "hot/openai/gpt-4o-mini";
const CLAUDE = "warm/anthropic/claude-haiku-4-5";

let product: Product;

beforeAll(async () => {
  product = await startProduct({ routes: "routes.local.json" });
});

afterEach(() => control("DELETE"));

afterAll(() => product.stop());

/** What the screen tells to paste. */
async function control(method: "POST" | "DELETE", rule?: Readonly<Record<string, unknown>>): Promise<void> {
  const body = rule === undefined ? {} : { body: JSON.stringify(rule) };
  const response = await fetch(`${product.controlUrl}/faults`, { method, ...body });
  expect(response.status).toBe(200);
  await response.text();
}

describe.each(WAYS)("a %s answer", (_way, streamed) => {
  it("comes from the first route, and says so", async () => {
    const asked = await ask(product.client, "summarize-call-notes", streamed);

    expect(asked).toMatchObject({ text: "hello", finish: "stop", error: null, model: "gpt-4.1" });
    expect(asked).toMatchObject({ route: FIRST, tier: "hot", attempts: 1, trail: [`${FIRST}=answered`] });
    expect(asked.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 });
    expect(asked.headers.get("x-lisbon-notice")).toBeNull();
  });

  it("comes from a model that is asked for by its name", async () => {
    const asked = await ask(product.client, "gemini-3-flash", streamed);

    expect(asked).toMatchObject({ text: "hello", model: "gemini-3-flash", tier: "warm", attempts: 1 });
  });

  it("comes from Hot's other host while the first one resets every connection", async () => {
    await control("POST", { provider: "hot", fault: "reset" });

    const asked = await ask(product.client, "auto", streamed);

    expect(asked).toMatchObject({ text: "hello", model: "gpt-4o-mini", route: SECOND, tier: "hot" });
    expect(asked.trail).toEqual([`${FIRST}=unreachable`, `${SECOND}=answered`]);
  });

  it("comes from Warm while both hosts of Hot reset every connection, with a notice", async () => {
    await control("POST", { provider: "hot", fault: "reset" });
    await control("POST", { provider: "hot-2", fault: "reset" });

    const asked = await ask(product.client, "auto", streamed);

    expect(asked).toMatchObject({ text: "hello", model: "claude-haiku-4-5", route: CLAUDE, tier: "warm" });
    expect(asked.trail).toEqual([`${FIRST}=unreachable`, `${SECOND}=unreachable`, `${CLAUDE}=answered`]);
    expect(asked.headers.get("x-lisbon-notice")).toBe("Using backup service");
  });
});

describe("the running product", () => {
  it("streams through the curl line that was printed", async () => {
    const { stdout } = await promisify(execFile)("sh", ["-c", product.curl]);

    expect(stdout).toMatch(/^data: \{"id":"chatcmpl-/);
    expect(stdout.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });

  it("shows the same curl line to a browser", async () => {
    const page = await (await fetch(product.url)).text();

    expect(unescaped(page)).toContain(product.curl);
  });

  it("lists what may be asked for", async () => {
    const models = [];
    for await (const { id } of product.client.models.list()) models.push(id);

    expect(models).toEqual([
      "auto",
      "summarize-call-notes",
      "draft-email",
      "rag-answer",
      "gpt-4.1",
      "gpt-4o-mini",
      "claude-haiku-4-5",
      "gemini-3-flash",
    ]);
  });

  it("says that it is healthy, with details for the operator only", async () => {
    const anybody = await fetch(`${product.url}/health`);
    const operator = await fetch(`${product.url}/health`, { headers: { authorization: `Bearer ${product.adminKey}` } });

    expect(await anybody.json()).toMatchObject({ status: "ok", healthy: [FIRST, SECOND, CLAUDE, expect.any(String)] });
    expect(await operator.json()).toMatchObject({ routes: expect.arrayContaining([healthyInDetail(FIRST)]) });
  });

  it("throws the SDK's own errors at a wrong key and a wrong model", async () => {
    const stranger = product.client.withOptions({ apiKey: "sk-wrong" });

    expect((await ask(stranger, "auto", true)).error).toBeInstanceOf(AuthenticationError);
    const { error } = await ask(product.client, "gpt-99", false);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      code: "model_not_found",
      param: "model",
      message: expect.stringMatching(/gpt-4\.1/),
    });
  });
});

function healthyInDetail(id: string): unknown {
  return expect.objectContaining({ id, status: "healthy", error: null, latency_ms: expect.any(Number) });
}

function unescaped(page: string): string {
  const characters: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", "#39": "'" };
  return page.replace(/&(#39|\w+);/g, (whole, name: string) => characters[name] ?? whole);
}
