/** Every feature, through our adapters, to providers that their own SDKs have been content with. */
import { afterAll, describe, expect, it } from "vitest";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { STAMP } from "../../support/providers.ts";
import { ask, type Outcome } from "../../support/simulated-call.ts";

const simulated = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
afterAll(() => simulated.close());

const MODELS = {
  openai: "sim-large",
  anthropic: "claude-sonnet-4-6",
  gemini: "gemini-3-flash",
  bedrock: "eu.anthropic.claude-sonnet-4-6",
};
/** Converse does not say which model answered. */
const NAMED = { ...MODELS, bedrock: STAMP.model };
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAICAQB7CYF4AAAAAElFTkSuQmCC";

const user = (content: unknown) => ({ role: "user", content });
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const toolOf = (name: string) => ({
  type: "function",
  function: {
    name,
    description: `${name} of a city`,
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
});
const tools = [toolOf("get_weather"), toolOf("get_time")];

describe.each<ApiId>(["openai", "anthropic", "gemini", "bedrock"])("a simulated %s", (api) => {
  describe.each([false, true])("streamed: %s", (stream) => {
    function call(fields: Readonly<Record<string, unknown>>, model = MODELS[api]): Promise<Outcome> {
      return ask({ api, url: simulated.url, model, stream }, fields);
    }

    it("answers with text, usage and its own model", async () => {
      const outcome = await call({
        messages: [
          { role: "system", content: "Be brief." },
          user("Hi"),
          { role: "assistant", content: "Hello." },
          user("say: Olá 🌊"),
        ],
        max_completion_tokens: 500,
        temperature: 0.5,
        stop: ["END"],
        user: "u1",
      });
      expect(outcome).toMatchObject({
        failure: null,
        finished: true,
        text: "Olá 🌊",
        finish: "stop",
        model: NAMED[api],
      });
      const { prompt_tokens: prompt = 0, completion_tokens: completion = 0, total_tokens: total } = outcome.usage ?? {};
      expect(prompt).toBeGreaterThan(0);
      expect(total).toBe(prompt + completion);
    });

    it("stops at the bound and at a stop sequence", async () => {
      expect((await call({ messages: [user("count to 500")], max_tokens: 5 })).finish).toBe("length");
      const stopped = await call({ messages: [user("count to 9")], stop: "5" });
      expect(stopped).toMatchObject({ finish: "stop", text: expect.stringMatching(/^1 2 3 4\s*$/) });
    });

    it("sees images by URL and as data", async () => {
      const content = [
        // Bedrock takes bytes only.
        ...(api === "bedrock" ? [] : [image("https://x.example/a.png")]),
        image(`data:image/png;base64,${PIXEL}`),
        { type: "text", text: "What is it?" },
      ];
      expect(await call({ messages: [user(content)] })).toMatchObject({ failure: null, finish: "stop" });
    });

    it("calls tools in parallel, and speaks once it has the results", async () => {
      const messages = [user("get_weather and get_time")];
      const first = await call({ messages, tools });
      expect(first).toMatchObject({ failure: null, finish: "tool_calls" });
      expect(first.calls.map(({ name }) => name)).toEqual(["get_weather", "get_time"]);
      expect(new Set(first.calls.map(({ id }) => id)).size).toBe(2);
      for (const made of first.calls) expect(JSON.parse(made.arguments)).toHaveProperty("city");

      const made = first.calls.map(({ id, name, arguments: args }) => ({
        id,
        type: "function",
        function: { name, arguments: args },
      }));
      const results = first.calls.map(({ id }, at) => ({ role: "tool", tool_call_id: id, content: `result ${at}` }));
      const second = await call({
        messages: [...messages, { role: "assistant", content: null, tool_calls: made }, ...results],
        tools,
      });
      expect(second).toMatchObject({ failure: null, finish: "stop" });
      expect(second.text).toMatch(/result 0.*result 1/s);
    });

    it("obeys the tool choice", async () => {
      const messages = [user("Hello there")];
      const named = { type: "function", function: { name: "get_time" } };
      expect((await call({ messages, tools, tool_choice: named })).calls.map(({ name }) => name)).toEqual(["get_time"]);
      expect((await call({ messages, tools, tool_choice: "required" })).calls).not.toEqual([]);
      expect((await call({ messages: [user("get_time")], tools, tool_choice: "none" })).calls).toEqual([]);
      expect((await call({ messages: [user("get_time")], tools, tool_choice: "auto" })).calls).toHaveLength(1);
    });

    it("fills a JSON schema", async () => {
      const schema = {
        type: "object",
        properties: {
          title: { type: "string" },
          points: { type: "integer" },
          owner: { anyOf: [{ type: "null" }, { $ref: "#/$defs/who" }] },
        },
        required: ["title", "points", "owner"],
        additionalProperties: false,
        $defs: {
          who: {
            type: "object",
            properties: { name: { type: "string" } },
            required: ["name"],
            additionalProperties: false,
          },
        },
      };
      const response_format = { type: "json_schema", json_schema: { name: "ticket", schema, strict: true } };
      const { text } = await call({ messages: [user("A ticket about rain")], response_format });
      expect(JSON.parse(text)).toMatchObject({ title: expect.any(String), points: expect.any(Number) });
    });

    it("thinks, and counts it", async () => {
      const outcome = await call({ messages: [user("Why is the sea salty?")], reasoning_effort: "high" });
      expect(outcome).toMatchObject({ failure: null, finish: "stop" });
      if (api === "bedrock") expect(outcome.reasoning).not.toBe("");
      else expect(outcome.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    });
  });
});

describe.each([false, true])("parallel calls switched off, streamed: %s", (stream) => {
  it.each<ApiId>(["openai", "anthropic", "bedrock"])("are one call at %s", async (api) => {
    const fields = { messages: [user("get_weather and get_time")], tools, parallel_tool_calls: false };
    expect((await ask({ api, url: simulated.url, model: MODELS[api], stream }, fields)).calls).toHaveLength(1);
  });
});

describe.each([false, true])("older models, streamed: %s", (stream) => {
  it.each([
    ["anthropic", "claude-haiku-4-5"],
    ["bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0"],
  ] as const)("of Anthropic's think within a budget, and show it, at %s", async (api, model) => {
    const fields = { messages: [user("Why is the sea salty?")], reasoning_effort: "low" };
    const outcome = await ask({ api, url: simulated.url, model, stream }, fields);
    expect(outcome).toMatchObject({ failure: null, finish: "stop" });
    expect(outcome.reasoning).not.toBe("");
  });

  it("of Gemini's think within a budget, and show it", async () => {
    const fields = { messages: [user("Why is the sea salty?")], reasoning_effort: "low" };
    const outcome = await ask({ api: "gemini", url: simulated.url, model: "gemini-2.5-flash", stream }, fields);
    expect(outcome).toMatchObject({ failure: null, finish: "stop" });
    expect(outcome.reasoning).not.toBe("");
  });
});

describe.each<ApiId>(["openai", "gemini"])("a simulated %s asked for a JSON object", (api) => {
  it.each([false, true])("answers with one, streamed: %s", async (stream) => {
    const fields = { messages: [user("JSON about rain")], response_format: { type: "json_object" }, seed: 7 };
    const { text } = await ask({ api, url: simulated.url, model: MODELS[api], stream }, fields);
    expect(JSON.parse(text)).toBeTypeOf("object");
  });
});
