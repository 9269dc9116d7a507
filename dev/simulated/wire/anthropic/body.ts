/**
 * The request body of the Messages API, checked as strictly as the API does it:
 * unknown fields are refused, in its own words. The list of top-level fields is
 * held against the official SDK by the compiler.
 * https://platform.claude.com/docs/en/api/messages
 */
import type Anthropic from "@anthropic-ai/sdk";
import { z } from "zod";
import type { HttpReply } from "../wire-format.ts";
import type { Version } from "./authorise.ts";
import { errorReply } from "./errors.ts";

const anything = z.unknown();
const cached = { cache_control: anything.optional() };

const Text = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1),
  citations: anything.optional(),
  ...cached,
});
const Image = z.strictObject({
  type: z.literal("image"),
  source: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("base64"),
      media_type: z.enum(["image/jpeg", "image/png", "image/gif", "image/webp"]),
      data: z.string().min(1),
    }),
    z.strictObject({ type: z.literal("url"), url: z.string().min(1) }),
    z.strictObject({ type: z.literal("file"), file_id: z.string() }),
  ]),
  transformations: anything.optional(),
  ...cached,
});
const Document = z.looseObject({ type: z.literal("document") });
const ToolUse = z.strictObject({
  type: z.literal("tool_use"),
  id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
  caller: anything.optional(),
  toolset_name: z.string().nullish(),
  ...cached,
});
const ToolResult = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.discriminatedUnion("type", [Text, Image, Document]))]).optional(),
  is_error: z.boolean().optional(),
  toolset_name: z.string().nullish(),
  ...cached,
});
const Thinking = z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() });
const Redacted = z.strictObject({ type: z.literal("redacted_thinking"), data: z.string() });
const Block = z.discriminatedUnion("type", [Text, Image, Document, ToolUse, ToolResult, Thinking, Redacted]);

const Message = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([z.string(), z.array(Block)]),
});

const Tool = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  input_schema: z.looseObject({ type: z.literal("object") }),
  type: z.literal("custom").nullish(),
  description: z.string().optional(),
  strict: z.boolean().optional(),
  allowed_callers: anything.optional(),
  defer_loading: anything.optional(),
  eager_input_streaming: anything.optional(),
  input_examples: anything.optional(),
  ...cached,
});

const single = { disable_parallel_tool_use: z.boolean().optional() };
const ToolChoice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("auto"), ...single }),
  z.strictObject({ type: z.literal("any"), ...single }),
  z.strictObject({ type: z.literal("tool"), name: z.string(), ...single }),
  z.strictObject({ type: z.literal("none") }),
]);

const display = { display: z.enum(["summarized", "omitted"]).nullish() };
const ThinkingConfig = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1024), ...display }),
  z.strictObject({ type: z.literal("adaptive"), ...display }),
  z.strictObject({ type: z.literal("between_tools") }),
  z.strictObject({ type: z.literal("disabled") }),
]);

const fields = {
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z.array(Message).min(1),
  system: z.union([z.string(), z.array(Text)]).optional(),
  stop_sequences: z.array(z.string()).optional(),
  stream: z.boolean().optional(),
  thinking: ThinkingConfig.optional(),
  tool_choice: ToolChoice.optional(),
  tools: z.array(Tool).optional(),
  output_config: z
    .strictObject({
      effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(),
      format: z.strictObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }).nullish(),
    })
    .optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  cache_control: anything.optional(),
  container: anything.optional(),
  diagnostics: anything.optional(),
  inference_geo: anything.optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  speed: anything.optional(),
  user_profile_id: anything.optional(),
  workspace_id: anything.optional(),
} satisfies Record<keyof Anthropic.MessageCreateParams, z.ZodType>;

/** Version 2026-10-21 refuses these even at their defaults: https://platform.claude.com/docs/en/api/versioning */
const sampling = {
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
};

const NewBody = z.strictObject(fields);
const OldBody = z.strictObject({ ...fields, ...sampling });
export type Body = z.infer<typeof OldBody>;

export function readBody(body: unknown, version: Version): Body | HttpReply {
  if (typeof body !== "object" || body === null) return invalid("The request body is not valid JSON");
  const read = (version === "2026-10-21" ? NewBody : OldBody).safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return issue === undefined ? invalid("Invalid request") : fromIssue(issue, body);
}

function fromIssue(issue: z.core.$ZodIssue, body: object): HttpReply {
  const place = issue.path.map(String).join(".");
  const found = valueAt(body, issue.path);
  if (issue.code === "unrecognized_keys") {
    return invalid(`${[place, issue.keys[0]].filter(Boolean).join(".")}: Extra inputs are not permitted`);
  }
  if (found === undefined) return invalid(`${place}: Field required`);
  if (/^messages\.\d+\.role$/.test(place) && found === "system") {
    // Some newer models take `system` turns; Lisbon is not to depend on it.
    return invalid(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    );
  }
  if (place === "messages") return invalid("messages: at least one message is required");
  if (place.endsWith(".text") && found === "") return invalid("messages: text content blocks must be non-empty");
  return invalid(`${place}: ${issue.message}`);
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let found: unknown = body;
  for (const step of path) found = Object(found)[step];
  return found;
}

export function invalid(message: string): HttpReply {
  return errorReply(400, "invalid_request_error", message);
}
