/** The rules between the fields of a request that Converse, or Claude behind it, checks before it answers. */
import type { HttpReply } from "../wire-format.ts";
import type { Block, Body } from "./body.ts";
import { invalid } from "./errors.ts";

export function checkConversation(body: Body, model: string): HttpReply | undefined {
  return (
    checkTurns(body, model) ??
    checkText(body) ??
    checkToolTurns(body) ??
    checkToolConfig(body) ??
    checkThinking(body) ??
    checkOutput(body)
  );
}

function checkTurns({ messages }: Body, model: string): HttpReply | undefined {
  if (messages[0]?.role !== "user") {
    return invalid(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  if (messages.some((message, at) => message.role === messages[at - 1]?.role)) {
    return invalid(
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
    );
  }
  // Claude since 4.6 refuses prefill; older ones, and one with `prefill` in its name, take it.
  if (messages.at(-1)?.role === "assistant" && !/prefill|-4[-.]5/.test(model)) {
    return fromClaude(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  return undefined;
}

function checkText({ messages, system = [] }: Body): HttpReply | undefined {
  if (system.some((block) => block.text.trim() === "")) return blank("SystemContentBlock", "system.0");
  for (const [at, message] of messages.entries()) {
    const place = message.content.findIndex((block) => "text" in block && block.text.trim() === "");
    if (place >= 0) return blank("ContentBlock", `messages.${at}.content.${place}`);
  }
  return undefined;
}

/** https://github.com/langchain-ai/langchain-aws/issues/151 */
function blank(what: string, place: string): HttpReply {
  return invalid(
    `The text field in the ${what} object at ${place} is blank. Add text to the text field, and try again.`,
  );
}

function checkToolTurns({ messages }: Body): HttpReply | undefined {
  for (const [at, message] of messages.entries()) {
    const called = callsOf(messages[at - 1]?.content ?? []);
    const answered = message.content.flatMap((block) => ("toolResult" in block ? [block.toolResult.toolUseId] : []));
    if (answered.some((id) => !called.includes(id)) || new Set(answered).size < answered.length) {
      return invalid(
        `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    const open = called.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      return invalid(`Expected toolResult blocks at messages.${at}.content for the following Ids: ${open.join(", ")}`);
    }
  }
  return undefined;
}

function checkToolConfig({ messages, toolConfig, additionalModelRequestFields: fields }: Body): HttpReply | undefined {
  const usesTools = messages.some(({ content }) =>
    content.some((block) => "toolUse" in block || "toolResult" in block),
  );
  if (toolConfig === undefined) {
    if (usesTools) {
      return invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
    }
    return fields?.tool_choice === undefined
      ? undefined
      : fromClaude("tool_choice: tool_choice may only be specified while providing tools");
  }
  const { tools, toolChoice } = toolConfig;
  // https://github.com/BerriAI/litellm/issues/36536
  if (fields?.tool_choice !== undefined && toolChoice !== undefined) {
    return invalid("The additional field tool_choice conflicts with an existing field.");
  }
  if (toolChoice !== undefined && "tool" in toolChoice) {
    const { name } = toolChoice.tool;
    if (!tools.some((tool) => tool.toolSpec.name === name)) return invalid(`Tool '${name}' not found in toolConfig`);
  }
  return undefined;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
function checkThinking({ inferenceConfig, toolConfig, additionalModelRequestFields }: Body): HttpReply | undefined {
  const thinking = additionalModelRequestFields?.thinking;
  if (thinking === undefined || thinking.type === "disabled") return undefined;
  const choice = toolConfig?.toolChoice;
  if (choice !== undefined && !("auto" in choice)) {
    return fromClaude("Thinking may not be enabled when tool_choice forces tool use.");
  }
  const { maxTokens, temperature } = inferenceConfig ?? {};
  if (temperature !== undefined) return fromClaude("`temperature` may only be set to 1 when thinking is enabled.");
  return thinking.type === "enabled" && (maxTokens ?? Infinity) <= thinking.budget_tokens
    ? fromClaude("`max_tokens` must be greater than `thinking.budget_tokens`.")
    : undefined;
}

function checkOutput({ outputConfig }: Body): HttpReply | undefined {
  const text = outputConfig?.textFormat?.structure.jsonSchema.schema;
  if (text === undefined) return undefined;
  const schema = schemaOf(text);
  if (schema === undefined) return invalid("outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON");
  return hasOpenObject(schema)
    ? fromClaude(
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
      )
    : undefined;
}

/** `undefined`: not JSON. */
export function schemaOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says so in Bedrock's words
  }
}

function hasOpenObject(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const isObject = "type" in schema && schema.type === "object";
  if (isObject && !("additionalProperties" in schema && schema.additionalProperties === false)) return true;
  return Object.entries(schema).some(([name, part]) => name !== "enum" && name !== "const" && hasOpenObject(part));
}

function callsOf(content: readonly Block[]): string[] {
  return content.flatMap((block) => ("toolUse" in block ? [block.toolUse.toolUseId] : []));
}

function fromClaude(message: string): HttpReply {
  return invalid(`The model returned the following errors: ${message}`);
}
