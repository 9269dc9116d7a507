/** Every feature of Anthropic's language at every provider, whole and streamed, as Anthropic's own client reads it. */
import type Anthropic from "@anthropic-ai/sdk";
import { afterAll, describe, expect, it } from "vitest";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { askMessages, type Fields } from "../../support/messages-call.ts";

const simulated = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
afterAll(() => simulated.close());

const MODELS = {
  openai: "sim-large",
  anthropic: "claude-sonnet-4-6",
  gemini: "gemini-3-flash",
  bedrock: "eu.anthropic.claude-sonnet-4-6",
};
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAICAQB7CYF4AAAAAElFTkSuQmCC";

const user = (content: Anthropic.MessageParam["content"]): Anthropic.MessageParam => ({ role: "user", content });
const tools: Anthropic.Tool[] = ["get_weather", "get_time"].map((name) => ({
  name,
  description: `${name} of a city`,
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}));

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function callsOf({ content }: Anthropic.Message): readonly Anthropic.ToolUseBlock[] {
  return content.filter((block) => block.type === "tool_use");
}

describe.each<ApiId>(["openai", "anthropic", "gemini", "bedrock"])("Anthropic's language at %s", (api) => {
  describe.each([false, true])("streamed: %s", (stream) => {
    function call(fields: Fields): Promise<Anthropic.Message> {
      return askMessages({ api, url: simulated.url, model: MODELS[api], stream }, fields);
    }

    it("says text, with system blocks, a conversation, usage and its end", async () => {
      const message = await call({
        system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
        messages: [user("Hi"), { role: "assistant", content: "Hello." }, user("say: Olá 🌊")],
        stop_sequences: ["END"],
        metadata: { user_id: "u1" },
      });

      expect(message).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
      expect(message.id).toMatch(/^msg_/);
      expect(textOf(message)).toBe("Olá 🌊");
      expect(message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0)).toBeGreaterThan(0);
      expect(message.usage.output_tokens).toBeGreaterThan(0);
    });

    it("stops at the bound and at a stop sequence", async () => {
      expect(await call({ messages: [user("count to 500")], max_tokens: 5 })).toMatchObject({
        stop_reason: "max_tokens",
      });
      expect(textOf(await call({ messages: [user("count to 9")], stop_sequences: ["5"] }))).toMatch(/^1 2 3 4\s*$/);
    });

    it("sees an image", async () => {
      const image = {
        type: "image" as const,
        source: { type: "base64" as const, media_type: "image/png" as const, data: PIXEL },
      };

      expect(await call({ messages: [user([image, { type: "text", text: "What is it?" }])] })).toMatchObject({
        stop_reason: "end_turn",
      });
    });

    it("calls tools in parallel, and speaks once it has the results, one of them an error", async () => {
      const messages = [user("get_weather and get_time")];
      const first = await call({ messages, tools });
      const calls = callsOf(first);
      expect(first.stop_reason).toBe("tool_use");
      expect(calls.map(({ name }) => name)).toEqual(["get_weather", "get_time"]);
      for (const made of calls) expect(made.input).toHaveProperty("city");

      const results = calls.map(({ id }, at) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: `result ${at}`,
        is_error: at === 1,
      }));
      const asked = calls.map(({ id, name, input }) => ({ type: "tool_use" as const, id, name, input }));
      const second = await call({
        messages: [...messages, { role: "assistant", content: asked }, user(results)],
        tools,
      });
      expect(second.stop_reason).toBe("end_turn");
      expect(textOf(second)).toMatch(/result 0.*result 1/s);
    });

    it("obeys the tool choice, also a refused one", async () => {
      const named = await call({ messages: [user("Hello")], tools, tool_choice: { type: "tool", name: "get_time" } });
      const none = await call({ messages: [user("get_time")], tools, tool_choice: { type: "none" } });

      expect(callsOf(named).map(({ name }) => name)).toEqual(["get_time"]);
      expect(callsOf(await call({ messages: [user("Hello")], tools, tool_choice: { type: "any" } }))).not.toEqual([]);
      expect(callsOf(none)).toEqual([]);
    });

    it("fills a JSON schema", async () => {
      const schema = {
        type: "object",
        properties: { title: { type: "string" }, points: { type: "integer" } },
        required: ["title", "points"],
        additionalProperties: false,
      };
      const message = await call({
        messages: [user("A ticket about rain")],
        output_config: { format: { type: "json_schema", schema } },
      });

      expect(JSON.parse(textOf(message))).toMatchObject({ title: expect.any(String), points: expect.any(Number) });
    });

    it("thinks", async () => {
      const message = await call({ messages: [user("Why is the sea salty?")], thinking: { type: "adaptive" } });

      expect(message.stop_reason).toBe("end_turn");
      expect(textOf(message)).not.toBe("");
    });
  });

  it("is the same message whole and streamed", async () => {
    const asked = { api, url: simulated.url, model: MODELS[api] };
    const fields: Fields = { messages: [user("get_weather and get_time, then say why the sea is salty")], tools };
    const [whole, streamed] = await Promise.all(
      [false, true].map((stream) => askMessages({ ...asked, stream }, fields)),
    );

    expect(streamed?.content.map(({ type }) => type)).toEqual(whole?.content.map(({ type }) => type));
    expect(streamed && callsOf(streamed).map(({ name, input }) => ({ name, input }))).toEqual(
      whole && callsOf(whole).map(({ name, input }) => ({ name, input })),
    );
    expect(streamed).toMatchObject({
      stop_reason: whole?.stop_reason,
      usage: { output_tokens: whole?.usage.output_tokens },
    });
  });
});
