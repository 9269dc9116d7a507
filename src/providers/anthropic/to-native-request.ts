import type { NativeRequest } from "../../domain/call.ts";
import type { Route } from "../../domain/route.ts";
import { isJsonObject, type JsonObject } from "../json-object.ts";
import type { WireRequest } from "../provider.ts";
import { addressOf } from "./to-request.ts";

/**
 * The caller's own body with the route's model. Nothing else is changed but thoughts without a signature: those of
 * another provider, which its caller sends back as it got them, and which Anthropic refuses ("Invalid `signature` in
 * `thinking` block").
 */
export function toNativeRequest({ body, headers }: NativeRequest, route: Route, stream: boolean): WireRequest {
  const messages = body.messages.flatMap(withoutForeignThoughts);
  return {
    ...addressOf(route, headers),
    // JSON.stringify leaves out what is undefined.
    body: JSON.stringify({ ...body, model: route.model, messages, stream: stream || undefined }),
  };
}

/** A turn of nothing else goes too: an empty one is refused. Two turns of one role are one to Anthropic. */
function withoutForeignThoughts(turn: unknown): unknown[] {
  if (!isJsonObject(turn) || !Array.isArray(turn["content"])) return [turn];
  const blocks: readonly unknown[] = turn["content"];
  if (!blocks.some(isForeignThought)) return [turn];
  const content = blocks.filter((block) => !isForeignThought(block));
  return content.length === 0 ? [] : [{ ...turn, content }];
}

function isForeignThought(block: unknown): boolean {
  return isJsonObject(block) && isThought(block) && !block["signature"];
}

function isThought({ type }: JsonObject): boolean {
  return type === "thinking";
}
