/**
 * The request of `POST /v1/messages`, read forgivingly: only what is translated
 * is checked, everything else is for Anthropic to judge.
 * https://platform.claude.com/docs/en/api/messages
 */
import * as z from "zod/mini";
import { otherThan } from "../openai/chat-request.ts";
import { type Fields, isFields } from "./message.ts";

export interface MessagesRequest {
  readonly model: string;
  readonly messages: readonly unknown[];
  /** Zero warms the cache and asks for no answer. */
  readonly max_tokens: number;
  readonly stream?: boolean | null | undefined;
  readonly [field: string]: unknown;
}

const text = z.string();

const TextBlock = z.looseObject({ type: z.literal("text"), text });
const ImageBlock = z.looseObject({
  type: z.literal("image"),
  source: z.union([
    z.looseObject({ type: z.literal("base64"), media_type: text, data: text }),
    z.looseObject({ type: z.literal("url"), url: text }),
    z.looseObject({ type: otherThan("base64", "url") }),
  ]),
});
const ToolUseBlock = z.looseObject({ type: z.literal("tool_use"), id: text, name: text, input: z.unknown() });
const ToolResultBlock = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: text,
  content: z.nullish(
    z.union([text, z.array(z.union([TextBlock, ImageBlock, z.looseObject({ type: otherThan("text", "image") })]))]),
  ),
  is_error: z.nullish(z.boolean()),
});
const Block = z.union([
  TextBlock,
  ImageBlock,
  ToolUseBlock,
  ToolResultBlock,
  z.looseObject({ type: otherThan("text", "image", "tool_use", "tool_result") }),
]);

const Turn = z.looseObject({
  role: z.enum(["user", "assistant", "system"]),
  content: z.union([text, z.array(Block)]),
});

const CustomTool = z.looseObject({
  type: z.nullish(z.literal("custom")),
  name: text.check(z.minLength(1)),
  description: z.nullish(text),
  input_schema: z.record(text, z.unknown()),
  strict: z.nullish(z.boolean()),
});

const Format = z.nullish(z.looseObject({ type: text, schema: z.optional(z.record(text, z.unknown())) }));

const Schema = z.looseObject({
  model: text.check(z.minLength(1), z.maxLength(256)),
  messages: z.array(Turn).check(z.minLength(1)),
  max_tokens: z.int().check(z.nonnegative()),
  stream: z.nullish(z.boolean()),
  system: z.nullish(z.union([text, z.array(TextBlock)])),
  stop_sequences: z.nullish(z.array(text)),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  tools: z.nullish(z.array(z.union([CustomTool, z.looseObject({ type: otherThan("custom") })]))),
  tool_choice: z.nullish(
    z.union([
      z.looseObject({ type: z.literal("tool"), name: text }),
      z.looseObject({ type: z.enum(["auto", "any", "none"]) }),
    ]),
  ),
  thinking: z.nullish(
    z.union([
      z.looseObject({ type: z.literal("enabled"), budget_tokens: z.int() }),
      z.looseObject({ type: otherThan("enabled") }),
    ]),
  ),
  output_config: z.nullish(z.looseObject({ effort: z.nullish(text), format: Format })),
  output_format: Format,
  metadata: z.nullish(z.looseObject({ user_id: z.nullish(text) })),
});
export const MessagesRequest: z.ZodMiniType<MessagesRequest> = Schema;

const FIELDS: ReadonlyMap<string, z.ZodMiniType> = new Map(Object.entries(Schema.shape));

/**
 * The same question as `MessagesRequest.safeParse`, asked of the fields that are there, as `isChatRequest` is. Blocks
 * are looked at by hand first: a long conversation has thousands, and a union is ten times as dear.
 */
export function isMessagesRequest(body: unknown): body is MessagesRequest {
  if (!isFields(body) || !["model", "messages", "max_tokens"].every((name) => Object.hasOwn(body, name))) return false;
  return Object.entries(body).every(([name, value]) =>
    name === "messages" && Array.isArray(value) && value.length > 0
      ? value.every(isTurn)
      : (FIELDS.get(name)?.safeParse(value).success ?? true),
  );
}

function isTurn(turn: unknown): boolean {
  const usual = isFields(turn) && (turn["role"] === "user" || turn["role"] === "assistant") && isUsual(turn["content"]);
  return usual || Turn.safeParse(turn).success;
}

/** Blocks that most conversations are made of. False: the schema knows. */
function isUsual(content: unknown): boolean {
  return Array.isArray(content) && content.every((block) => isFields(block) && isUsualBlock(block));
}

function isUsualBlock({ type, text: said, id, name, tool_use_id: of, content, is_error: isError }: Fields): boolean {
  if (type === "text") return typeof said === "string";
  if (type === "tool_use") return typeof id === "string" && typeof name === "string";
  if (type !== "tool_result" || typeof of !== "string" || isError != null) return false;
  return typeof content === "string" || isUsual(content);
}
