import { describe, expect, it } from "vitest";
import { providers } from "../../../src/providers/all.ts";
import { image, sent, text, user } from "../../support/provider-requests.ts";
import { chatRequest, routeTo } from "../../support/providers.ts";

describe("OpenAI's body", () => {
  const fields = {
    messages: [
      user([text("Look"), image("https://x.example/a.png"), { type: "input_audio", input_audio: { data: "" } }]),
    ],
    max_completion_tokens: 5,
    tools: [{ type: "custom", custom: { name: "grammar" } }],
    unheard_of: { deep: [1] },
  };

  it("is the request with the route's model, fields that nobody here knows too", () => {
    expect(sent("openai", fields).body).toEqual({ ...fields, model: "gpt-4o-mini" });
  });

  it("says stream only where it streams", () => {
    const options = { stream_options: { include_usage: true } };
    expect(sent("openai", options, {}, true).body).toMatchObject({ stream: true, ...options });
    const unstreamed = sent("openai", { ...options, stream: true }).body;
    expect(Object.keys(unstreamed)).toEqual(["model", "messages"]);
  });

  it("says the bound in the newer word to OpenAI itself, and as it came to any other", () => {
    const { max_tokens, max_completion_tokens } = sent("openai", { max_tokens: 5 }).body;
    expect({ max_tokens, max_completion_tokens }).toEqual({ max_completion_tokens: 5 });
    const both = { max_tokens: 5, max_completion_tokens: 7 };
    expect(sent("openai", both).body).toMatchObject(both);
    const elsewhere = { baseUrl: "http://127.0.0.1:11434/v1" };
    expect(sent("openai", { max_tokens: 5 }, elsewhere).body).toMatchObject({ max_tokens: 5 });
  });

  it("does not copy the messages", () => {
    const request = chatRequest();
    let copies = 0;
    const messages = new Proxy(request.messages, {
      get(target, name, receiver) {
        if (name === "map" || name === "slice" || name === Symbol.iterator) copies++;
        return Reflect.get(target, name, receiver);
      },
    });
    providers.openai.toRequest({ ...request, messages }, routeTo("openai"), false);
    expect(copies).toBe(0);
  });
});
