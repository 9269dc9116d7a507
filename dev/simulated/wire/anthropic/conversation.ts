/** The rules between the fields of a request that the Messages API checks before it answers. */
import type { HttpReply } from "../wire-format.ts";
import { type Body, invalid } from "./body.ts";
import { SIGNATURE_START } from "./reply.ts";

export function checkConversation(body: Body): HttpReply | undefined {
  return checkTurns(body) ?? checkToolTurns(body) ?? checkToolChoice(body) ?? checkThinking(body) ?? checkOutput(body);
}

type Message = Body["messages"][number];
type Block = Exclude<Message["content"], string>[number];

function checkTurns({ model, messages }: Body): HttpReply | undefined {
  if (messages[0]?.role !== "user") return invalid('messages: first message must use the "user" role');
  const empty = messages.findIndex((message) => message.content.length === 0);
  if (empty >= 0) {
    return invalid(
      `messages.${empty}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  // Models since 4.6 refuse prefill; older ones, and one with `prefill` in its name, take it.
  // https://github.com/ericc-ch/copilot-api/pull/261
  if (messages.at(-1)?.role === "assistant" && !/prefill|-4[-.]5/.test(model)) {
    return invalid(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  return undefined;
}

/** https://github.com/anthropics/claude-code/issues/11017, https://github.com/anthropics/claude-code/issues/6628 */
function checkToolTurns({ messages }: Body): HttpReply | undefined {
  for (const [index, message] of messages.entries()) {
    const called = callsOf(messages[index - 1]);
    const answered: string[] = [];
    for (const [place, block] of blocksOf(message).entries()) {
      if (block.type !== "tool_result") continue;
      if (message.role !== "user" || !called.includes(block.tool_use_id)) {
        return invalid(
          `messages.${index}.content.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
      answered.push(block.tool_use_id);
    }
    const open = called.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      return invalid(
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
  return undefined;
}

function checkToolChoice({ tools = [], tool_choice: choice, thinking }: Body): HttpReply | undefined {
  if (choice === undefined) return undefined;
  if (tools.length === 0) return invalid("tool_choice: tool_choice may only be specified while providing tools");
  if (choice.type === "tool" && !tools.some((tool) => tool.name === choice.name)) {
    return invalid(`Tool '${choice.name}' not found in provided tools`);
  }
  const thinks = thinking?.type === "enabled" || thinking?.type === "adaptive";
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
  if (thinks && (choice.type === "any" || choice.type === "tool")) {
    return invalid("Thinking may not be enabled when tool_choice forces tool use.");
  }
  return undefined;
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
function checkThinking(body: Body): HttpReply | undefined {
  const forged = body.messages.findIndex((message) =>
    blocksOf(message).some((block) => block.type === "thinking" && !block.signature.startsWith(SIGNATURE_START)),
  );
  if (forged >= 0) return invalid(`messages.${forged}.content.0: Invalid \`signature\` in \`thinking\` block`);
  if (body.temperature !== undefined && body.top_p !== undefined) {
    return invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
  if (body.thinking?.type !== "enabled") return undefined;
  if (body.max_tokens <= body.thinking.budget_tokens) {
    return invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    return invalid("`temperature` may only be set to 1 when thinking is enabled.");
  }
  return checkThoughtsBeforeTools(body);
}

/** A turn that went on with tool results must still show the thinking that led to its calls. */
function checkThoughtsBeforeTools({ messages }: Body): HttpReply | undefined {
  const last = messages.findLastIndex((message) => message.role === "assistant");
  const [first] = blocksOf(messages[last]);
  const isCalling = callsOf(messages[last]).length > 0 && last === messages.length - 2;
  if (!isCalling || first?.type === "thinking" || first?.type === "redacted_thinking") return undefined;
  return invalid(
    `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
  );
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations */
function checkOutput({ output_config: output }: Body): HttpReply | undefined {
  return hasOpenObject(output?.format?.schema)
    ? invalid("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false")
    : undefined;
}

function hasOpenObject(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const isObject = "type" in schema && schema.type === "object";
  if (isObject && !("additionalProperties" in schema && schema.additionalProperties === false)) return true;
  return Object.entries(schema).some(([name, part]) => name !== "enum" && name !== "const" && hasOpenObject(part));
}

function callsOf(message: Message | undefined): string[] {
  if (message?.role !== "assistant") return [];
  return blocksOf(message).flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
}

function blocksOf(message: Message | undefined): readonly Block[] {
  return message === undefined || typeof message.content === "string" ? [] : message.content;
}
