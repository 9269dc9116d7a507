import { describe, expect, it } from "vitest";
import { readChatRequest } from "../../../src/http/read-chat-request.ts";

const MAX = 10_000;
const hello = { model: "auto", messages: [{ role: "user", content: "hello" }] };

function post(body: string | ReadableStream, headers: Record<string, string> = {}): Request {
  return new Request("https://lisbon.test/v1/chat/completions", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  } as RequestInit);
}

function read(body: unknown): ReturnType<typeof readChatRequest> {
  return readChatRequest(post(typeof body === "string" ? body : JSON.stringify(body)), MAX);
}

describe("a request's body", () => {
  it("keeps the fields that Lisbon does not know", async () => {
    const read1 = await read({ ...hello, my_field: { deep: [1] } });

    expect(read1).toMatchObject({ ok: true, value: { request: { my_field: { deep: [1] } } } });
  });

  it.each([
    ["no model", { messages: hello.messages }, "model"],
    ["a model that is no string", { ...hello, model: 7 }, "model"],
    ["a model of 10 kB", { ...hello, model: "x".repeat(10_240 - 5_000) }, "model"],
    ["no messages", { model: "auto" }, "messages"],
    ["an empty list of messages", { model: "auto", messages: [] }, "messages"],
    ["stream as text", { ...hello, stream: "yes" }, "stream"],
    ["a temperature as text", { ...hello, temperature: "hot" }, "temperature"],
    ["a message without a role", { model: "auto", messages: [{ content: "x" }] }, "messages[0].role"],
    ["a role that there is not", { model: "auto", messages: [{ role: "pirate", content: "x" }] }, "messages[0].role"],
    ["content of a wrong type", { model: "auto", messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
    [
      "an image without a URL",
      { model: "auto", messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
      "messages[0].content[0].image_url.url",
    ],
    [
      "a tool call without a name",
      {
        model: "auto",
        messages: [{ role: "assistant", tool_calls: [{ id: "1", type: "function", function: { arguments: "{}" } }] }],
      },
      "messages[0].tool_calls[0].function.name",
    ],
    ["a null body", null, null],
    ["a list", [], null],
  ])("with %s is refused, and the field named", async (_name, body, param) => {
    expect(await read(body)).toMatchObject({ ok: false, failure: { kind: "invalid_request", param } });
  });

  it.each(["", "{", "not json", '{"model":"auto",}'])("that is %j is refused as no JSON", async (text) => {
    expect(await read(text)).toMatchObject({ ok: false, failure: { kind: "invalid_json" } });
  });

  it("with half a surrogate pair is refused, and the field named", async () => {
    const text = '{"model":"auto","messages":[{"role":"user","content":"broken \\ud83d here"}]}';

    expect(await read(text)).toMatchObject({
      ok: false,
      failure: { kind: "invalid_request", param: "messages[0].content" },
    });
  });

  it("with a whole surrogate pair is taken", async () => {
    const text = '{"model":"auto","messages":[{"role":"user","content":"fine \\ud83d\\ude00"}]}';

    expect(await read(text)).toMatchObject({ ok: true });
  });

  it("over the limit is refused by its stated length", async () => {
    const request = post("x".repeat(MAX + 1), { "content-length": String(MAX + 1) });

    expect(await readChatRequest(request, MAX)).toEqual({
      ok: false,
      failure: { kind: "body_too_large", maxBytes: MAX },
    });
  });

  it("over the limit is refused while it is read, when no length is stated", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1_000;
        controller.enqueue(new Uint8Array(1_000).fill(32));
      },
    });

    expect(await readChatRequest(post(endless), MAX)).toEqual({
      ok: false,
      failure: { kind: "body_too_large", maxBytes: MAX },
    });
    expect(pulled).toBeLessThan(MAX + 5_000);
  });
});
