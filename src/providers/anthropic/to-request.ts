/** https://docs.anthropic.com/en/api/messages */
import type { Route } from "../../domain/route.ts";
import type { ChatRequest, FunctionTool } from "../../openai/chat-request.ts";
import { isFunctionTool } from "../../openai/parts.ts";
import { headersFor } from "../base-headers.ts";
import type { JsonObject } from "../json-object.ts";
import type { WireRequest } from "../provider.ts";
import { outputSchemaOf } from "./output-schema.ts";
import { thinkingOf } from "./thinking.ts";
import { toMessages, toSystem } from "./to-messages.ts";

/**
 * The version that every gateway and every model still speaks. It takes all that the one of 2026-10-21 takes, and
 * `temperature` and its like, which that one refuses. https://platform.claude.com/docs/en/api/versioning
 */
const API_VERSION = "2023-06-01";

export function toRequest(request: ChatRequest, route: Route, stream: boolean): WireRequest {
  const { thinking, effort, maxTokens } = thinkingOf(request, route.model);
  const format = formatOf(request);
  // JSON.stringify leaves out what is undefined.
  const body = {
    model: route.model,
    max_tokens: maxTokens,
    system: toSystem(request.messages),
    messages: toMessages(request.messages),
    temperature: unless(request.temperature, 1),
    top_p: unless(request.top_p, 1),
    stop_sequences: request.stop == null ? undefined : [request.stop].flat(),
    ...toolsOf(request),
    thinking,
    output_config: effort === undefined && format === undefined ? undefined : { effort, format },
    stream: stream || undefined,
  };
  return { ...addressOf(route), body: JSON.stringify(body) };
}

/** `more`: headers of the caller's own. */
export function addressOf(route: Route, more: Readonly<Record<string, string>> = {}): Omit<WireRequest, "body"> {
  return {
    url: `${route.baseUrl.replace(/\/v1$/, "")}/v1/messages`,
    headers: headersFor(route, {
      ...more,
      "anthropic-version": API_VERSION,
      ...(route.key !== null && { "x-api-key": route.key }),
    }),
  };
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
function formatOf({ response_format: format }: ChatRequest): JsonObject | undefined {
  if (format?.type !== "json_schema") return undefined;
  return { type: "json_schema", schema: outputSchemaOf(format.json_schema.schema ?? {}) };
}

/** https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use */
function toolsOf(request: ChatRequest): JsonObject {
  const tools = (request.tools ?? []).filter(isFunctionTool).map(toolOf);
  return tools.length === 0 ? {} : { tools, tool_choice: toolChoiceOf(request) };
}

function toolOf({ function: { name, description, parameters, strict } }: FunctionTool): JsonObject {
  const described = description == null ? {} : { description };
  const schema = { type: "object", ...(parameters ?? { properties: {} }) };
  return strict === true
    ? { name, ...described, input_schema: outputSchemaOf({ additionalProperties: false, ...schema }), strict }
    : { name, ...described, input_schema: schema };
}

function toolChoiceOf({ tool_choice: choice, parallel_tool_calls: parallel }: ChatRequest): JsonObject | undefined {
  const oneAtATime = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (choice === "none") return { type: "none" };
  if (choice === "required") return { type: "any", ...oneAtATime };
  if (typeof choice === "object" && choice !== null && "function" in choice) {
    return { type: "tool", name: nameIn(choice.function), ...oneAtATime };
  }
  return choice === "auto" || parallel === false ? { type: "auto", ...oneAtATime } : undefined;
}

function nameIn(named: unknown): unknown {
  return typeof named === "object" && named !== null && "name" in named ? named.name : undefined;
}

function unless(value: number | null | undefined, usual: number): number | undefined {
  return value === null || value === usual ? undefined : value;
}
