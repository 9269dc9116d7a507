import type { ChatRequest } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionTool } from "../../openai/parts.ts";
import { cannotOfferTools, cannotReadMessages } from "../message-checks.ts";
import { firstIncapable, MAPPED_EVERYWHERE, OPENAI_ONLY, type Treatment } from "../parameters.ts";
import { type GeminiModel, geminiModel } from "./model.ts";
import { cannotThink } from "./thinking.ts";

/**
 * The penalties have a field, and every model since 2.5 answers "Penalty is not enabled for this model".
 * https://ai.google.dev/api/generate-content#generationconfig
 * https://github.com/google-gemini/cookbook/issues/1290
 */
export const PARAMETERS: Readonly<Record<string, Treatment>> = {
  ...OPENAI_ONLY,
  ...MAPPED_EVERYWHERE,
  seed: "mapped",
};

export function cannotDo(request: ChatRequest, name: string): string | null {
  const model = geminiModel(name);
  return (
    firstIncapable(request, PARAMETERS) ??
    cannotGenerate(request) ??
    cannotOfferTools(request) ??
    cannotCall(request, model) ??
    cannotThink(request, model) ??
    cannotReadMessages(request, (url) => imageFits(url, model))
  );
}

/** "The set of character sequences (up to 5) that will stop output generation." */
const MOST_STOPS = 5;
const MAX_INT32 = 2_147_483_647;

function cannotGenerate({ seed, stop }: ChatRequest): string | null {
  if (Math.abs(seed ?? 0) > MAX_INT32) return "seed (beyond 32 bits)";
  const sequences = [stop ?? []].flat();
  return sequences.length > MOST_STOPS || sequences.includes("") ? "stop" : null;
}

function cannotCall(request: ChatRequest, model: GeminiModel): string | null {
  const tools = (request.tools ?? []).filter(isFunctionTool);
  if (tools.length === 0) return null;
  if (request.parallel_tool_calls === false) return "parallel_tool_calls";
  // "Must start with a letter or an underscore." https://ai.google.dev/api/caching#FunctionDeclaration
  if (tools.some((tool) => !/^[A-Za-z_]/.test(tool.function.name))) return "tools (name)";
  const format = request.response_format?.type;
  const wantsJson = format === "json_object" || format === "json_schema";
  return wantsJson && !model.takesToolsWithFormat ? "response_format with tools" : null;
}

/** https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats */
const MEDIA_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"]);

function imageFits(url: string, model: GeminiModel): boolean {
  const data = dataUrlOf(url);
  if (data !== null) return MEDIA_TYPES.has(data.mediaType);
  return model.fetchesUrls && /^https:\/\//i.test(url);
}
