import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LONG_TEXT, openaiClient, PIXEL, readAll, startForTests, TICKET_SCHEMA, TIME, WEATHER } from "./clients.ts";

const providers = await startForTests();
const client = openaiClient(providers.url);

type Messages = OpenAI.ChatCompletionMessageParam[];
const question: Messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Why is the sea salty?" },
];

const Ticket = z.strictObject({
  title: z.string().min(1),
  priority: z.enum(["low", "high"]),
  points: z.int().min(1).max(8),
  tags: z.array(z.string()).min(1).max(3),
  owner: z.strictObject({ email: z.email() }).nullable(),
});

function toolOf(tool: typeof WEATHER | typeof TIME): OpenAI.ChatCompletionFunctionTool {
  return { type: "function", function: { name: tool.name, description: tool.description, parameters: tool.schema } };
}

function callsOf(completion: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessageFunctionToolCall[] {
  return (completion.choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");
}

describe("a simulated provider asked by OpenAI's SDK", () => {
  it("answers with text, a finish reason and usage that adds up", async () => {
    const { choices, usage, model } = await client.chat.completions.create({ model: "sim-large", messages: question });

    expect(choices).toHaveLength(1);
    expect(choices[0]?.message.content).toMatch(/salty/);
    expect(choices[0]?.finish_reason).toBe("stop");
    expect(model).toBe("sim-large");
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it("gives the same answer to the same request, streamed or not", async () => {
    const whole = await client.chat.completions.create({ model: "sim-large", messages: question });
    const { events } = await readAll(
      client.chat.completions.create({ model: "sim-large", messages: question, stream: true }),
    );

    const streamed = events.map((event) => event.choices[0]?.delta.content ?? "").join("");
    expect(streamed).toBe(whole.choices[0]?.message.content);
    expect(events[0]?.choices[0]?.delta).toMatchObject({ role: "assistant", content: "" });
    expect(events.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    expect(events.every((event) => event.usage === undefined)).toBe(true);
  });

  it("sends a usage chunk last when asked", async () => {
    const { events } = await readAll(
      client.chat.completions.create({
        model: "sim-large",
        messages: question,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );

    expect(events.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
    expect(events.slice(0, -1).every((event) => event.usage === null)).toBe(true);
  });

  it("is understood by the SDK's own accumulating stream", async () => {
    const stream = client.chat.completions.stream({
      model: "sim-large",
      messages: [{ role: "user", content: "Use the tool get_weather for Lisbon" }],
      tools: [toolOf(WEATHER)],
    });

    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.finish_reason).toBe("tool_calls");
    expect(JSON.parse(callsOf(final)[0]?.function.arguments ?? "")).toMatchObject({ city: "Lisbon" });
  });

  it("calls a tool in parallel, and speaks once it has the results", async () => {
    const tools = [toolOf(WEATHER)];
    const messages: Messages = [{ role: "user", content: "Get weather for both Lisbon and Porto, please" }];
    const first = await client.chat.completions.create({ model: "sim-large", messages, tools });
    const calls = callsOf(first);
    const [message] = first.choices.map((choice) => choice.message);
    if (message === undefined) throw new Error("no message");

    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    expect(message.content).toBeNull();
    expect(calls.map((call) => JSON.parse(call.function.arguments).city)).toEqual(["Lisbon", "Porto"]);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);

    const results = calls.map((call) => ({ role: "tool" as const, tool_call_id: call.id, content: "21 degrees" }));
    const second = await client.chat.completions.create({
      model: "sim-large",
      messages: [...messages, message, ...results],
      tools,
    });
    expect(second.choices[0]?.message.content).toMatch(/21 degrees/);
    expect(second.choices[0]?.finish_reason).toBe("stop");
  });

  it("keeps to one call when parallel calls are off, and to none when the choice is none", async () => {
    const asked = { model: "sim-large", messages: [{ role: "user" as const, content: "get_weather and get_time" }] };
    const tools = [toolOf(WEATHER), toolOf(TIME)];

    const both = await client.chat.completions.create({ ...asked, tools });
    const single = await client.chat.completions.create({ ...asked, tools, parallel_tool_calls: false });
    const none = await client.chat.completions.create({ ...asked, tools, tool_choice: "none" });
    expect(callsOf(both).map((call) => call.function.name)).toEqual(["get_weather", "get_time"]);
    expect(callsOf(single)).toHaveLength(1);
    expect(callsOf(none)).toHaveLength(0);
  });

  it("calls the tool that the choice names, and some tool when one is required", async () => {
    const asked = { model: "sim-large", messages: question, tools: [toolOf(WEATHER), toolOf(TIME)] };

    const named = await client.chat.completions.create({
      ...asked,
      tool_choice: { type: "function", function: { name: "get_time" } },
    });
    const required = await client.chat.completions.create({ ...asked, tool_choice: "required" });
    expect(callsOf(named).map((call) => call.function.name)).toEqual(["get_time"]);
    expect(callsOf(required)).toHaveLength(1);
  });

  it("fills a strict JSON schema", async () => {
    const { choices } = await client.chat.completions.create({
      model: "sim-large",
      messages: [{ role: "user", content: "A ticket about the leaking tap" }],
      response_format: { type: "json_schema", json_schema: { name: "ticket", strict: true, schema: TICKET_SCHEMA } },
    });

    expect(Ticket.safeParse(JSON.parse(choices[0]?.message.content ?? "")).error).toBeUndefined();
  });

  it("answers with a JSON object when asked", async () => {
    const { choices } = await client.chat.completions.create({
      model: "sim-large",
      messages: [{ role: "user", content: "Answer in JSON" }],
      response_format: { type: "json_object" },
    });

    expect(JSON.parse(choices[0]?.message.content ?? "")).toHaveProperty("answer");
  });

  it("sees images by URL and by data", async () => {
    const { choices } = await client.chat.completions.create({
      model: "sim-large",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is in these pictures?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
            { type: "image_url", image_url: { url: "https://example.com/cat.png", detail: "low" } },
          ],
        },
      ],
    });

    expect(choices[0]?.message.content).toMatch(/2 images/);
  });

  it("stops at a stop sequence and at the token limit", async () => {
    const messages: Messages = [{ role: "user", content: "say: one two three four five six" }];

    const stopped = await client.chat.completions.create({ model: "sim-large", messages, stop: ["four"] });
    const limited = await client.chat.completions.create({ model: "sim-large", messages, max_completion_tokens: 2 });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "one two three " } });
    expect(limited.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "one two" } });
    expect(limited.usage?.completion_tokens).toBe(2);
  });

  it("counts reasoning and cached tokens", async () => {
    const { usage } = await client.chat.completions.create({
      model: "gpt-5-mini",
      messages: [{ role: "user", content: LONG_TEXT }],
      reasoning_effort: "low",
      seed: 7,
      temperature: 1,
      top_p: 1,
    });

    expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(1152);
    expect(usage?.completion_tokens).toBeGreaterThan(usage?.completion_tokens_details?.reasoning_tokens ?? 0);
  });

  it("shows its reasoning as local servers do when its name says that it thinks", async () => {
    const { events } = await readAll(
      client.chat.completions.create({ model: "sim-think", messages: question, stream: true }),
    );

    const reasoning = events.filter((event) => "reasoning_content" in (event.choices[0]?.delta ?? {}));
    expect(reasoning.length).toBeGreaterThan(3);
    expect(events.findIndex((event) => event === reasoning[0])).toBe(1);
  });

  it("lists its models", async () => {
    const { data } = await client.models.list();

    expect(data.map((model) => model.id)).toContain("sim-large");
  });
});
