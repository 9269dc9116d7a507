/** The rules between the fields of a request that OpenAI checks before it answers. */
import type { HttpReply } from "../wire-format.ts";
import { type Body, invalid } from "./body.ts";

export function checkConversation(body: Body): HttpReply | undefined {
  return checkToolMessages(body) ?? checkToolChoice(body) ?? checkFormat(body) ?? checkLimits(body);
}

/** https://github.com/openai/openai-go/issues/43, https://github.com/miurla/morphic/issues/136 */
function checkToolMessages({ messages }: Body): HttpReply | undefined {
  let awaited: string[] = [];
  for (const [index, message] of messages.entries()) {
    const param = `messages.[${index}].role`;
    if (message.role === "tool") {
      if (!awaited.includes(message.tool_call_id)) {
        return invalid(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          param,
          null,
        );
      }
      awaited = awaited.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (awaited.length > 0) return unanswered(awaited, param);
    awaited = message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.id) : [];
  }
  return awaited.length > 0 ? unanswered(awaited, `messages.[${messages.length - 1}].role`) : undefined;
}

function unanswered(ids: readonly string[], param: string): HttpReply {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(", ")}`,
    param,
    null,
  );
}

function checkToolChoice({ tool_choice: choice, tools = [] }: Body): HttpReply | undefined {
  if (choice === undefined) return undefined;
  if (tools.length === 0) {
    return invalid(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      "tool_choice",
      null,
    );
  }
  if (typeof choice === "string" || tools.some((tool) => tool.function.name === choice.function.name)) return undefined;
  return invalid(`Tool choice '${choice.function.name}' not found in 'tools' parameter.`, "tool_choice", null);
}

function checkFormat({ response_format: format, messages }: Body): HttpReply | undefined {
  if (format?.type === "json_object" && !/json/iu.test(JSON.stringify(messages))) {
    return invalid(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      "messages",
      null,
    );
  }
  if (format?.type !== "json_schema" || format.json_schema.strict !== true) return undefined;
  const loose = looseObjectIn(format.json_schema.schema, []);
  return loose === undefined
    ? undefined
    : invalid(
        `Invalid schema for response_format '${format.json_schema.name}': In context=(${loose.map((step) => `'${step}'`).join(", ")}), 'additionalProperties' is required to be supplied and to be false.`,
        "response_format",
        null,
      );
}

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas: strict schemas close every object. */
function looseObjectIn(schema: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if (
    "type" in schema &&
    schema.type === "object" &&
    !("additionalProperties" in schema && schema.additionalProperties === false)
  ) {
    return path;
  }
  for (const [name, part] of Object.entries(schema)) {
    const found = name === "enum" || name === "const" ? undefined : looseObjectIn(part, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkLimits(body: Body): HttpReply | undefined {
  if (body.stream_options != null && body.stream !== true) {
    return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", null);
  }
  // https://platform.openai.com/docs/guides/reasoning: reasoning models take `max_completion_tokens` only.
  if (/^(o\d|gpt-5)/.test(body.model) && body.max_tokens != null) {
    return invalid(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    );
  }
  if ((body.n ?? 1) > 1) return invalid("the simulated provider answers with one choice only", "n", null);
  return undefined;
}
