import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions/completions";
import { afterAll, describe, expect, it } from "vitest";
import { ChatRequest } from "../../../src/openai/chat-request.ts";
import { openai } from "../../../src/providers/openai/index.ts";
import { startCapture } from "../../support/capture.ts";
import { routeTo } from "../../support/providers.ts";

const server = await startCapture();
afterAll(() => server.close());

const sdk = new OpenAI({ apiKey: "sk-secret", baseURL: `${server.url}/v1`, maxRetries: 0 });
const route = routeTo("openai", { baseUrl: `${server.url}/v1` });
const MODEL = "gpt-4o-mini";

const calls: Readonly<Record<string, Omit<ChatCompletionCreateParamsNonStreaming, "model">>> = {
  text: {
    messages: [
      { role: "developer", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello." },
      { role: "user", content: [{ type: "text", text: "And?" }] },
    ],
    max_completion_tokens: 100,
    temperature: 0.2,
    top_p: 0.9,
    seed: 7,
    stop: ["END"],
    user: "u1",
  },
  images: {
    messages: [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://x.example/a.png", detail: "low" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } },
          { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
        ],
      },
    ],
  },
  tools: {
    messages: [
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "seen" },
    ],
    tools: [
      { type: "function", function: { name: "look", parameters: { type: "object", properties: {} }, strict: true } },
      { type: "custom", custom: { name: "grammar" } },
    ],
    tool_choice: { type: "function", function: { name: "look" } },
    parallel_tool_calls: false,
  },
  "a JSON schema": {
    messages: [{ role: "user", content: "Go" }],
    response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema: { type: "object" } } },
  },
  reasoning: { messages: [{ role: "user", content: "Go" }], reasoning_effort: "high", verbosity: "low" },
};

describe.each(Object.entries(calls))("what we send to OpenAI for %s", (_name, params) => {
  it("is what its SDK sends", async () => {
    const theirs = await server.by(() => sdk.chat.completions.create({ ...params, model: MODEL }));
    const ours = await server.ours(openai.toRequest(ChatRequest.parse({ ...params, model: "auto" }), route, false));

    expect(ours.body).toEqual(theirs.body);
    expect([ours.method, ours.path]).toEqual([theirs.method, theirs.path]);
    expect(ours.headers["authorization"]).toBe(theirs.headers["authorization"]);
    expect(ours.headers["content-type"]).toBe(theirs.headers["content-type"]);
  });

  it("is what its SDK sends, streamed", async () => {
    const streamed = { ...params, stream: true as const, stream_options: { include_usage: true } };
    const theirs = await server.by(() => sdk.chat.completions.create({ ...streamed, model: MODEL }));
    const ours = await server.ours(openai.toRequest(ChatRequest.parse({ ...streamed, model: "auto" }), route, true));
    expect(ours.body).toEqual(theirs.body);
  });
});
