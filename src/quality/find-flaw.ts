import type { Flaw, QualityCheck } from "../domain/quality.ts";
import type { FinishReason } from "../openai/chat-completion.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { jsonFlaw } from "./json-flaw.ts";
import { isRefusal } from "./is-refusal.ts";
import { repeats } from "./repeats.ts";

/** One choice of an answer, as far as the checks look at it. */
export interface Said {
  readonly text: string;
  /** A tool call, audio or an image: something that is no text, so that an empty text says nothing. */
  readonly hasMore: boolean;
  /** The field of that name holds words. */
  readonly refused: boolean;
  readonly finishReason: FinishReason | null;
}

/**
 * The first flaw in the order in which they matter; null: none was found. Linear in the answer's length, and at most
 * some 20 ms for a schema that would take longer.
 */
export function findFlaw(said: Said, request: ChatRequest, checks: ReadonlySet<QualityCheck>): Flaw | null {
  if (checks.has("refusal") && said.refused) return { check: "refusal", why: "the model refused" };
  // The provider's filter ended it; what it left is no fault of the model's.
  if (said.finishReason === "content_filter") return null;
  if (!said.hasMore) {
    const flaw = textFlaw(said, request, checks);
    if (flaw !== null) return flaw;
  }
  const cut = said.finishReason === "length" && !isBound(request);
  return checks.has("length") && cut ? { check: "length", why: "it was cut at the model's own limit" } : null;
}

function textFlaw({ text, finishReason }: Said, request: ChatRequest, checks: ReadonlySet<QualityCheck>): Flaw | null {
  if (text.trim() === "") {
    // A stop sequence may come first, and a bound of a few tokens may be used up by thoughts.
    const wanted = [request.stop ?? []].flat().length > 0 || (finishReason === "length" && isBound(request));
    return checks.has("empty") && !wanted ? { check: "empty", why: "it holds nothing but white space" } : null;
  }
  if (checks.has("refusal") && isRefusal(text)) return { check: "refusal", why: "it begins as refusals do" };
  const format = request.response_format;
  if (format != null && format.type !== "text") return checks.has("json") ? jsonFlaw(text, format) : null;
  return checks.has("repetition") && repeats(text)
    ? { check: "repetition", why: "it says the same passage over and over" }
    : null;
}

/** Whoever bounds the output wants no more of it. */
function isBound({ max_tokens: most, max_completion_tokens: mostCompleted }: ChatRequest): boolean {
  return most != null || mostCompleted != null;
}
