/**
 * The request body of Chat Completions, checked field by field and answered as
 * OpenAI answers a wrong one. The list of top-level fields is held against the
 * official SDK by the compiler.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
import type OpenAI from "openai";
import { z } from "zod";
import type { HttpReply } from "../wire-format.ts";
import { errorReply } from "./errors.ts";

const Text = z.looseObject({ type: z.literal("text"), text: z.string() });
const Refusal = z.looseObject({ type: z.literal("refusal"), refusal: z.string() });
const Image = z.looseObject({
  type: z.literal("image_url"),
  image_url: z.looseObject({ url: z.string().regex(/^(https?:\/\/|data:image\/[a-z+.-]+;base64,)/) }),
});
const Other = z.looseObject({ type: z.enum(["input_audio", "file"]) });
const TextContent = z.union([z.string(), z.array(Text)]);

const Message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer"]), content: TextContent }),
  z.looseObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [Text, Image, Other]))]),
  }),
  z.looseObject({
    role: z.literal("assistant"),
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [Text, Refusal]))]).nullish(),
    tool_calls: z
      .array(
        z.looseObject({
          id: z.string(),
          type: z.literal("function"),
          function: z.looseObject({ name: z.string(), arguments: z.string() }),
        }),
      )
      .optional(),
  }),
  z.looseObject({ role: z.literal("tool"), content: TextContent, tool_call_id: z.string() }),
]);

const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
]);

const ResponseFormat = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      name: z.string(),
      strict: z.boolean().nullish(),
      schema: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
]);

const anything = z.unknown();

const fields = {
  messages: z.array(Message).min(1),
  model: z.string().min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
  response_format: ResponseFormat.optional(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .looseObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  tool_choice: ToolChoice.optional(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: z.looseObject({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          parameters: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    )
    .optional(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  audio: anything.optional(),
  function_call: anything.optional(),
  functions: anything.optional(),
  logit_bias: anything.optional(),
  logprobs: anything.optional(),
  metadata: anything.optional(),
  modalities: anything.optional(),
  moderation: anything.optional(),
  prediction: anything.optional(),
  prompt_cache_key: anything.optional(),
  prompt_cache_options: anything.optional(),
  prompt_cache_retention: anything.optional(),
  safety_identifier: anything.optional(),
  service_tier: anything.optional(),
  store: anything.optional(),
  top_logprobs: anything.optional(),
  user: z.string().optional(),
  verbosity: anything.optional(),
  web_search_options: anything.optional(),
} satisfies Record<keyof OpenAI.ChatCompletionCreateParams, z.ZodType>;

const Body = z.strictObject(fields);
export type Body = z.infer<typeof Body>;

export function readBody(body: unknown): Body | HttpReply {
  if (typeof body !== "object" || body === null) {
    return invalid(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      null,
      null,
    );
  }
  const read = Body.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return issue === undefined ? invalid("Invalid request.", null, null) : fromIssue(issue, body);
}

function fromIssue(issue: z.core.$ZodIssue, body: object): HttpReply {
  const param = paramOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return invalid(`Unknown parameter: '${key}'.`, key, "unknown_parameter");
  }
  if (issue.code === "invalid_type" && valueAt(body, issue.path) === undefined) {
    if (param === "model") return invalid("you must provide a model parameter", null, null);
    return invalid(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
  }
  if (issue.code === "invalid_type") {
    return invalid(`Invalid type for '${param}': ${issue.message.toLowerCase()}.`, param, "invalid_type");
  }
  if (param === "messages" && issue.code === "too_small") {
    return invalid(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      param,
      "empty_array",
    );
  }
  return invalid(`Invalid value for '${param}': ${issue.message}.`, param, "invalid_value");
}

/** `messages[0].content`, as OpenAI writes it. */
function paramOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`))
    .join("");
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let found: unknown = body;
  for (const step of path) found = Object(found)[step];
  return found;
}

export function invalid(message: string, param: string | null, code: string | null): HttpReply {
  return errorReply(400, { message, type: "invalid_request_error", param, code });
}
