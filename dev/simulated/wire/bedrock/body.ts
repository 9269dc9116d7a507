/**
 * The request body of Converse, checked as strictly as it can be: unknown
 * fields are refused. The list of top-level fields is held against the official
 * SDK by the compiler.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import type { ConverseRequest } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import type { HttpReply } from "../wire-format.ts";
import { invalid } from "./errors.ts";

const anything = z.unknown();

const Text = z.strictObject({ text: z.string() });
const Image = z.strictObject({
  image: z.strictObject({
    format: z.enum(["png", "jpeg", "gif", "webp"]),
    source: z.strictObject({ bytes: z.base64().min(1) }),
  }),
});
const ToolUse = z.strictObject({
  toolUse: z.strictObject({
    toolUseId: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    input: z.record(z.string(), z.unknown()),
  }),
});
const Json = z.strictObject({ json: z.record(z.string(), z.unknown()) });
const ToolResult = z.strictObject({
  toolResult: z.strictObject({
    toolUseId: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    content: z.array(z.union([Text, Image, Json])),
    status: z.enum(["success", "error"]).optional(),
  }),
});
const Reasoning = z.strictObject({
  reasoningContent: z.strictObject({
    reasoningText: z.strictObject({ text: z.string(), signature: z.string().optional() }),
  }),
});
const Block = z.union([Text, Image, ToolUse, ToolResult, Reasoning]);
export type Block = z.infer<typeof Block>;

const ToolConfig = z.strictObject({
  tools: z
    .array(
      z.strictObject({
        toolSpec: z.strictObject({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: z.string().min(1).optional(),
          inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal("object") }) }),
          strict: z.boolean().optional(),
        }),
      }),
    )
    .min(1),
  toolChoice: z
    .union([
      z.strictObject({ auto: z.strictObject({}) }),
      z.strictObject({ any: z.strictObject({}) }),
      z.strictObject({ tool: z.strictObject({ name: z.string().min(1) }) }),
    ])
    .optional(),
});

/** What is said of textFormat: https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
const OutputConfig = z.strictObject({
  textFormat: z
    .strictObject({
      type: z.literal("json_schema"),
      structure: z.strictObject({
        jsonSchema: z.strictObject({
          schema: z.string(),
          name: z.string().optional(),
          description: z.string().optional(),
        }),
      }),
    })
    .optional(),
  effort: z.enum(["low", "medium", "high", "xhigh", "max"]).optional(),
});

/** Claude's own fields, which Converse hands on. */
const ClaudeFields = z.strictObject({
  thinking: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1024) }),
      z.strictObject({ type: z.literal("adaptive") }),
      z.strictObject({ type: z.literal("disabled") }),
    ])
    .optional(),
  tool_choice: z.strictObject({ type: z.literal("auto"), disable_parallel_tool_use: z.boolean() }).optional(),
});

const Body = z.strictObject({
  messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.array(Block).min(1) })).min(1),
  system: z.array(Text).optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).max(2500).optional(),
    })
    .optional(),
  toolConfig: ToolConfig.optional(),
  outputConfig: OutputConfig.optional(),
  additionalModelRequestFields: ClaudeFields.optional(),
  additionalModelResponseFieldPaths: anything.optional(),
  guardrailConfig: anything.optional(),
  performanceConfig: anything.optional(),
  promptVariables: anything.optional(),
  requestMetadata: anything.optional(),
  serviceTier: anything.optional(),
} satisfies Record<Exclude<keyof ConverseRequest, "modelId">, z.ZodType>);
export type Body = z.infer<typeof Body>;

export function readBody(body: unknown): Body | HttpReply {
  if (typeof body !== "object" || body === null) return invalid("The request body is not valid JSON");
  const read = Body.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue === undefined) return invalid("Invalid request");
  const place = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return invalid(`extraneous key [${issue.keys[0]}] is not permitted at '${place}'`);
  }
  return invalid(`1 validation error detected: Value at '${place}' failed to satisfy constraint: ${issue.message}`);
}
