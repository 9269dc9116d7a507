/** What a call's prompt has in tokens at most, in whichever language it came: what reserves money must not be small. */
import type { PlannedCall } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";
import { estimatePromptTokens, estimateTextTokens, familyOf, type TokenFamily } from "./estimate-tokens.ts";

/** What `estimatePromptTokens` looks at, or what is no text. */
const COUNTED: ReadonlySet<string> = new Set(["model", "messages", "tools", "response_format", "stream", "n"]);
/** As base64: more than a dense document has (some 3 KB and 3,000 tokens a page). */
const FILE_CHARACTERS_PER_TOKEN = 1.5;
/** Of an image, whatever its size. */
const IMAGE_TOKENS = 5_000;

export function estimateCallTokens({ request, native }: Pick<PlannedCall, "request" | "native">, route: Route): number {
  const family = familyOf(route);
  if (native !== null && route.api === "anthropic") return inNative(native.body, family);
  let tokens = estimatePromptTokens(request, family);
  for (const [name, value] of Object.entries(request)) {
    if (COUNTED.has(name) || typeof value !== "object" || value === null) continue;
    tokens += estimateTextTokens(JSON.stringify(value), family);
  }
  return tokens + filesIn(request.messages);
}

/** `{ "type": "file", "file": { "file_data": … } }` and `{ "type": "input_audio", … }`: more than an image each. */
function filesIn(messages: PlannedCall["request"]["messages"]): number {
  let characters = 0;
  for (const { content } of messages) {
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      for (const name of ["file", "input_audio"] as const) {
        const inside: unknown = Reflect.get(part, name);
        if (typeof inside === "object" && inside !== null) characters += JSON.stringify(inside).length;
      }
    }
  }
  return Math.ceil(characters / FILE_CHARACTERS_PER_TOKEN);
}

/** Every text in it, wherever it stands: what Anthropic's own blocks hold is not all in the translation. */
function inNative(value: unknown, family: TokenFamily): number {
  if (typeof value === "string") return estimateTextTokens(value, family);
  if (typeof value !== "object" || value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + inNative(each, family), 2);
  if ("type" in value && value.type === "base64" && "data" in value && typeof value.data === "string") {
    const isImage = "media_type" in value && String(value.media_type).startsWith("image/");
    return isImage ? IMAGE_TOKENS : Math.ceil(value.data.length / FILE_CHARACTERS_PER_TOKEN);
  }
  let tokens = 2;
  for (const [name, inside] of Object.entries(value)) {
    // A signature is sent back and not read: but nobody says so, so it counts.
    tokens += estimateTextTokens(name, family) + inNative(inside, family);
  }
  return tokens;
}
