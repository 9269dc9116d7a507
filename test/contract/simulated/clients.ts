/** The official SDKs, each pointed at a simulated provider, without retries of their own. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, afterEach } from "vitest";
import { type SimulatedProviders, startSimulatedProviders } from "../../../dev/simulated/server.ts";

/** Without waits: what is said is under test here, not when. */
export async function startForTests(): Promise<SimulatedProviders> {
  const providers = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
  afterEach(() => {
    providers.clearFaults();
    providers.clearCalls();
  });
  afterAll(() => providers.close());
  return providers;
}

export function openaiClient(url: string, apiKey = "sk-simulated"): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${url}/hot/v1`, maxRetries: 0, timeout: 3000, logLevel: "off" });
}

export function anthropicClient(url: string, apiKey = "sk-simulated"): Anthropic {
  return new Anthropic({ apiKey, baseURL: `${url}/claude`, maxRetries: 0, timeout: 3000, logLevel: "off" });
}

export function geminiClient(url: string, apiKey = "simulated"): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${url}/gemini`, timeout: 3000 } });
}

/** What a promise is rejected with; fails where it is not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not rejected");
}

/** Reads a stream to its end or its error, and keeps what came before. */
export async function readAll<Event>(
  stream: Promise<AsyncIterable<Event>>,
): Promise<{ readonly events: readonly Event[]; readonly error: unknown }> {
  const events: Event[] = [];
  try {
    for await (const event of await stream) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

export const WEATHER = {
  name: "get_weather",
  description: "The weather in a city",
  schema: {
    type: "object" as const,
    properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
    required: ["city"],
  },
};

export const TIME = {
  name: "get_time",
  description: "The time in a city",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

/** Strict schemas close every object and require every property. */
export const TICKET_SCHEMA = {
  type: "object" as const,
  properties: {
    title: { type: "string" },
    priority: { type: "string", enum: ["low", "high"] },
    points: { type: "integer", minimum: 1, maximum: 8 },
    tags: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
    owner: { anyOf: [{ type: "null" }, { $ref: "#/$defs/person" }] },
  },
  required: ["title", "priority", "points", "tags", "owner"],
  additionalProperties: false,
  $defs: {
    person: {
      type: "object",
      properties: { email: { type: "string", format: "email" } },
      required: ["email"],
      additionalProperties: false,
    },
  },
};

/** A picture of one pixel. */
export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAICAQB7CYF4AAAAAElFTkSuQmCC";

/** Long enough to be cached: 1,024 tokens and more. */
export const LONG_TEXT = Array.from({ length: 1200 }, (_, index) => `w${index % 10}`).join(" ");
