/**
 * A conversation as Gemini wants it: instructions apart, turns of `user` and
 * `model`, all results of parallel calls in one turn of their own.
 * https://ai.google.dev/api/caching#Content
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { ContentPart, Message, ToolCall } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionCall, isImagePart, isRefusalPart, isTextPart, partsOf } from "../../openai/parts.ts";
import { isJsonObject, type JsonObject } from "../json-object.ts";
import { toolInputOf, toolOutputOf } from "../tool-input.ts";
import { geminiModel } from "./model.ts";

export interface GeminiContent {
  readonly role: "user" | "model";
  readonly parts: readonly JsonObject[];
}

export function toSystemInstruction(
  messages: readonly Message[],
): { readonly parts: readonly JsonObject[] } | undefined {
  const parts = messages
    .filter((message) => message.role === "system" || message.role === "developer")
    .flatMap((message) => partsOf(message.content).flatMap(textPart));
  return parts.length === 0 ? undefined : { parts };
}

export function toContents(messages: readonly Message[], model: string): readonly GeminiContent[] {
  const names = namesOfCalls(messages);
  const needsSignatures = geminiModel(model).needsSignatures;
  const turns: {
    readonly from: Message["role"];
    readonly role: GeminiContent["role"];
    readonly parts: JsonObject[];
  }[] = [];
  for (const message of messages) {
    const parts = partsOfMessage(message, names, needsSignatures);
    if (parts.length === 0) continue;
    const last = turns.at(-1);
    // "The number of function response parts must equal the number of function call parts" of the turn before.
    if (last?.from === message.role) last.parts.push(...parts);
    else turns.push({ from: message.role, role: message.role === "assistant" ? "model" : "user", parts });
  }
  return turns.map(({ role, parts }) => ({ role, parts }));
}

/** OpenAI's results name only the id of the call, Gemini's its function. */
function namesOfCalls(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  return new Map(calls.filter(isFunctionCall).map((call) => [call.id, call.function.name]));
}

function partsOfMessage(message: Message, names: ReadonlyMap<string, string>, needsSignatures: boolean): JsonObject[] {
  switch (message.role) {
    case "system":
    case "developer":
    // Incapable of it: such a request never comes here.
    case "function":
      return [];
    case "user":
      return partsOf(message.content).flatMap(contentPart);
    case "tool":
      return toolResult(message.tool_call_id, partsOf(message.content), names);
    case "assistant":
      return [
        ...partsOf(message.content).flatMap(textPart),
        ...partsOf(message.refusal).flatMap(textPart),
        ...(message.tool_calls ?? [])
          .filter(isFunctionCall)
          .map((call, at) => callPart(call, at === 0 && needsSignatures)),
      ];
    default:
      return assertNever(message);
  }
}

function contentPart(part: ContentPart): JsonObject[] {
  return isImagePart(part) ? [imagePart(part.image_url.url)] : textPart(part);
}

function textPart(part: ContentPart): JsonObject[] {
  const text = isTextPart(part) ? part.text : isRefusalPart(part) ? part.refusal : "";
  // Half a surrogate pair cannot be written in UTF-8.
  return text === "" ? [] : [{ text: text.toWellFormed() }];
}

/** https://ai.google.dev/gemini-api/docs/image-understanding and /file-input-methods */
function imagePart(url: string): JsonObject {
  const data = dataUrlOf(url);
  if (data !== null) return { inlineData: { mimeType: data.mediaType, data: data.base64 } };
  const extension = /\.(\w+)(?:[?#].*)?$/.exec(url)?.[1]?.toLowerCase() ?? "";
  return {
    fileData: { fileUri: url, mimeType: Object.hasOwn(MIME_TYPES, extension) ? MIME_TYPES[extension] : undefined },
  };
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
};

/** An image that a tool returned follows its result. */
function toolResult(id: string, parts: readonly ContentPart[], names: ReadonlyMap<string, string>): JsonObject[] {
  const text = parts.map((part) => (isTextPart(part) ? part.text : "")).join("");
  const images = parts.filter(isImagePart).map((part) => imagePart(part.image_url.url));
  return [{ functionResponse: { id, name: names.get(id) ?? id, response: toolOutputOf(text) } }, ...images];
}

/** What Google documents for calls whose signature is lost, as it is after another provider made them. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/** Parallel calls carry one signature, the first. https://ai.google.dev/gemini-api/docs/thought-signatures */
function callPart(call: ToolCall, needsSignature: boolean): JsonObject {
  const signature = signatureOf(call) ?? (needsSignature ? NO_SIGNATURE : undefined);
  return {
    functionCall: { id: call.id, name: call.function.name, args: toolInputOf(call.function.arguments) },
    thoughtSignature: signature,
  };
}

/** Where Google's own layer for OpenAI's SDK keeps it, and where `from-response.ts` puts it. */
function signatureOf(call: ToolCall): string | undefined {
  const extra = call["extra_content"];
  const google = isJsonObject(extra) ? extra["google"] : undefined;
  const signature = isJsonObject(google) ? google["thought_signature"] : undefined;
  return typeof signature === "string" ? signature : undefined;
}
