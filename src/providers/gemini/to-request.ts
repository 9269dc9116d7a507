/** https://ai.google.dev/api/generate-content */
import type { Route } from "../../domain/route.ts";
import type { ChatRequest, FunctionTool } from "../../openai/chat-request.ts";
import { isFunctionTool } from "../../openai/parts.ts";
import { headersFor } from "../base-headers.ts";
import type { JsonObject } from "../json-object.ts";
import type { WireRequest } from "../provider.ts";
import { thinkingOf } from "./thinking.ts";
import { toContents, toSystemInstruction } from "./to-contents.ts";

/** Where the map's base URL names no version: what Google's documentation and every gateway use. https://ai.google.dev/gemini-api/docs/api-versions */
const API_VERSION = "v1beta";

export function toRequest(request: ChatRequest, route: Route, stream: boolean): WireRequest {
  const base = /\/v1(?:alpha|beta)?$/.test(route.baseUrl) ? route.baseUrl : `${route.baseUrl}/${API_VERSION}`;
  const model = route.model.replace(/^models\//, "");
  const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  const generationConfig = generationConfigOf(request, model);
  // JSON.stringify leaves out what is undefined.
  const body = {
    contents: toContents(request.messages, model),
    systemInstruction: toSystemInstruction(request.messages),
    ...toolsOf(request),
    generationConfig: Object.values(generationConfig).every((value) => value === undefined)
      ? undefined
      : generationConfig,
  };
  return {
    url: `${base}/models/${model}:${method}`,
    headers: headersFor(route, route.key === null ? {} : { "x-goog-api-key": route.key }),
    body: JSON.stringify(body),
  };
}

/** https://ai.google.dev/api/generate-content#generationconfig */
function generationConfigOf(request: ChatRequest, model: string): JsonObject {
  return {
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    seed: request.seed ?? undefined,
    stopSequences: request.stop == null ? undefined : [request.stop].flat(),
    thinkingConfig: thinkingOf(request, model),
    ...formatOf(request),
  };
}

/** A whole JSON schema, not Gemini's own dialect. https://ai.google.dev/gemini-api/docs/structured-output */
function formatOf({ response_format: format }: ChatRequest): JsonObject {
  if (format?.type === "json_object") return { responseMimeType: "application/json" };
  if (format?.type !== "json_schema") return {};
  return { responseMimeType: "application/json", responseJsonSchema: format.json_schema.schema };
}

/** https://ai.google.dev/gemini-api/docs/function-calling */
function toolsOf(request: ChatRequest): JsonObject {
  const tools = (request.tools ?? []).filter(isFunctionTool);
  if (tools.length === 0) return {};
  const functionCallingConfig = callingConfigOf(request, tools);
  return {
    tools: [{ functionDeclarations: tools.map(declarationOf) }],
    toolConfig: functionCallingConfig === undefined ? undefined : { functionCallingConfig },
  };
}

function declarationOf({ function: { name, description, parameters } }: FunctionTool): JsonObject {
  return {
    name,
    ...(description != null && { description }),
    ...(parameters != null && { parametersJsonSchema: parameters }),
  };
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig */
function callingConfigOf({ tool_choice: choice }: ChatRequest, tools: readonly FunctionTool[]): JsonObject | undefined {
  if (choice === "none") return { mode: "NONE" };
  if (choice === "required") return { mode: "ANY" };
  if (typeof choice === "object" && choice !== null && "function" in choice) {
    return { mode: "ANY", allowedFunctionNames: [nameIn(choice.function)] };
  }
  // `strict` promises arguments that fit the schema; in mode AUTO Gemini does not.
  if (tools.some((tool) => tool.function.strict === true)) return { mode: "VALIDATED" };
  return choice === "auto" ? { mode: "AUTO" } : undefined;
}

function nameIn(named: unknown): unknown {
  return typeof named === "object" && named !== null && "name" in named ? named.name : undefined;
}
