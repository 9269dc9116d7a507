/** Tools and JSON schemas through Hot and Warm, in each provider's language, as the official SDK's caller sees them. */
import type OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { WAYS } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.product.json", variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

type Body = Pick<OpenAI.ChatCompletionCreateParams, "model" | "messages" | "tools" | "response_format">;

/** Streamed, the SDK puts the pieces together by itself. */
async function completionOf(body: Body, streamed: boolean): Promise<OpenAI.ChatCompletion> {
  return streamed
    ? await product.client.chat.completions.stream(body).finalChatCompletion()
    : await product.client.chat.completions.create(body);
}

const weather: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const question: OpenAI.ChatCompletionMessageParam = {
  role: "user",
  content: "Please get_weather for both Lisbon and Porto.",
};

function callsOf({ choices }: OpenAI.ChatCompletion): readonly OpenAI.ChatCompletionMessageFunctionToolCall[] {
  return (choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");
}

function withResults(asked: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessageParam[] {
  const results = callsOf(asked).map(({ id, function: { arguments: input } }) => ({
    role: "tool" as const,
    tool_call_id: id,
    content: `sunny in ${z.object({ city: z.string() }).parse(JSON.parse(input)).city}`,
  }));
  return [question, { role: "assistant", tool_calls: [...callsOf(asked)] }, ...results];
}

const KINDS = [["only-hot"], ["only-claude"], ["only-gemini"]] as const;

describe.each(KINDS)("%s", (model) => {
  it.each(WAYS)("calls a tool twice at once and speaks of both results (%s)", async (_way, streamed) => {
    const asked = await completionOf({ model, messages: [question], tools: [weather] }, streamed);

    const calls = callsOf(asked);
    expect(asked.choices[0]?.finish_reason).toBe("tool_calls");
    expect(calls.map((call) => call.function.name)).toEqual(["get_weather", "get_weather"]);
    expect(calls.map((call): unknown => JSON.parse(call.function.arguments))).toEqual([
      { city: "Lisbon" },
      { city: "Porto" },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);

    const told = await completionOf({ model, messages: withResults(asked), tools: [weather] }, streamed);

    expect(told.choices[0]?.message.content).toContain("sunny in Lisbon");
    expect(told.choices[0]?.message.content).toContain("sunny in Porto");
  });

  it.each(WAYS)("answers by a JSON schema (%s)", async (_way, streamed) => {
    const schema = z.toJSONSchema(Ticket);
    const asked = await completionOf(
      {
        model,
        messages: [{ role: "user", content: "A ticket: the login is broken" }],
        response_format: { type: "json_schema", json_schema: { name: "ticket", strict: true, schema } },
      },
      streamed,
    );

    expect(Ticket.parse(JSON.parse(asked.choices[0]?.message.content ?? ""))).toMatchObject({
      tags: expect.any(Array),
    });
    expect(asked.choices[0]?.finish_reason).toBe("stop");
  });
});

const Ticket = z.strictObject({
  title: z.string(),
  priority: z.enum(["low", "high"]),
  tags: z.array(z.string()),
  owner: z.strictObject({ name: z.string() }).nullable(),
});

describe("a conversation with tools", () => {
  it.each(WAYS)("begins at Hot and goes on at Warm when Hot is overloaded (%s)", async (_way, streamed) => {
    const asked = await completionOf({ model: "ask-warm", messages: [question], tools: [weather] }, streamed);
    hosts.one.setFault({ provider: "first", fault: "529" });

    const told = await completionOf({ model: "ask-warm", messages: withResults(asked), tools: [weather] }, streamed);

    expect(asked.model).toBe("model-1");
    expect(told.model).toBe("claude-haiku-4-5");
    expect(told.choices[0]?.message.content).toContain("sunny in Porto");
  });
});
