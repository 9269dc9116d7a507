/**
 * The public request: OpenAI's chat completions, read forgivingly. Only what
 * Lisbon itself reads is checked; everything else is passed on as it came.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
import * as z from "zod/mini";

export const TextPart = z.looseObject({ type: z.literal("text"), text: z.string() });
export type TextPart = z.infer<typeof TextPart>;
export const ImagePart = z.looseObject({
  type: z.literal("image_url"),
  image_url: z.looseObject({ url: z.string(), detail: z.nullish(z.string()) }),
});
export type ImagePart = z.infer<typeof ImagePart>;
export const RefusalPart = z.looseObject({ type: z.literal("refusal"), refusal: z.string() });
export type RefusalPart = z.infer<typeof RefusalPart>;
/** Audio, files and what is yet to come: passed on to who knows it. A known part with a wrong field is not one of these. */
const OtherPart = z.looseObject({ type: otherThan("text", "image_url", "refusal") });

export const ContentPart = z.union([TextPart, ImagePart, RefusalPart, OtherPart]);
export type ContentPart = z.infer<typeof ContentPart>;
export const Content = z.union([z.string(), z.array(ContentPart)]);
export type Content = z.infer<typeof Content>;

export const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});
export type ToolCall = z.infer<typeof ToolCall>;
const OtherToolCall = z.looseObject({ id: z.string(), type: otherThan("function") });

const SystemMessage = z.looseObject({ role: z.enum(["system", "developer"]), content: Content });
const UserMessage = z.looseObject({ role: z.literal("user"), content: Content });
const AssistantMessage = z.looseObject({
  role: z.literal("assistant"),
  content: z.nullish(Content),
  refusal: z.nullish(z.string()),
  tool_calls: z.nullish(z.array(z.union([ToolCall, OtherToolCall]))),
});
const ToolMessage = z.looseObject({ role: z.literal("tool"), tool_call_id: z.string(), content: Content });

/** The old way to give a function's result; passed on to who still takes it. */
const FunctionMessage = z.looseObject({ role: z.literal("function"), name: z.string(), content: z.nullish(Content) });

export const Message = z.discriminatedUnion("role", [
  SystemMessage,
  UserMessage,
  AssistantMessage,
  ToolMessage,
  FunctionMessage,
]);
export type Message = z.infer<typeof Message>;

export const FunctionTool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().check(z.minLength(1)),
    description: z.nullish(z.string()),
    parameters: z.nullish(z.record(z.string(), z.unknown())),
    strict: z.nullish(z.boolean()),
  }),
});
export type FunctionTool = z.infer<typeof FunctionTool>;
export const Tool = z.union([FunctionTool, z.looseObject({ type: otherThan("function") })]);
export type Tool = z.infer<typeof Tool>;

export const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
  z.looseObject({ type: otherThan("function") }),
]);
export type ToolChoice = z.infer<typeof ToolChoice>;

export const ResponseFormat = z.union([
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      name: z.string(),
      schema: z.optional(z.record(z.string(), z.unknown())),
      strict: z.nullish(z.boolean()),
    }),
  }),
]);
export type ResponseFormat = z.infer<typeof ResponseFormat>;

export const ChatRequest = z.looseObject({
  model: z.string().check(z.minLength(1), z.maxLength(256)),
  messages: z.array(Message).check(z.minLength(1)),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.looseObject({ include_usage: z.nullish(z.boolean()) })),
  max_tokens: z.nullish(z.int().check(z.positive())),
  max_completion_tokens: z.nullish(z.int().check(z.positive())),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(2))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  seed: z.nullish(z.int()),
  stop: z.nullish(z.union([z.string(), z.array(z.string()).check(z.maxLength(16))])),
  n: z.nullish(z.int().check(z.positive(), z.maximum(128))),
  tools: z.nullish(z.array(Tool)),
  tool_choice: z.nullish(ToolChoice),
  parallel_tool_calls: z.nullish(z.boolean()),
  response_format: z.nullish(ResponseFormat),
  reasoning_effort: z.nullish(z.string()),
  user: z.nullish(z.string()),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

const FIELDS: ReadonlyMap<string, z.ZodMiniType> = new Map(Object.entries(ChatRequest.shape));
const REQUIRED = ["model", "messages"] as const satisfies readonly (keyof typeof ChatRequest.shape)[];

/**
 * The same question as `ChatRequest.safeParse`, asked of the fields that are
 * there: a request has three of them, the schema many, and looking for the
 * others costs every call. Nothing in the schema transforms, so the value
 * itself is the request. Where this says no, the schema says why.
 */
export function isChatRequest(body: unknown): body is ChatRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  if (!REQUIRED.every((name) => Object.hasOwn(body, name))) return false;
  return Object.entries(body).every(([name, value]) =>
    name === "messages" ? areMessages(value) : (FIELDS.get(name)?.safeParse(value).success ?? true),
  );
}

function areMessages(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((message: unknown) => isPlain(message) || Message.safeParse(message).success);
}

/** Nearly every message is a text and no more, which is quicker seen than asked of the schema. */
function isPlain(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !("role" in message && "content" in message)) return false;
  const { role, content } = message;
  return typeof content === "string" && (role === "user" || role === "system" || role === "developer");
}

export function otherThan(...known: readonly string[]): z.ZodMiniString {
  const isOther = (type: string): boolean => !known.includes(type);
  return z.string().check(z.refine(isOther, { error: "has a field that does not belong to its type", abort: true }));
}
