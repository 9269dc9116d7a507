/** A request that fails by its own fault again and again, at three isolates with one switchboard. */
import OpenAI from "openai";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ADMIN, type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { pause } from "../support/scripted-provider.ts";
import { serverKey } from "../support/server-keys.ts";

const REJECTS = {
  status: 400,
  body: { error: { message: "temperature must be below 2", type: "invalid_request_error", param: "temperature" } },
};
const DOWN = { status: 503, body: { error: { message: "down", type: "server_error" } } };
/** Longer than a snapshot is used. */
const KNOWN_EVERYWHERE_MS = 3_200;

let stage: IsolateStage;

beforeEach(async () => {
  stage = await startIsolateStage();
});

afterEach(() => stage.dispose());

async function ask(isolate: number, content: string) {
  const response = await fetch(`${stage.urls[isolate]}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey()}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "outage", messages: [{ role: "user", content }] }),
  });
  const body: { error?: { code?: string; message?: string; retry_after?: number } } = JSON.parse(await response.text());
  return { status: response.status, retryAfter: Number(response.headers.get("retry-after")), error: body.error };
}

/** The SDK waits for `Retry-After`, and half a second where there is none. */
async function impatient(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const headers = new Headers(response.headers);
  headers.delete("retry-after");
  return new Response(response.body, { status: response.status, headers });
}

async function overview(): Promise<{ loops: { id: string; error: string }[] }> {
  return JSON.parse(await (await fetch(`${stage.urls[0]}/admin/breakers`, { headers: ADMIN })).text());
}

it("is refused by each of them without a provider once it failed at all three, another body is not, and an operator lets it through", async () => {
  stage.illness("first", REJECTS);
  for (const isolate of [0, 1, 2]) {
    expect(await ask(isolate, "again")).toMatchObject({ status: 400, error: { code: "request_rejected" } });
  }
  await pause(KNOWN_EVERYWHERE_MS);
  for (const isolate of [0, 1, 2]) {
    await expect
      .poll(async () => (await ask(isolate, "again")).error, { timeout: 5_000, interval: 500 })
      .toMatchObject({ code: "request_loop" });
  }
  const asked = stage.asked("first");
  for (const isolate of [0, 1, 2]) {
    const refused = await ask(isolate, "again");
    expect(refused).toMatchObject({ status: 400, error: { code: "request_loop" } });
    expect(refused.error?.message).toContain("temperature must be below 2");
    expect(refused.retryAfter).toBeGreaterThan(100);
    expect(refused.error?.retry_after).toBe(refused.retryAfter);
  }
  expect(stage.asked("first")).toBe(asked);

  stage.illness("first", null);
  expect(await ask(1, "another body")).toMatchObject({ status: 200 });

  const [loop] = (await overview()).loops;
  expect(loop).toMatchObject({ error: expect.stringMatching(/^request_rejected /) });
  const reset = await fetch(`${stage.urls[0]}/admin/breakers/reset`, {
    method: "POST",
    headers: ADMIN,
    body: JSON.stringify({ loop: loop?.id }),
  });
  expect(reset.status).toBe(200);
  expect((await overview()).loops).toEqual([]);
  await expect.poll(async () => (await ask(2, "again")).status, { timeout: 5_000, interval: 300 }).toBe(200);
});

it("is none where the official SDK sends again by itself what an outage failed", async () => {
  stage.illness("first", DOWN);
  stage.illness("last", DOWN);
  const client = new OpenAI({ apiKey: serverKey(), baseURL: `${stage.urls[0]}/v1`, maxRetries: 3, fetch: impatient });
  const failed = await client.chat.completions
    .create({ model: "failing", messages: [{ role: "user", content: "the same" }] })
    .catch((cause: unknown) => cause);

  expect(failed).toMatchObject({ status: 503 });
  expect((await overview()).loops).toEqual([]);
});
