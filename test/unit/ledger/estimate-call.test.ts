import { describe, expect, it } from "vitest";
import { MessagesRequest } from "../../../src/anthropic-api/messages-request.ts";
import type { Route } from "../../../src/domain/route.ts";
import { estimateCallTokens } from "../../../src/ledger/estimate-call.ts";
import { routingWith } from "../../support/routing-with.ts";

const LONG = "word ".repeat(20_000);
const [openai, anthropic] = routingWith(
  {
    hot: [
      { provider: "openai", model: "gpt-4.1", key: "${K}" },
      { provider: "anthropic", model: "claude-sonnet-4-6", key: "${K}" },
    ],
  },
  () => "key",
).routes;

function inNative(content: unknown, route: Route | undefined = anthropic): number {
  if (route === undefined) throw new Error("no such route");
  const request = { model: "draft", messages: [{ role: "user" as const, content: "hi" }] };
  const body = MessagesRequest.parse({ model: "draft", max_tokens: 10, messages: [{ role: "user", content }] });
  // What only Anthropic's language can say, as a caller of `/v1/messages` sends it.
  const native = { body, headers: {}, onlyNative: "messages" };
  return estimateCallTokens({ request, native }, route);
}

function inOpenai(more: object): number {
  if (openai === undefined) throw new Error("no such route");
  const request = { model: "draft", messages: [{ role: "user" as const, content: "hi" }], ...more };
  return estimateCallTokens({ request, native: null }, openai);
}

function base64(type: string, media_type: string) {
  return [{ type, source: { type: "base64", media_type, data: "A".repeat(300_000) } }];
}

describe("a prompt's estimate", () => {
  it.each([
    ["a document's text", [{ type: "document", source: { type: "text", media_type: "text/plain", data: LONG } }]],
    ["a thought with its signature", [{ type: "thinking", thinking: "", signature: LONG }]],
    ["a search result", [{ type: "search_result", source: "x", title: "y", content: [{ type: "text", text: LONG }] }]],
  ])("counts %s, which the translation does not have", (_what, content) => {
    expect(inNative(content)).toBeGreaterThan(20_000);
  });

  it("counts an image once, however large, and a document by its size", () => {
    expect(inNative(base64("image", "image/png"))).toBeLessThan(6_000);
    expect(inNative(base64("document", "application/pdf"))).toBeGreaterThan(150_000);
  });

  it.each([
    ["functions of old", { functions: [{ name: "f", description: LONG }] }],
    ["a prediction", { prediction: { type: "content", content: LONG } }],
    ["fields that nobody knows", { plugins: [{ id: LONG }] }],
    ["a file", { messages: [{ role: "user", content: [{ type: "file", file: { file_data: "A".repeat(100_000) } }] }] }],
  ])("counts %s", (_what, more) => {
    expect(inOpenai(more)).toBeGreaterThan(20_000);
  });
});
