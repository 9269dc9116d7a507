/** Streams that come straight from a provider: by the Worker's own rules, without the Worker's platform. */
import OpenAI from "openai";
import { expect, it } from "vitest";
import { process } from "./fallback-stage.ts";
import { refusesConnections } from "./stage.ts";

it("streams to the official client from the provider, and says so", async () => {
  const chunks = ["Olá", ", Lisboa"].map((content) => ({ delta: { content }, finish_reason: null }));
  const events = [...chunks, { delta: {}, finish_reason: "stop" }].map((choice) => {
    const choices = [{ index: 0, ...choice }];
    return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
  });
  const streams = (): Response =>
    new Response(`${events.join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
  const { fetch, clock } = process({ router: refusesConnections, one: streams });
  const client = new OpenAI({ baseURL: "https://router.test/v1", apiKey: "unused", fetch, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "greet" }];
  const { data, response } = await clock.run(
    client.chat.completions.create({ model: "auto", messages, stream: true }).withResponse(),
  );
  let text = "";
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";

  expect(text).toBe("Olá, Lisboa");
  expect(response.headers.get("x-lisbon-fallback")).toBe("direct");
});

it("ends a stream that breaks off in the Worker's error event, and goes on with it at the next provider", async () => {
  const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
  const said = { ...head, choices: [{ index: 0, delta: { content: "half a" }, finish_reason: null }] };
  const breaks = (): Response =>
    new Response(`data: ${JSON.stringify(said)}\n\n`, { headers: { "content-type": "text/event-stream" } });
  const { ask, asked, clock } = process({ router: refusesConnections, one: breaks, two: refusesConnections });
  const text = await clock.run((await ask({ stream: true })).text());

  expect(text).toContain("half a");
  expect(text).toContain('"code":"stream_cut"');
  expect(asked).toEqual(["router", "one", "two"]);
});

it("lets go of the provider when its reader goes", async () => {
  const gone = Promise.withResolvers<void>();
  const endless = (): Response => {
    const chunk = { delta: { content: "on and on" }, finish_reason: null, index: 0 };
    const said = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [chunk] };
    const body = new ReadableStream({
      type: "bytes",
      pull: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(said)}\n\n`)),
      cancel: () => gone.resolve(),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const { ask } = process({ router: refusesConnections, one: endless });
  const reader = (await ask({ stream: true })).body?.getReader();
  await reader?.read();
  await reader?.cancel();

  await expect(gone.promise).resolves.toBeUndefined();
});

it("is answered on a Node that cannot write bytes as hexadecimal digits", async () => {
  const own = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "toHex");
  Reflect.deleteProperty(Uint8Array.prototype, "toHex");
  try {
    const { ask, seen } = process({ router: refusesConnections });

    expect((await ask()).status).toBe(200);
    expect(seen[1]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(Uint8Array.prototype)).toEqual([]);
  } finally {
    if (own) Reflect.defineProperty(Uint8Array.prototype, "toHex", own);
  }
});
