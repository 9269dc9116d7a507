import { describe, expect, it } from "vitest";
import { takesPrefill } from "../../../../src/providers/takes-prefill.ts";
import { bedrock } from "../../../../src/providers/bedrock/index.ts";
import { assistant, image, sent, text, tool, user } from "../../../support/provider-requests.ts";
import { chatRequest, routeTo } from "../../../support/providers.ts";

const NEW = "us.anthropic.claude-opus-4-8";
const OLD = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OLDER = "anthropic.claude-3-5-sonnet-20240620-v1:0";
const NOVA = "eu.amazon.nova-pro-v1:0";
const PROFILE = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x";

const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
const schema = (value: unknown) => ({
  response_format: { type: "json_schema", json_schema: { name: "a", schema: value } },
});
const OBJECT = { type: "object", properties: { a: { type: "string" } } };
const called = [user("Go"), assistant(null, ["t", "look", "{}"]), tool("t", "21")];

describe("what Bedrock cannot do", () => {
  it.each<readonly [object, string, string | null]>([
    [{ seed: 1 }, OLD, "seed"],
    [{ temperature: 1.2 }, NOVA, "temperature above 1"],
    [{ temperature: 0.2, top_p: 0.5 }, NOVA, null],
    [{ temperature: 0.2, top_p: 0.5 }, OLD, "temperature with top_p"],
    [{ temperature: 0.2 }, NEW, "temperature"],
    [{ stop: [" "] }, OLD, "stop (white space)"],
    [{ response_format: { type: "json_object" } }, OLD, "response_format (json_object)"],
    [schema(OBJECT), OLD, null],
    [schema(OBJECT), NOVA, null],
    [schema(OBJECT), OLDER, "response_format (json_schema)"],
    [schema({ type: "object" }), OLD, "response_format (json_schema)"],
    [{ tools: [{ ...tools[0], function: { ...tools[0]?.function, strict: true } }] }, OLDER, "tools (strict)"],
    [{ tools, tool_choice: "none" }, OLD, null],
    [{ messages: called, tools, tool_choice: "none" }, OLD, "tool_choice (none)"],
    [{ messages: called, tools }, OLD, null],
    [{ messages: called }, OLD, "messages (tool_calls without tools)"],
    [{ tools, parallel_tool_calls: false }, OLD, null],
    [{ parallel_tool_calls: false }, NOVA, null],
    [{ tools, parallel_tool_calls: false }, NOVA, "parallel_tool_calls"],
    [{ tools, parallel_tool_calls: false }, OLDER, "parallel_tool_calls"],
    [{ tools, parallel_tool_calls: false, tool_choice: "required" }, OLD, "parallel_tool_calls"],
    [{ reasoning_effort: "low" }, OLD, null],
    [{ reasoning_effort: "low" }, OLDER, "reasoning_effort"],
    [{ reasoning_effort: "low" }, NOVA, "reasoning_effort"],
    [{ reasoning_effort: "low" }, PROFILE, "reasoning_effort"],
    [{ messages: [user([image("https://x.example/a.png")])] }, OLD, "messages (image_url)"],
    [{ messages: [user([image("data:image/bmp;base64,AA")])] }, OLD, "messages (image_url)"],
    [{ messages: [user([image("data:image/jpg;base64,AA"), text("?")])] }, OLD, null],
    [{ messages: [user("Go"), assistant("It")] }, OLD, null],
    [{ messages: [user("Go"), assistant("It")] }, NEW, "messages (the last is the assistant's)"],
    [{ messages: [user("Go"), assistant("It")] }, NOVA, "messages (the last is the assistant's)"],
  ])("of %j with %s is %s", (fields, model, expected) => {
    expect(bedrock.cannotDo(chatRequest({ ...fields }), model)).toBe(expected);
  });
});

function takes(model: string, prefill: boolean | null = null): boolean {
  return takesPrefill(routeTo("bedrock", { model, prefill }), new Set());
}

it("a Claude before 4.6 goes on with what was begun, whatever stands around its name; others by the map's word", () => {
  expect([OLD, OLDER, `arn:aws:bedrock:us-east-1::foundation-model/${OLDER}`].map((model) => takes(model))).toEqual([
    true,
    true,
    true,
  ]);
  expect([NEW, NOVA, PROFILE, "us.anthropic.claude-sonnet-4-6"].map((model) => takes(model))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(takes(PROFILE, true)).toBe(true);
});

function asked(reasoning_effort: string, model: string) {
  return sent("bedrock", { reasoning_effort }, { model }).body;
}

describe("what Bedrock is sent", () => {
  it("leaves out what is not asked for", () => {
    expect(sent("bedrock", {}).body).toEqual({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
    expect(sent("bedrock", { temperature: 1, top_p: 1, parallel_tool_calls: false }).body).toEqual(
      sent("bedrock", {}).body,
    );
  });

  it("bounds an answer by itself only where a budget for thoughts must be less than the bound", () => {
    expect(asked("high", OLD).inferenceConfig).toEqual({ maxTokens: 4096 + 24_576 });
    expect(asked("high", NEW)).toMatchObject({
      outputConfig: { effort: "high" },
      additionalModelRequestFields: { thinking: { type: "adaptive" } },
    });
    expect(asked("high", NEW)).not.toHaveProperty("inferenceConfig");
    expect(asked("none", NEW)).toMatchObject({ additionalModelRequestFields: { thinking: { type: "disabled" } } });
    expect(asked("none", NEW)).not.toHaveProperty("inferenceConfig");
  });

  it("has no tools where none may be chosen", () => {
    expect(sent("bedrock", { tools, tool_choice: "none", parallel_tool_calls: false }).body).toEqual(
      sent("bedrock", {}).body,
    );
  });

  it("ends a prefill without white space, and has no blank text", () => {
    const messages = [user([text(" "), text("Go")]), assistant("It is \n")];
    expect(sent("bedrock", { messages }, { model: OLD }).body.messages).toEqual([
      { role: "user", content: [{ text: "Go" }] },
      { role: "assistant", content: [{ text: "It is" }] },
    ]);
  });

  it("keeps the ends of long ids, the same for the call and its result", () => {
    const id = `${"x".repeat(80)}.7`;
    const { messages } = sent("bedrock", {
      messages: [user("Go"), assistant(null, [id, "look", "[]"]), tool(id, "21")],
      tools,
    }).body;
    const [
      ,
      {
        content: [{ toolUse }],
      },
      {
        content: [{ toolResult }],
      },
    ] = messages;
    expect(toolUse).toEqual({ toolUseId: `${"x".repeat(62)}_7`, name: "look", input: { rawInvalidInput: "[]" } });
    expect(toolResult.toolUseId).toBe(toolUse.toolUseId);
  });
});
