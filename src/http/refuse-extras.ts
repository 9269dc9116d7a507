import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import { isKnownParameter } from "../providers/parameters.ts";
import { OURS } from "./read-wishes.ts";
import type { ReadRequest } from "./read-chat-request.ts";

/**
 * What a page may say of its request is what changes the answer. Fields that a provider may take for a choice of model,
 * a faster lane or a paid tool are its tenant's server's.
 */
export function refuseExtras({ request, native }: ReadRequest, { by }: Caller): Refusal | null {
  if (by === "server_key") return null;
  const field =
    native === null
      ? Object.keys(request).find((name) => !isKnownParameter(name) && !OURS.some((ours) => ours === name))
      : (Object.keys(native.body).find((name) => !NATIVE.has(name)) ?? serverTool(native.body["tools"]));
  if (field === undefined) return null;
  return { kind: "invalid_request", param: field, reason: `${field}: tokens of pages may not set it.` };
}

/** https://platform.claude.com/docs/en/api/messages, less what chooses tiers, servers and containers. */
const NATIVE: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "stream",
  "stop_sequences",
  "temperature",
  "top_k",
  "top_p",
  "tools",
  "tool_choice",
  "thinking",
  "metadata",
  "output_config",
  "output_format",
  "cache_control",
  ...OURS,
]);

/** Anthropic's own tools run at Anthropic, and cost by the use. */
function serverTool(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  const foreign = tools.some((tool: unknown) => {
    const type: unknown = typeof tool === "object" && tool !== null && "type" in tool ? tool.type : undefined;
    return type !== undefined && type !== null && type !== "custom";
  });
  return foreign ? "tools" : undefined;
}
