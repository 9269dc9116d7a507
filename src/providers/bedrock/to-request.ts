/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, and API_runtime_ConverseStream.html */
import type { Route } from "../../domain/route.ts";
import type { ChatRequest, FunctionTool } from "../../openai/chat-request.ts";
import { isFunctionTool } from "../../openai/parts.ts";
import { outputSchemaOf } from "../anthropic/output-schema.ts";
import { thinkingOf } from "../anthropic/thinking.ts";
import { headersFor } from "../base-headers.ts";
import type { JsonObject } from "../json-object.ts";
import type { WireRequest } from "../provider.ts";
import { claudeIn } from "./model.ts";
import { toMessages, toSystem, usesTools } from "./to-messages.ts";

export function toRequest(request: ChatRequest, route: Route, stream: boolean): WireRequest {
  const { baseUrl, model, key, awsKeys } = route;
  const { bound, effort, fields } = reasoningOf(request, model);
  // JSON.stringify leaves out what is undefined.
  const body = {
    messages: toMessages(request.messages),
    system: toSystem(request.messages),
    inferenceConfig: filled({
      maxTokens: bound,
      temperature: unless(request.temperature, 1),
      topP: unless(request.top_p, 1),
      stopSequences: request.stop == null ? undefined : [request.stop].flat(),
    }),
    toolConfig: toolsOf(request),
    outputConfig: filled({ textFormat: formatOf(request), effort }),
    additionalModelRequestFields: filled({ ...fields, ...oneAtATime(request) }),
  };
  return {
    // One segment: the model may be an ARN, which has slashes.
    url: `${baseUrl}/model/${encodeURIComponent(model)}/converse${stream ? "-stream" : ""}`,
    headers: headersFor(route, key === null ? {} : { authorization: `Bearer ${key}` }),
    body: JSON.stringify(body),
    awsKeys,
  };
}

interface Reasoning {
  readonly bound: number | undefined;
  readonly effort?: string | undefined;
  readonly fields?: JsonObject;
}

/**
 * Where no bound is given, the model's own maximum counts; a budget for thoughts needs one beside it.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html
 */
function reasoningOf(request: ChatRequest, model: string): Reasoning {
  const bound = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  if (claudeIn(model) === null || request.reasoning_effort == null) return { bound };
  const { thinking, effort, maxTokens } = thinkingOf(request, model);
  if (thinking === undefined) return { bound };
  return { bound: thinking["type"] === "enabled" ? maxTokens : bound, effort, fields: { thinking } };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
function formatOf({ response_format: format }: ChatRequest): JsonObject | undefined {
  if (format?.type !== "json_schema") return undefined;
  const { name, description, schema } = format.json_schema;
  const jsonSchema = {
    name,
    description: description ?? undefined,
    schema: JSON.stringify(outputSchemaOf(schema ?? {})),
  };
  return { type: "json_schema", structure: { jsonSchema } };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
function toolsOf(request: ChatRequest): JsonObject | undefined {
  const { tool_choice: choice, messages } = request;
  const tools = (request.tools ?? []).filter(isFunctionTool).map(toolOf);
  // "none" is said by leaving them out.
  if (tools.length === 0 || (choice === "none" && !usesTools(messages))) return undefined;
  return { tools, toolChoice: oneAtATime(request) === undefined ? toolChoiceOf(choice) : undefined };
}

function toolOf({ function: { name, description, parameters, strict } }: FunctionTool): JsonObject {
  const schema = { type: "object", ...(parameters ?? { properties: {} }) };
  const json = strict === true ? outputSchemaOf({ additionalProperties: false, ...schema }) : schema;
  // "Length Constraints: Minimum length of 1"
  return {
    toolSpec: {
      name,
      description: description || undefined,
      inputSchema: { json },
      strict: strict === true || undefined,
    },
  };
}

function toolChoiceOf(choice: ChatRequest["tool_choice"]): JsonObject | undefined {
  if (choice === "auto") return { auto: {} };
  if (choice === "required") return { any: {} };
  if (typeof choice !== "object" || choice === null || !("function" in choice)) return undefined;
  const { function: named } = choice;
  return { tool: { name: typeof named === "object" && named !== null && "name" in named ? named.name : undefined } };
}

/** Claude's own field: Converse has no word for it. https://github.com/BerriAI/litellm/pull/34347 */
function oneAtATime({
  tools,
  tool_choice: choice,
  parallel_tool_calls: parallel,
}: ChatRequest): JsonObject | undefined {
  if (parallel !== false || !tools?.length || choice === "none") return undefined;
  return { tool_choice: { type: "auto", disable_parallel_tool_use: true } };
}

function filled(fields: JsonObject): JsonObject | undefined {
  return Object.values(fields).some((value) => value !== undefined) ? fields : undefined;
}

function unless(value: number | null | undefined, usual: number): number | undefined {
  return value === null || value === usual ? undefined : value;
}
