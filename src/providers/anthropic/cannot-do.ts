import type { ChatRequest } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionTool } from "../../openai/parts.ts";
import { cannotOfferTools, cannotReadMessages } from "../message-checks.ts";
import { firstIncapable, MAPPED_EVERYWHERE, OPENAI_ONLY, type Treatment } from "../parameters.ts";
import { type ClaudeModel, claudeModel } from "./model.ts";
import { outputSchemaOf } from "./output-schema.ts";
import { cannotThink } from "./thinking.ts";

/** https://docs.anthropic.com/en/api/messages */
export const PARAMETERS: Readonly<Record<string, Treatment>> = {
  ...OPENAI_ONLY,
  ...MAPPED_EVERYWHERE,
  seed: "incapable",
};

export function cannotDo(request: ChatRequest, name: string): string | null {
  const model = claudeModel(name);
  return (
    firstIncapable(request, PARAMETERS) ??
    cannotSample(request, model) ??
    cannotStop(request) ??
    cannotFormat(request) ??
    cannotOfferTools(request) ??
    cannotBeStrict(request) ??
    cannotThink(request, model) ??
    cannotReadMessages(request, imageFits) ??
    (!model.takesPrefill && request.messages.at(-1)?.role === "assistant"
      ? "messages (the last is the assistant's)"
      : null)
  );
}

type Sampling = Pick<ClaudeModel, "takesSampling" | "takesBothSamplings">;

/** OpenAI's temperature goes to 2, Anthropic's to 1. Both take 1 as the usual value of either, so 1 may be left out. */
export function cannotSample({ temperature, top_p: topP }: ChatRequest, model: Sampling): string | null {
  const temperatureSet = (temperature ?? 1) !== 1;
  const topPSet = (topP ?? 1) !== 1;
  if ((temperature ?? 0) > 1) return "temperature above 1";
  if (!model.takesSampling && temperatureSet) return "temperature";
  if (!model.takesSampling && topPSet) return "top_p";
  return temperatureSet && topPSet && !model.takesBothSamplings ? "temperature with top_p" : null;
}

/** "stop_sequences: each stop sequence must contain non-whitespace" */
function cannotStop({ stop }: ChatRequest): string | null {
  return [stop ?? []].flat().some((sequence) => sequence.trim() === "") ? "stop (white space)" : null;
}

export function cannotFormat({ response_format: format }: ChatRequest): string | null {
  if (format?.type === "json_object") return "response_format (json_object)";
  if (format?.type !== "json_schema") return null;
  const { schema } = format.json_schema;
  return schema === undefined || outputSchemaOf(schema) === null ? "response_format (json_schema)" : null;
}

export function cannotBeStrict({ tools }: ChatRequest): string | null {
  const loose = tools?.filter(isFunctionTool).find(({ function: { strict, parameters } }) => {
    return strict === true && outputSchemaOf(parameters ?? { type: "object", additionalProperties: false }) === null;
  });
  return loose === undefined ? null : "tools (strict)";
}

/** https://docs.anthropic.com/en/docs/build-with-claude/vision#faq */
const MEDIA_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

function imageFits(url: string): boolean {
  const data = dataUrlOf(url);
  return data === null ? /^https:\/\//i.test(url) : MEDIA_TYPES.has(data.mediaType);
}
