/**
 * Differences that are meant: the SDK signs every header that it sends, we only
 * what Amazon asks for, so that a proxy may change the others.
 */
import { ConverseCommand, type ConverseCommandInput, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, describe, expect, it } from "vitest";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import { SIMULATED_AWS_KEYS } from "../../../dev/simulated/wire/bedrock/signature.ts";
import type { AwsKeys, Route } from "../../../src/domain/route.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { createWatchdog } from "../../../src/lib/watchdog.ts";
import { bedrock } from "../../../src/providers/bedrock/index.ts";
import { send } from "../../../src/providers/send.ts";
import { awsClient } from "../../support/aws-client.ts";
import { startCapture } from "../../support/capture.ts";
import { chatRequest, routeTo, STAMP } from "../../support/providers.ts";

const server = await startCapture();
const simulated = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
afterAll(() => Promise.all([server.close(), simulated.close()]));

const sdk = awsClient(server.url, { key: "sk-secret" });
const SONNET = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const SCHEMA = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAICAQB7CYF4AAAAAElFTkSuQmCC";

interface Call {
  readonly openai: Readonly<Record<string, unknown>>;
  readonly theirs: Omit<ConverseCommandInput, "modelId">;
  readonly model?: string;
}

const user = (text: string) => ({ role: "user" as const, content: [{ text }] });
const said = (content: unknown) => ({ role: "user", content });
const look = { type: "function", function: { name: "look", description: "Looks", parameters: SCHEMA } };
const theirLook = { toolSpec: { name: "look", description: "Looks", inputSchema: { json: SCHEMA } } };

const calls: Readonly<Record<string, Call>> = {
  text: {
    openai: {
      messages: [
        { role: "system", content: "Be brief." },
        said("Hi"),
        { role: "assistant", content: "Hello." },
        said("And?"),
        said("Well?"),
      ],
      max_completion_tokens: 100,
      stop: ["END", "STOP"],
      temperature: 0.2,
    },
    theirs: {
      system: [{ text: "Be brief." }],
      messages: [
        user("Hi"),
        { role: "assistant", content: [{ text: "Hello." }] },
        { role: "user", content: [{ text: "And?" }, { text: "Well?" }] },
      ],
      inferenceConfig: { maxTokens: 100, stopSequences: ["END", "STOP"], temperature: 0.2 },
    },
  },
  "an image": {
    openai: {
      messages: [
        said([
          { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
          { type: "text", text: "What?" },
        ]),
      ],
    },
    theirs: {
      messages: [
        {
          role: "user",
          content: [
            { image: { format: "png", source: { bytes: new Uint8Array(Buffer.from(PIXEL, "base64")) } } },
            { text: "What?" },
          ],
        },
      ],
    },
  },
  tools: {
    openai: { messages: [said("Go")], tools: [look], tool_choice: "required" },
    theirs: { messages: [user("Go")], toolConfig: { tools: [theirLook], toolChoice: { any: {} } } },
  },
  "a named tool, strict": {
    openai: {
      messages: [said("Go")],
      tools: [{ ...look, function: { ...look.function, strict: true } }],
      tool_choice: { type: "function", function: { name: "look" } },
    },
    theirs: {
      messages: [user("Go")],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              ...theirLook.toolSpec,
              inputSchema: { json: { ...SCHEMA, additionalProperties: false } },
              strict: true,
            },
          },
        ],
        toolChoice: { tool: { name: "look" } },
      },
    },
  },
  "one tool at a time": {
    openai: { messages: [said("Go")], tools: [look], parallel_tool_calls: false },
    theirs: {
      messages: [user("Go")],
      toolConfig: { tools: [theirLook] },
      additionalModelRequestFields: { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    },
  },
  "tool results": {
    openai: {
      messages: [
        said("Go"),
        {
          role: "assistant",
          content: "Looking.",
          tool_calls: [
            { id: "call.1", type: "function", function: { name: "look", arguments: '{"city":"Lisboa"}' } },
            { id: "t2", type: "function", function: { name: "look", arguments: "" } },
          ],
        },
        { role: "tool", tool_call_id: "call.1", content: "sunny" },
        { role: "tool", tool_call_id: "t2", content: "" },
      ],
      tools: [look],
    },
    theirs: {
      messages: [
        user("Go"),
        {
          role: "assistant",
          content: [
            { text: "Looking." },
            { toolUse: { toolUseId: "call_1", name: "look", input: { city: "Lisboa" } } },
            { toolUse: { toolUseId: "t2", name: "look", input: {} } },
          ],
        },
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "call_1", content: [{ text: "sunny" }] } },
            { toolResult: { toolUseId: "t2", content: [{ json: { output: "" } }] } },
          ],
        },
      ],
      toolConfig: { tools: [theirLook] },
    },
  },
  "a JSON schema": {
    openai: {
      messages: [said("Go")],
      response_format: { type: "json_schema", json_schema: { name: "place", description: "Where.", schema: SCHEMA } },
    },
    theirs: {
      messages: [user("Go")],
      outputConfig: {
        textFormat: {
          type: "json_schema",
          structure: {
            jsonSchema: {
              name: "place",
              description: "Where.",
              schema: JSON.stringify({
                type: "object",
                properties: SCHEMA.properties,
                additionalProperties: false,
                required: ["city"],
              }),
            },
          },
        },
      },
    },
  },
  "adaptive thinking": {
    model: "global.anthropic.claude-opus-4-8",
    openai: { messages: [said("Go")], reasoning_effort: "xhigh", max_completion_tokens: 9000 },
    theirs: {
      messages: [user("Go")],
      inferenceConfig: { maxTokens: 9000 },
      outputConfig: { effort: "xhigh" },
      additionalModelRequestFields: { thinking: { type: "adaptive" } },
    },
  },
  "a thinking budget": {
    openai: { messages: [said("Go")], reasoning_effort: "medium" },
    theirs: {
      messages: [user("Go")],
      inferenceConfig: { maxTokens: 4096 + 8192 },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 8192 } },
    },
  },
  "an inference profile's ARN": {
    model: "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123",
    openai: { messages: [said("Go")] },
    theirs: { messages: [user("Go")] },
  },
};

