/**
 * Anthropic's request in OpenAI's language: what planning reads, and what every
 * route but Anthropic's own is sent. A field that changes the answer and that
 * OpenAI's language cannot say is named, and then only Anthropic's own routes
 * may answer. docs/dialects.md has the table.
 * https://platform.claude.com/docs/en/api/messages
 */
import type { ChatRequest, FunctionTool, ToolChoice } from "../openai/chat-request.ts";
import { type Fields, isFields } from "./message.ts";
import type { MessagesRequest } from "./messages-request.ts";
import { fitsStrict } from "./fits-strict.ts";
import { toChatMessages, textOf } from "./to-chat-messages.ts";

export interface Translated {
  readonly request: ChatRequest;
  /** The first field that only Anthropic's own language can say, as a refusal names it; null: all was said. */
  readonly onlyNative: string | null;
}

export function toChatRequest(body: MessagesRequest): Translated {
  const { messages, lost } = toChatMessages(body);
  const tools = listOf(body["tools"]);
  const { output_config: config, temperature, top_p: topP, stop_sequences: stop } = body;
  const functions = tools.filter(isCustom);
  const effort = effortOf(body);
  const format = fieldsOf(config)["format"] ?? body["output_format"];
  const user = textOf(fieldsOf(body["metadata"])["user_id"]);
  const request: ChatRequest = {
    model: body.model,
    messages,
    ...(body.stream != null && { stream: body.stream }),
    // The word that every compatible server knows; `providers/openai/to-request.ts` says the newer one to OpenAI itself.
    ...(body.max_tokens > 0 && { max_tokens: body.max_tokens }),
    ...(typeof temperature === "number" && { temperature }),
    ...(typeof topP === "number" && { top_p: topP }),
    ...(Array.isArray(stop) && stop.length > 0 && { stop: stop.map(textOf) }),
    ...(functions.length > 0 && { tools: functions.map(functionTool), ...choiceOf(fieldsOf(body["tool_choice"])) }),
    ...(effort !== null && { reasoning_effort: effort }),
    ...(isFields(format) && { response_format: responseFormat(format) }),
    ...(user !== "" && user.length <= LONGEST_USER && { user }),
  };
  const only = lostField(body) ?? lost;
  // It may hold the caller's own words.
  return { request, onlyNative: only === null ? null : only.slice(0, 100) };
}

/** "Invalid 'user': string too long. Expected a string with maximum length 64": Claude Code's ids are longer. */
const LONGEST_USER = 64;

/** Said in `request`, or of no weight for the answer: what is cached, billed, hurried or told apart by whom. */
const SAID = new Set(
  (
    "model messages max_tokens stream system stop_sequences temperature top_p tools tool_choice thinking output_config " +
    "output_format metadata cache_control service_tier speed diagnostics"
  ).split(" "),
);
const EFFORTS: ReadonlySet<unknown> = new Set(["low", "medium", "high", "xhigh", "max"]);

function lostField(body: MessagesRequest): string | null {
  for (const [name, value] of Object.entries(body)) {
    if (value != null && !SAID.has(name) && !(Array.isArray(value) && value.length === 0)) return name;
  }
  // It fills the cache, and asks for no answer.
  if (body.max_tokens === 0) return "max_tokens (0)";
  if (listOf(body["stop_sequences"]).length > MOST_STOPS) return `stop_sequences (more than ${MOST_STOPS})`;
  const { type } = fieldsOf(body["thinking"]);
  if (type !== undefined && !["enabled", "adaptive", "disabled"].includes(textOf(type)))
    return `thinking (${textOf(type)})`;
  const config = fieldsOf(body["output_config"]);
  for (const [name, value] of Object.entries(config)) {
    if (value != null && name !== "effort" && name !== "format") return `output_config (${name})`;
  }
  if (config["effort"] != null && !EFFORTS.has(config["effort"])) return "output_config (effort)";
  const format = fieldsOf(config["format"] ?? body["output_format"]);
  if (format["type"] !== undefined && format["type"] !== "json_schema")
    return `output_config (${textOf(format["type"])})`;
  return lostTool(listOf(body["tools"]));
}

/** As many as our own schema lets through. */
const MOST_STOPS = 16;

function lostTool(tools: readonly unknown[]): string | null {
  const other = tools.find((tool) => !isCustom(tool));
  if (other !== undefined) return `tools (${textOf(fieldsOf(other)["type"])})`;
  // "^[a-zA-Z0-9_-]{1,64}$" at OpenAI, Google and Amazon; 128 at Anthropic.
  const long = tools.find((tool) => textOf(fieldsOf(tool)["name"]).length > 64);
  return long === undefined ? null : "tools (a name of more than 64 characters)";
}

function isCustom(tool: unknown): boolean {
  const { type } = fieldsOf(tool);
  return type == null || type === "custom";
}

/** `cache_control`, `input_examples`, `eager_input_streaming` and who may call it are hints that others do not take. */
function functionTool(tool: unknown): FunctionTool {
  const { name, description, input_schema: schema, strict } = fieldsOf(tool);
  return {
    type: "function",
    function: {
      name: textOf(name),
      ...(typeof description === "string" && { description }),
      parameters: fieldsOf(schema),
      ...(strict === true && fitsStrict(schema) && { strict }),
    },
  };
}

function choiceOf({ type, name, disable_parallel_tool_use: oneAtATime }: Fields): Partial<ChatRequest> {
  const choice: ToolChoice | null =
    type === "tool"
      ? { type: "function", function: { name: textOf(name) } }
      : type === "any"
        ? "required"
        : type === "auto" || type === "none"
          ? type
          : null;
  return {
    ...(choice !== null && { tool_choice: choice }),
    ...(oneAtATime === true && { parallel_tool_calls: false }),
  };
}

/**
 * The other way round from `providers/anthropic/thinking.ts`. `disabled` is what most models do unasked, and those that
 * cannot do without thoughts refuse the word `none`. "`high` … is equivalent to not setting the parameter"; more than
 * that few models of OpenAI's know, so no budget becomes it.
 * https://platform.claude.com/docs/en/build-with-claude/effort
 */
function effortOf(body: MessagesRequest): string | null {
  const { type, budget_tokens: budget } = fieldsOf(body["thinking"]);
  const { effort } = fieldsOf(body["output_config"]);
  if (type === "disabled") return null;
  if (EFFORTS.has(effort)) return textOf(effort);
  if (type === "adaptive") return "high";
  if (typeof budget !== "number") return null;
  return budget < 8192 ? "low" : budget < 24_576 ? "medium" : "high";
}

/** OpenAI asks for a name, and takes `strict` only of schemas without optional fields. */
function responseFormat({ schema }: Fields): ChatRequest["response_format"] {
  return {
    type: "json_schema",
    json_schema: { name: "answer", schema: fieldsOf(schema), ...(fitsStrict(schema) && { strict: true }) },
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
