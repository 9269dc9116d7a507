import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { anthropicClient, LONG_TEXT, PIXEL, readAll, startForTests, TICKET_SCHEMA, TIME, WEATHER } from "./clients.ts";

const providers = await startForTests();
const client = anthropicClient(providers.url);

const asked: Anthropic.MessageCreateParamsNonStreaming = {
  model: "sim-large",
  max_tokens: 2000,
  system: "Be brief.",
  messages: [{ role: "user", content: "Why is the sea salty?" }],
};

function toolOf(tool: typeof WEATHER | typeof TIME): Anthropic.Tool {
  return { name: tool.name, description: tool.description, input_schema: tool.schema };
}

function callsOf({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] {
  return content.filter((block) => block.type === "tool_use");
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

describe("a simulated provider asked by Anthropic's SDK", () => {
  it("answers with text, a stop reason and usage, to a Bearer key and the newest version", async () => {
    const message = await client.messages.create(asked);

    expect(textOf(message)).toMatch(/salty/);
    expect(message).toMatchObject({ type: "message", role: "assistant", model: "sim-large", stop_reason: "end_turn" });
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect(providers.calls[0]?.headers).toMatchObject({
      authorization: "Bearer sk-simulated",
      "anthropic-version": "2026-10-21",
    });
  });

  it("takes x-api-key and the older version as well", async () => {
    const response = await fetch(`${providers.url}/claude/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ ...asked, temperature: 0.2 }),
    });

    expect(response.status).toBe(200);
  });

  it("streams the same answer in the order of the documentation", async () => {
    const whole = await client.messages.create(asked);
    const { events } = await readAll(client.messages.create({ ...asked, stream: true }));

    const text = events.map((event) =>
      event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "",
    );
    expect(text.join("")).toBe(textOf(whole));
    const order = events.map((event) => event.type).filter((type, index, all) => type !== all[index - 1]);
    expect(order).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  it("is understood by the SDK's own accumulating stream, which ends in the unstreamed message", async () => {
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();

    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.stop_reason).toBe("end_turn");
  });

  it("calls a tool in parallel, and speaks once it has the results", async () => {
    const request = { ...asked, tools: [toolOf(WEATHER)] };
    const turn = { role: "user" as const, content: "Get weather for both Lisbon and Porto, please" };
    const first = await client.messages.stream({ ...request, messages: [turn] }).finalMessage();
    const calls = callsOf(first);

    expect(first.stop_reason).toBe("tool_use");
    expect(calls.map((call) => call.input)).toEqual([
      { city: "Lisbon", unit: expect.any(String) },
      { city: "Porto", unit: expect.any(String) },
    ]);

    const results = calls.map((call) => ({
      type: "tool_result" as const,
      tool_use_id: call.id,
      content: [{ type: "text" as const, text: "21 degrees" }],
    }));
    const second = await client.messages.create({
      ...request,
      messages: [turn, { role: "assistant", content: first.content }, { role: "user", content: results }],
    });
    expect(textOf(second)).toMatch(/21 degrees/);
  });

  it("obeys the tool choice", async () => {
    const request = { ...asked, tools: [toolOf(WEATHER), toolOf(TIME)] };
    const both = { role: "user" as const, content: "get_weather and get_time" };

    const named = await client.messages.create({ ...request, tool_choice: { type: "tool", name: "get_time" } });
    const any = await client.messages.create({ ...request, tool_choice: { type: "any" } });
    const none = await client.messages.create({ ...request, messages: [both], tool_choice: { type: "none" } });
    const single = await client.messages.create({
      ...request,
      messages: [both],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    expect(callsOf(named).map((call) => call.name)).toEqual(["get_time"]);
    expect([any, none, single].map((message) => callsOf(message).length)).toEqual([1, 0, 1]);
  });

  it("fills a JSON schema", async () => {
    const message = await client.messages.create({
      ...asked,
      output_config: { format: { type: "json_schema", schema: TICKET_SCHEMA } },
    });

    expect(JSON.parse(textOf(message))).toMatchObject({ priority: expect.stringMatching(/low|high/) });
  });

  it("sees images by URL and by data", async () => {
    const message = await client.messages.create({
      ...asked,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
            { type: "image", source: { type: "url", url: "https://example.com/cat.png" } },
            { type: "text", text: "What is in these pictures?" },
          ],
        },
      ],
    });

    expect(textOf(message)).toMatch(/2 images/);
  });

  it("stops at a stop sequence and at the token limit", async () => {
    const messages = [{ role: "user" as const, content: "say: one two three four five" }];

    const stopped = await client.messages.create({ ...asked, messages, stop_sequences: ["four"] });
    const limited = await client.messages.create({ ...asked, messages, max_tokens: 2 });
    expect(stopped).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "four" });
    expect(textOf(stopped)).toBe("one two three ");
    expect(limited).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 2 } });
  });

  it("thinks in a signed block before it answers, and counts it", async () => {
    const request = { ...asked, thinking: { type: "enabled" as const, budget_tokens: 1024 } };
    const message = await client.messages.stream(request).finalMessage();
    const [thinking] = message.content;

    expect(message.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    expect(thinking?.type === "thinking" && thinking.signature).toMatch(/^EqSim/);
    expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
  });

  it("hides its thoughts when told to omit them", async () => {
    const thinking = { type: "adaptive" as const, display: "omitted" as const };
    const message = await client.messages.create({ ...asked, thinking });

    expect(message.content[0]).toMatchObject({ type: "thinking", thinking: "", signature: expect.any(String) });
  });

  it("counts cached tokens beside the others, where the prompt is marked", async () => {
    const content = [{ type: "text" as const, text: LONG_TEXT }];
    const [marked] = content.map((block) => ({ ...block, cache_control: { type: "ephemeral" as const } }));
    if (marked === undefined) throw new Error("no block");

    const plain = await client.messages.create({ ...asked, messages: [{ role: "user", content }] });
    const cached = await client.messages.create({ ...asked, messages: [{ role: "user", content: [marked] }] });
    expect(plain.usage.cache_read_input_tokens).toBe(0);
    expect(cached.usage.cache_read_input_tokens).toBe(1152);
    expect(cached.usage.input_tokens).toBe(plain.usage.input_tokens - 1152);
  });

  it("lists its models", async () => {
    const { data } = await client.models.list();

    expect(data.map((model) => model.id)).toContain("sim-large");
  });
});