describe.each(Object.entries(calls))("what we send to Bedrock for %s", (_name, { openai, theirs, model = SONNET }) => {
  it.each([false, true])("is what Amazon's SDK sends, streamed: %s", async (stream) => {
    const input = { ...theirs, modelId: model };
    const captured = await server.by(() =>
      stream ? sdk.send(new ConverseStreamCommand(input)) : sdk.send(new ConverseCommand(input)),
    );
    const route = routeTo("bedrock", { baseUrl: server.url, model });
    const ours = await server.ours(bedrock.toRequest(chatRequest(openai), route, stream));

    expect(bedrock.cannotDo(chatRequest(openai), model)).toBeNull();
    expect(ours.body).toEqual(captured.body);
    expect([ours.method, ours.path]).toEqual([captured.method, captured.path]);
    for (const name of ["content-type", "authorization"]) expect(ours.headers[name]).toBe(captured.headers[name]);
  });
});

describe("a call that we sign", () => {
  const keys: AwsKeys = { ...SIMULATED_AWS_KEYS, sessionToken: null, region: "eu-west-1" };

  it.each([
    ["keys that stay", keys],
    ["keys of an hour", { ...keys, sessionToken: "of+an/hour==" }],
    ["another region", { ...keys, region: "us-east-1" }],
  ])("is believed with %s", async (_name, awsKeys) => {
    expect(await answered(awsKeys)).toBe("Olá, “Lisboa” 🌊");
  });

  it("is believed for an ARN, with headers of the map's and an idempotency key, which are not signed", async () => {
    const model = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a'b(c)*!";
    expect(await answered(keys, { model, headers: { "X-Team": "a  b" } }, "k1")).toBe("Olá, “Lisboa” 🌊");
    const { authorization = "" } = simulated.calls.at(-1)?.headers ?? {};
    expect(authorization).toContain("SignedHeaders=host;x-amz-date,");
  });

  it.each([
    ["a wrong secret", { ...keys, secretAccessKey: "other" }],
    ["an unknown key", { ...keys, accessKeyId: "AKIAOTHER" }],
    ["an expired token", { ...keys, sessionToken: "expired" }],
  ])("with %s fails as auth_failed", async (_name, awsKeys) => {
    expect(await answered(awsKeys)).toMatchObject({ kind: "auth_failed", status: 403 });
  });
});

async function answered(awsKeys: AwsKeys, overrides: Partial<Route> = {}, idempotencyKey: string | null = null) {
  const baseUrl = `${simulated.url}/bedrock`;
  const route = routeTo("bedrock", { baseUrl, model: SONNET, key: null, awsKeys, ...overrides });
  const request = chatRequest({ messages: [said("say: Olá, “Lisboa” 🌊")] });
  const callerSignal = new AbortController().signal;
  const watchdog = createWatchdog(realClock, callerSignal);
  const sending = { provider: bedrock, watchdog, callerSignal, fetch, clock: realClock };
  const response = await send({ wire: bedrock.toRequest(request, route, false), idempotencyKey }, sending);
  if (!response.ok) return response.failure;
  const completion = bedrock.fromResponse(await response.value.json(), STAMP);
  return completion.ok ? completion.value.choices[0]?.message.content : completion.failure;
}
