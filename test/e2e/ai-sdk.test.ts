/** Vercel's `ai` with its OpenAI-compatible and its Anthropic provider, against `npm start`. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, isStepCount, Output, streamText, tool, type LanguageModel } from "ai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
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

const SPEAKERS = [
  {
    provider: "@ai-sdk/openai-compatible",
    modelOf: (kind: string, apiKey = product.key): LanguageModel =>
      createOpenAICompatible({
        name: "lisbon",
        baseURL: `${product.url}/v1`,
        apiKey,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(kind),
  },
  {
    provider: "@ai-sdk/anthropic",
    modelOf: (kind: string, apiKey = product.key): LanguageModel =>
      createAnthropic({ baseURL: `${product.url}/v1`, apiKey })(kind),
  },
] as const;

const Ticket = z.strictObject({ title: z.string(), priority: z.enum(["low", "high"]), tags: z.array(z.string()) });

const weather = tool({
  description: "The weather in a city",
  inputSchema: z.strictObject({ city: z.string() }),
  execute: ({ city }) => Promise.resolve(`sunny in ${city}`),
});

// Without a bound the Anthropic provider warns that it does not know this model.
const once = { maxRetries: 0, maxOutputTokens: 1_000 } as const;

describe.each(SPEAKERS)("an app with $provider", ({ modelOf }) => {
  describe.each([["only-hot"], ["only-claude"], ["only-gemini"]])("of %s", (kind) => {
    it("gets an answer", async () => {
      const { text, finishReason, usage } = await generateText({
        ...once,
        model: modelOf(kind),
        prompt: "say: Olá 🌊",
      });

      expect({ text, finishReason }).toEqual({ text: "Olá 🌊", finishReason: "stop" });
      expect(usage.outputTokens).toBeGreaterThan(0);
    });

    it("streams an answer", async () => {
      const { textStream, finishReason, usage } = streamText({ ...once, model: modelOf(kind), prompt: "count to 20" });

      const pieces: string[] = [];
      for await (const piece of textStream) pieces.push(piece);

      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join("")).toMatch(/19.*20/);
      expect(await finishReason).toBe("stop");
      expect((await usage).outputTokens).toBeGreaterThan(0);
    });

    it("runs a tool twice at once and is told of both results", async () => {
      const asked = {
        ...once,
        model: modelOf(kind),
        tools: { get_weather: weather },
        stopWhen: isStepCount(2),
        prompt: "Please get_weather for both Lisbon and Porto.",
      };

      const whole = await generateText(asked);
      const streamed = streamText(asked);
      await streamed.consumeStream();

      for (const { text, steps } of [whole, { text: await streamed.text, steps: await streamed.steps }]) {
        expect(steps[0]?.toolCalls.map(({ input }): unknown => input)).toEqual([{ city: "Lisbon" }, { city: "Porto" }]);
        expect(text).toContain("sunny in Lisbon");
        expect(text).toContain("sunny in Porto");
      }
    });

    it("gets an object by its schema", async () => {
      const asked = {
        ...once,
        model: modelOf(kind),
        output: Output.object({ schema: Ticket }),
        // Its other way is a tool that must not be called in parallel, which Gemini cannot be told.
        providerOptions: { anthropic: { structuredOutputMode: "outputFormat" } },
        prompt: "A ticket: the login is broken",
      };

      const whole = await generateText(asked);
      const streamed = streamText(asked);
      await streamed.consumeStream();

      expect(Ticket.parse(whole.output)).toEqual(whole.output);
      expect(Ticket.parse(await streamed.output)).toEqual(await streamed.output);
    });
  });

  it("notices nothing of a provider that is down", async () => {
    hosts.one.setFault({ provider: "first", fault: "reset" });

    const { text } = await generateText({ ...once, model: modelOf("ask-warm"), prompt: "say: hello" });
    const streamed = streamText({ ...once, model: modelOf("ask-warm"), prompt: "say: hello" });

    expect([text, await streamed.text]).toEqual(["hello", "hello"]);
  });

  it("is told when a stream broke off", async () => {
    hosts.one.setFault({ provider: "first", fault: "cut", arg: "3" });
    const errors: unknown[] = [];
    const { stream } = streamText({
      ...once,
      model: modelOf("only-hot"),
      prompt: "count to 30",
      onError: ({ error }) => void errors.push(error),
    });

    const parts: string[] = [];
    for await (const { type } of stream) parts.push(type);

    expect(parts).toContain("error");
    expect(JSON.stringify(errors)).toContain("not the whole answer");
  });

  it("throws the SDK's own error at a wrong key", async () => {
    const asked = generateText({ ...once, model: modelOf("only-hot", "sk-wrong"), prompt: "say: hello" });

    await expect(asked).rejects.toSatisfy((error) => APICallError.isInstance(error) && error.statusCode === 401);
  });
});
