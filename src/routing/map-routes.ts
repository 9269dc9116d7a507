/** A route as people write it in the routing map. */
import * as z from "zod/mini";
import type { Capability } from "../domain/route.ts";
import {
  baseUrl,
  COST_WORDS,
  count,
  described,
  headers,
  keyPlaceholder,
  milliseconds,
  name,
  notNegative,
  note,
  optional,
  percent,
  routeId,
} from "./map-fields.ts";

export const RouteTimeouts = z.strictObject({
  headersMs: milliseconds("Streamed: until the headers. 10,000 by default."),
  firstTokenMs: milliseconds("Streamed: until the first words. 10,000 by default, 30,000 for a reasoning model."),
  idleMs: milliseconds("Streamed: between two contents. 15,000 by default."),
  maxStreamMs: milliseconds("Streamed: from the first words until the end. 600,000 by default."),
  attemptMs: milliseconds("Not streamed: the longest one attempt may take, besides its share of the deadline."),
});

const Price = z.strictObject({
  inputPerMillion: described(notNegative, "US dollars for a million input tokens."),
  outputPerMillion: described(notNegative, "US dollars for a million output tokens."),
  cachedInputPerMillion: optional(
    notNegative,
    "US dollars for a million of them that the provider had in its cache. Left out, they cost as any other.",
  ),
});

function can(what: string): z.ZodMiniOptional<z.ZodMiniBoolean> {
  return optional(z.boolean(), what);
}

const Capabilities = z.strictObject({
  tools: can("Calls tools."),
  parallel_tools: can("Calls several tools in one answer."),
  images: can("Reads images."),
  json_object: can("Answers as JSON."),
  json_schema: can("Answers as JSON of a given schema."),
  seed: can("Takes a seed."),
  stop: can("Takes stop sequences."),
  reasoning_effort: can("Takes reasoning_effort."),
  streaming: can("Streams its answers."),
  prefill: can("Goes on with an answer that was begun."),
} satisfies Record<Capability | "prefill", ReturnType<typeof can>>);

export const RouteEntry = z.strictObject({
  id: optional(routeId, "By default tier/provider/model."),
  provider: described(name, "Any name; one that Lisbon does not know speaks OpenAI's language and needs baseUrl."),
  model: described(name, "The model's name as the host at baseUrl knows it."),
  baseUrl: optional(baseUrl),
  api: optional(
    z.enum(["openai", "anthropic", "gemini", "bedrock"]),
    "By default the provider's own at its own host, openai anywhere else.",
  ),
  key: optional(keyPlaceholder),
  headers: optional(headers),
  cost: optional(z.enum(["local", "free", "paid"]), COST_WORDS),
  priority: optional(z.number(), "Lower first; by default the place in the list, from 1."),
  timeouts: optional(RouteTimeouts, "This route's own clocks, in milliseconds."),
  context: optional(count, "The context window in tokens."),
  price: optional(Price, "What it costs; by default as the shipped list has it (docs/limits.md)."),
  capabilities: optional(
    Capabilities,
    "Set to false what the route cannot do. prefill: true where the model goes on with an answer that was begun.",
  ),
  reasoning: optional(z.boolean(), "A reasoning model: its first words may take 30 s."),
  account: optional(name, "What shares a bill and a quota; by default provider and key variable."),
  rollout: optional(percent, "Per cent of the users who are served by it, always the same ones; 100 by default."),
  enabled: optional(z.boolean(), "false: off until the next deploy. true by default."),
  dailyRequests: optional(count, "What the provider allows in a day; health checks use at most 1 % of it."),
  trusted: optional(
    z.boolean(),
    "false: keeps the route out of calls with tools or a JSON schema until it was tested.",
  ),
  note,
});
export type RouteEntry = z.infer<typeof RouteEntry>;
