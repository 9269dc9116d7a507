/**
 * Differences that are meant: since version 3 the SDK asks `v1` by default, and
 * is told to ask `v1beta` as we do; it gives instructions a role, which the API
 * does not read; it sends an empty `generationConfig` with tools.
 */
import { FunctionCallingConfigMode, type GenerateContentParameters, GoogleGenAI, ThinkingLevel } from "@google/genai";
import { afterAll, describe, expect, it } from "vitest";
import { gemini } from "../../../src/providers/gemini/index.ts";
import { type Captured, startCapture } from "../../support/capture.ts";
import { chatRequest, routeTo } from "../../support/providers.ts";

const server = await startCapture();
afterAll(() => server.close());

const sdk = new GoogleGenAI({ apiKey: "sk-secret", httpOptions: { baseUrl: server.url, apiVersion: "v1beta" } });
const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

interface Call {
  readonly openai: Readonly<Record<string, unknown>>;
  readonly theirs: Omit<GenerateContentParameters, "model">;
  readonly model?: string;
}

const user = (content: unknown) => ({ role: "user", content });
const asked = (text: string) => ({ role: "user", parts: [{ text }] });

const calls: Readonly<Record<string, Call>> = {
  text: {
    openai: {
      messages: [
        { role: "system", content: "Be brief." },
        user("Hi"),
        { role: "assistant", content: "Hello." },
        user([{ type: "text", text: "And?" }]),
      ],
      max_tokens: 100,
      temperature: 1.7,
      top_p: 0.9,
      seed: 7,
      stop: ["END", "STOP"],
    },
    theirs: {
      contents: [asked("Hi"), { role: "model", parts: [{ text: "Hello." }] }, asked("And?")],
      config: {
        systemInstruction: "Be brief.",
        maxOutputTokens: 100,
        temperature: 1.7,
        topP: 0.9,
        seed: 7,
        stopSequences: ["END", "STOP"],
      },
    },
  },
  images: {
    openai: {
      messages: [
        user([
          { type: "image_url", image_url: { url: "https://x.example/a.png" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } },
        ]),
      ],
    },
    theirs: {
      contents: [
        {
          role: "user",
          parts: [
            { fileData: { fileUri: "https://x.example/a.png", mimeType: "image/png" } },
            { inlineData: { data: "iVBO", mimeType: "image/png" } },
          ],
        },
      ],
    },
  },
  tools: {
    openai: {
      messages: [user("Go")],
      tools: [
        { type: "function", function: { name: "look", description: "Looks", parameters: SCHEMA } },
        { type: "function", function: { name: "listen" } },
      ],
      tool_choice: { type: "function", function: { name: "look" } },
    },
    theirs: {
      contents: [asked("Go")],
      config: {
        tools: [
          {
            functionDeclarations: [
              { name: "look", description: "Looks", parametersJsonSchema: SCHEMA },
              { name: "listen" },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["look"] } },
      },
    },
  },
  "tool results": {
    openai: {
      messages: [
        user("Go"),
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "look", arguments: '{"city":"Lisboa"}' },
              extra_content: { google: { thought_signature: "c2ln" } },
            },
            { id: "c2", type: "function", function: { name: "look", arguments: '{"city":"Porto"}' } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "sunny" },
        { role: "tool", tool_call_id: "c2", content: '{"weather":"rain"}' },
      ],
      tools: [{ type: "function", function: { name: "look", parameters: SCHEMA } }],
    },
    theirs: {
      contents: [
        asked("Go"),
        {
          role: "model",
          parts: [
            { functionCall: { id: "c1", name: "look", args: { city: "Lisboa" } }, thoughtSignature: "c2ln" },
            { functionCall: { id: "c2", name: "look", args: { city: "Porto" } } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "c1", name: "look", response: { output: "sunny" } } },
            { functionResponse: { id: "c2", name: "look", response: { weather: "rain" } } },
          ],
        },
      ],
      config: { tools: [{ functionDeclarations: [{ name: "look", parametersJsonSchema: SCHEMA }] }] },
    },
  },
  "a JSON schema": {
    openai: {
      messages: [user("Go")],
      response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA, strict: true } },
    },
    theirs: {
      contents: [asked("Go")],
      config: { responseMimeType: "application/json", responseJsonSchema: SCHEMA },
    },
  },
  "a JSON object": {
    openai: { messages: [user("Go")], response_format: { type: "json_object" } },
    theirs: { contents: [asked("Go")], config: { responseMimeType: "application/json" } },
  },
  "a thinking level": {
    openai: { messages: [user("Go")], reasoning_effort: "low" },
    theirs: {
      contents: [asked("Go")],
      config: { thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW } },
    },
  },
  "a thinking budget": {
    model: "gemini-2.5-flash",
    openai: { messages: [user("Go")], reasoning_effort: "high" },
    theirs: {
      contents: [asked("Go")],
      config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 24_576 } },
    },
  },
};

describe.each(Object.entries(calls))(
  "what we send to Gemini for %s",
  (_name, { openai, theirs, model = "gemini-3-flash" }) => {
    const route = routeTo("gemini", { baseUrl: server.url, model });

    it("is what its SDK sends", async () => {
      const sent = await server.by(() => sdk.models.generateContent({ ...theirs, model }));
      const ours = await server.ours(gemini.toRequest(chatRequest(openai), route, false));

      expect(gemini.cannotDo(chatRequest(openai), model)).toBeNull();
      expect(ours.body).toEqual(meant(sent.body));
      expect([ours.method, ours.path]).toEqual([sent.method, sent.path]);
      expect(ours.headers["x-goog-api-key"]).toBe(sent.headers["x-goog-api-key"]);
      expect(ours.headers["content-type"]).toBe(sent.headers["content-type"]);
    });

    it("is what its SDK sends, streamed", async () => {
      const sent = await server.by(() => sdk.models.generateContentStream({ ...theirs, model }));
      const ours = await server.ours(gemini.toRequest(chatRequest(openai), route, true));
      expect(ours.body).toEqual(meant(sent.body));
      expect(ours.path).toBe(sent.path);
    });
  },
);

/** The SDK's body, less what the head of this file names. */
function meant({ systemInstruction, generationConfig, ...rest }: Captured["body"]): Captured["body"] {
  const { role: _role, ...instruction } = Object(systemInstruction);
  return {
    ...rest,
    ...(systemInstruction !== undefined && { systemInstruction: instruction }),
    ...(Object.keys(Object(generationConfig)).length > 0 && { generationConfig }),
  };
}
