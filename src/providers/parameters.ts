/**
 * What becomes of each parameter of an OpenAI request at a provider that
 * speaks another language. A name that is not in a provider's table makes it
 * incapable, so nothing is ever dropped in silence. docs/dialects.md says the
 * same in prose.
 */
import type { ChatRequest } from "../openai/chat-request.ts";

/**
 * `mapped`: the translation reads it. `ignored`: it changes nothing about the answer. `incapable`: the provider has
 * nothing like it. A function: ignored for the values that ask for what the provider does anyway.
 */
export type Treatment = "mapped" | "ignored" | "incapable" | ((value: unknown) => boolean);

/** What every provider has a way to say. */
export const MAPPED_EVERYWHERE = {
  model: "mapped",
  messages: "mapped",
  stream: "mapped",
  max_tokens: "mapped",
  max_completion_tokens: "mapped",
  temperature: "mapped",
  top_p: "mapped",
  stop: "mapped",
  tools: "mapped",
  tool_choice: "mapped",
  parallel_tool_calls: "mapped",
  response_format: "mapped",
  reasoning_effort: "mapped",
} as const satisfies Readonly<Record<string, Treatment>>;

/** Parameters that no other provider has, or that concern OpenAI's own bookkeeping. */
export const OPENAI_ONLY = {
  // Who asks, and what OpenAI keeps, caches or bills how: nothing of it is in the answer.
  user: "ignored",
  safety_identifier: "ignored",
  store: "ignored",
  metadata: "ignored",
  service_tier: "ignored",
  prompt_cache_key: "ignored",
  prompt_cache_retention: "ignored",
  prompt_cache_options: "ignored",
  // Usage always comes out of a translation; who did not ask for it is not shown it.
  stream_options: "ignored",
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  logit_bias: (value) => typeof value === "object" && value !== null && Object.keys(value).length === 0,
  frequency_penalty: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  verbosity: (value) => value === "medium",
  modalities: (value) => Array.isArray(value) && value.every((modality) => modality === "text"),
  audio: "incapable",
  prediction: "incapable",
  moderation: "incapable",
  web_search_options: "incapable",
  functions: "incapable",
  function_call: "incapable",
} as const satisfies Readonly<Record<string, Treatment>>;

/** The first parameter that the provider cannot honour; null: there is none. */
export function firstIncapable(request: ChatRequest, treatments: Readonly<Record<string, Treatment>>): string | null {
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined) continue;
    const treatment = Object.hasOwn(treatments, name) ? treatments[name] : undefined;
    if (treatment === "mapped" || treatment === "ignored") continue;
    if (typeof treatment !== "function" || !treatment(value)) return name;
  }
  return null;
}

/** Of those that cost more than their tokens, or choose another lane, a stranger may set none. */
const COSTLY: ReadonlySet<string> = new Set(["service_tier", "web_search_options", "audio", "prompt_cache_options"]);

/** A parameter of OpenAI's that says what the answer is to be, and no more. */
export function isKnownParameter(name: string): boolean {
  const known = Object.hasOwn(MAPPED_EVERYWHERE, name) || Object.hasOwn(OPENAI_ONLY, name) || name === "seed";
  return known && !COSTLY.has(name);
}
