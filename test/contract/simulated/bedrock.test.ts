import {
  type BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { SIMULATED_AWS_KEYS } from "../../../dev/simulated/wire/bedrock/signature.ts";
import { awsClient } from "../../support/aws-client.ts";
import { errorOf, readAll, startForTests, TICKET_SCHEMA, WEATHER } from "./clients.ts";

const providers = await startForTests();
const endpoint = `${providers.url}/bedrock`;
const client = awsClient(endpoint, { key: "simulated" });
const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

const asked = {
  modelId: MODEL,
  system: [{ text: "Be brief." }],
  messages: [{ role: "user", content: [{ text: "Why is the sea salty?" }] }],
} satisfies ConverseCommandInput;

async function streamed(input: ConverseCommandInput, by: BedrockRuntimeClient = client) {
  const { stream } = await by.send(new ConverseStreamCommand(input));
  if (stream === undefined) throw new Error("no stream");
  const { events, error } = await readAll<ConverseStreamOutput>(Promise.resolve(stream));
  const types = events.map((event) => Object.keys(event)[0]);
  return {
    error,
    text: events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join(""),
    order: types.filter((type, at) => type !== types[at - 1]),
    last: events.at(-1),
  };
}

function question(fault: string): ConverseCommandInput {
  return { modelId: `sim@${fault}`, messages: [{ role: "user", content: [{ text: "count to 12" }] }] };
}

describe.each([
  ["a bearer key", client],
  ["a signature", awsClient(endpoint, SIMULATED_AWS_KEYS)],
])("a simulated Bedrock asked by Amazon's SDK with %s", (_name, by) => {
  it("answers with text, a stop reason and usage", async () => {
    const { output, stopReason, usage } = await by.send(new ConverseCommand(asked));

    expect(output?.message?.content?.[0]?.text).toMatch(/salty/);
    expect(stopReason).toBe("end_turn");
    expect(usage?.totalTokens).toBe((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0));
    expect(providers.calls[0]).toMatchObject({ format: "bedrock", model: MODEL, status: 200 });
  });

  it("streams the same answer in frames that the SDK believes, in the order of the documentation", async () => {
    const { output } = await by.send(new ConverseCommand(asked));
    const { text, order, error, last } = await streamed(asked, by);

    expect(error).toBeUndefined();
    expect(text).toBe(output?.message?.content?.[0]?.text);
    expect(order).toEqual(["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]);
    expect(last?.metadata?.usage?.outputTokens).toBeGreaterThan(0);
  });
});

describe("a simulated Bedrock", () => {
  it("calls a tool, and speaks once it has the result", async () => {
    const toolConfig = {
      tools: [
        { toolSpec: { name: WEATHER.name, description: WEATHER.description, inputSchema: { json: WEATHER.schema } } },
      ],
    };
    const turn = { role: "user" as const, content: [{ text: "get_weather in Lisbon" }] };
    const first = await client.send(new ConverseCommand({ modelId: MODEL, messages: [turn], toolConfig }));
    const call = first.output?.message?.content?.[0]?.toolUse;
    expect(first.stopReason).toBe("tool_use");
    expect(call).toMatchObject({ name: WEATHER.name, input: { city: expect.any(String) } });
    const over = await streamed({ modelId: MODEL, messages: [turn], toolConfig });
    expect(over.order).toContain("contentBlockStart");

    const result = {
      role: "user" as const,
      content: [{ toolResult: { toolUseId: call?.toolUseId, content: [{ text: "21" }] } }],
    };
    const messages = [turn, { role: "assistant" as const, content: first.output?.message?.content }, result];
    const second = await client.send(new ConverseCommand({ modelId: MODEL, messages, toolConfig }));
    expect(second.output?.message?.content?.[0]?.text).toContain("21");
  });

  it("fills a JSON schema and thinks", async () => {
    const jsonSchema = { name: "ticket", schema: JSON.stringify(TICKET_SCHEMA) };
    const outputConfig = { textFormat: { type: "json_schema" as const, structure: { jsonSchema } } };
    const filled = await client.send(new ConverseCommand({ ...asked, outputConfig }));
    expect(JSON.parse(filled.output?.message?.content?.[0]?.text ?? "")).toHaveProperty("priority");

    const thought = await client.send(
      new ConverseCommand({ ...asked, additionalModelRequestFields: { thinking: { type: "adaptive" } } }),
    );
    expect(thought.output?.message?.content?.[0]?.reasoningContent?.reasoningText?.text).toMatch(/\w/);
  });
});

describe("who calls a simulated Bedrock", () => {
  it.each([
    ["a wrong bearer key", { key: "bad" }, "AccessDeniedException"],
    ["a wrong secret", { ...SIMULATED_AWS_KEYS, secretAccessKey: "other" }, "InvalidSignatureException"],
    ["an unknown access key", { ...SIMULATED_AWS_KEYS, accessKeyId: "AKIAOTHER" }, "UnrecognizedClientException"],
    ["an expired session", { ...SIMULATED_AWS_KEYS, sessionToken: "expired" }, "ExpiredTokenException"],
  ])("with %s is refused by name", async (_name, auth, name) => {
    const error = await errorOf(awsClient(endpoint, auth).send(new ConverseCommand(asked)));

    expect(error).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  });

  it("may have a session's token, which must be signed with the rest", async () => {
    const temporary = awsClient(endpoint, { ...SIMULATED_AWS_KEYS, sessionToken: "of-an-hour" });
    expect((await temporary.send(new ConverseCommand(asked))).stopReason).toBe("end_turn");
  });

  it("is refused without either", async () => {
    const response = await fetch(`${endpoint}/model/m/converse`, { method: "POST", body: "{}" });
    expect(response.headers.get("x-amzn-errortype")).toMatch(/^MissingAuthenticationTokenException/);
  });

  it("is refused where the body was changed on its way", async () => {
    let body = "";
    const changing = awsClient(endpoint, SIMULATED_AWS_KEYS);
    changing.middlewareStack.add(
      (next) => (args) => {
        const request: { body?: Uint8Array } = Object(args.request);
        body = new TextDecoder().decode(request.body);
        request.body = new TextEncoder().encode(body.replace("salty", "sweet"));
        return next(args);
      },
      { step: "finalizeRequest", priority: "low", name: "change" },
    );
    expect(await errorOf(changing.send(new ConverseCommand(asked)))).toMatchObject({
      name: "InvalidSignatureException",
    });
    expect(body).toContain("salty");
  });
});

describe("an error that a model name asks for", () => {
  it.each([
    ["429:7", "ThrottlingException", 429],
    ["quota", "ThrottlingException", 429],
    ["credit", "AccessDeniedException", 403],
    ["500", "InternalServerException", 500],
    ["503", "ServiceUnavailableException", 503],
    ["503:7", "ServiceUnavailableException", 503],
    ["context", "ValidationException", 400],
    ["bad-key", "AccessDeniedException", 403],
    ["model-missing", "ValidationException", 400],
    ["region", "ValidationException", 400],
  ])("%s is the SDK's own %s", async (fault, name, status) => {
    const error = await errorOf(client.send(new ConverseCommand(question(fault))));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it("is a withheld answer rather than an error for the filter", async () => {
    expect((await client.send(new ConverseCommand(question("filter")))).stopReason).toBe("content_filtered");
    expect((await streamed(question("filter:policy"))).order).toEqual(["messageStart", "messageStop", "metadata"]);
  });
});

describe("a Bedrock stream in trouble, as Amazon's SDK sees it", () => {
  it("is cut after so many words", async () => {
    expect(await streamed(question("cut:3"))).toMatchObject({ text: "1 2 3", error: expect.any(Error) });
  });

  it("ends without its stop reason, or without its metadata: the SDK notices nothing", async () => {
    expect(await streamed(question("no-terminal"))).toMatchObject({ error: undefined, last: { contentBlockStop: {} } });
    expect(await streamed(question("no-done"))).toMatchObject({ error: undefined, last: { messageStop: {} } });
  });

  it.each([
    ["in-band-error", ""],
    ["in-band-error:after", "1 2"],
  ])("brings %s as an exception of its own", async (fault, words) => {
    const { text, error } = await streamed(question(fault));
    expect(text).toBe(words);
    expect(error).toMatchObject({ name: "ServiceUnavailableException" });
  });

  it("breaks the SDK's parser with a malformed payload", async () => {
    expect(await streamed(question("malformed:4"))).toMatchObject({ text: "1 2 3 4", error: expect.any(SyntaxError) });
  });
});

const user = (text: string) => ({ role: "user" as const, content: [{ text }] });

describe("a wrong request", () => {
  const call = { role: "assistant" as const, content: [{ toolUse: { toolUseId: "t1", name: "look", input: {} } }] };
  const result = { role: "user" as const, content: [{ toolResult: { toolUseId: "t1", content: [{ text: "21" }] } }] };
  const tools = [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }];

  it.each<readonly [string, Partial<ConverseCommandInput>, RegExp]>([
    ["no messages", { messages: [] }, /'messages'/],
    ["two turns of one role", { messages: [user("a"), user("b")] }, /must alternate/],
    ["an assistant first", { messages: [{ role: "assistant", content: [{ text: "x" }] }] }, /must start with a user/],
    ["blank text", { messages: [user(" ")] }, /is blank/],
    ["a temperature above 1", { inferenceConfig: { temperature: 1.5 } }, /inferenceConfig.temperature/],
    ["calls and no tools", { messages: [user("a"), call, result] }, /toolConfig field must be defined/],
    [
      "a call without its result",
      { messages: [user("a"), call, user("b")], toolConfig: { tools } },
      /Expected toolResult blocks/,
    ],
    ["a result without its call", { messages: [result], toolConfig: { tools } }, /exceeds the number of toolUse/],
    ["a choice of an unknown tool", { toolConfig: { tools, toolChoice: { tool: { name: "x" } } } }, /not found/],
    [
      "two choices",
      {
        toolConfig: { tools, toolChoice: { any: {} } },
        additionalModelRequestFields: { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      },
      /conflicts with an existing field/,
    ],
  ])("with %s is a ValidationException that says so", async (_name, fields, words) => {
    const error = await errorOf(client.send(new ConverseCommand({ ...asked, ...fields })));
    expect(error).toMatchObject({ name: "ValidationException", message: expect.stringMatching(words) });
  });

  it("with a prefill is refused by newer models, and taken by older ones", async () => {
    const messages = [...asked.messages, { role: "assistant" as const, content: [{ text: "The sea" }] }];
    const newer = client.send(new ConverseCommand({ ...asked, modelId: "anthropic.claude-opus-4-8-v1:0", messages }));
    expect(await errorOf(newer)).toMatchObject({
      message: expect.stringMatching(/does not support assistant message prefill/),
    });
    expect((await client.send(new ConverseCommand({ ...asked, messages }))).stopReason).toBe("end_turn");
  });
});
